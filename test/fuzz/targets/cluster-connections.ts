import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { openBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import { ClusterConnection } from '@hearth/common/runtime/rpc/cluster-connection.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { TO_MASTER, TO_WORKER } from '../corpus/cluster-messages.ts'
import { chance, cut, pick } from '../engine/draw.ts'
import { ErrorLog } from '../engine/error-log.ts'
import { FakeSocket } from '../../support/fake-socket.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { demand } from '../engine/oracle.ts'
import type { FuzzTarget, Note, Outcome } from '../engine/target.ts'

const LIMITS = DEFAULT_RPC_LIMITS

/** One end of a connection, on a socket of its own. */
class End {
  readonly socket = new FakeSocket()
  readonly received: string[] = []
  readonly connection: ClusterConnection
  closes = 0
  #taken = 0

  constructor(role: 'dialler' | 'acceptor', secret: string | null, rig: Rig) {
    this.connection = new ClusterConnection(this.socket.asSocket, {
      role,
      secret,
      remote: { host: '10.0.0.2', port: 40_000 },
      limits: LIMITS,
      budgets: rig.budgets,
      log: rig.errors.log,
      attach: () => ({
        onMessage: (message) => void this.received.push(JSON.stringify(message)),
        onClose: () => void (this.closes += 1),
      }),
      onUnattached: () => void (this.closes += 1),
    })
  }

  /** What it has written since the last time. */
  takeWritten(): Uint8Array {
    const written = this.socket.written.slice(this.#taken)
    this.#taken = this.socket.written.length
    return join(...written)
  }
}

class Rig {
  readonly errors = new ErrorLog()
  readonly budgets = openBudgets(LIMITS)
}

export const clusterConnections: FuzzTarget = {
  name: 'cluster-connections',
  about:
    'two Hearth daemons that prove a secret and seal what they say, with somebody between them',
  share: 0.5,
  open() {
    const rig = new Rig()
    return (random, note) => converse(random, note, rig)
  },
}

async function converse(random: RandomState, note: Note, rig: Rig): Promise<Outcome> {
  const knows = chance(random, 0.8)
  const worker = new End('dialler', 'secret', rig)
  const master = new End('acceptor', knows ? 'secret' : 'another', rig)
  const sent = { worker: messagesOf(random, TO_MASTER), master: messagesOf(random, TO_WORKER) }
  const wire: Uint8Array[] = []
  // Where the one change is made: a round of one direction.
  const round = drawInteger(random, 8)
  for (let at = 0; at < 8; at += 1) {
    // All that was said in one turn leaves at its end.
    await new Promise((resolve) => process.nextTick(resolve))
    const [from, to] = at % 2 === 0 ? [worker, master] : [master, worker]
    if (at === 4 && worker.connection.isOpen) trySend(worker, sent.worker)
    if (at === 5 && master.connection.isOpen && master.received.length > 0)
      trySend(master, sent.master)
    await new Promise((resolve) => process.nextTick(resolve))
    const bytes = from.takeWritten()
    const said = at === round ? tamper(random, bytes, wire) : bytes
    wire.push(said)
    note(join(...wire))
    for (const chunk of cut(random, said)) if (to.connection.isOpen) to.socket.say(chunk)
  }
  const outcome = worker.connection.isOpen && master.connection.isOpen ? 'taken' : 'refused'
  await Promise.all([worker.socket.vanish(), master.socket.vanish()])
  check({ knows, worker, master, sent, rig })
  return outcome
}

interface Played {
  readonly knows: boolean
  readonly worker: End
  readonly master: End
  readonly sent: { readonly worker: readonly unknown[]; readonly master: readonly unknown[] }
  readonly rig: Rig
}

function check({ knows, worker, master, sent, rig }: Played): void {
  demand(knows || master.received.length + worker.received.length === 0, 'heard without the secret')
  for (const [end, messages] of [
    [master, sent.worker],
    [worker, sent.master],
  ] as const) {
    const isPrefix = end.received.every((text, at) => text === JSON.stringify(messages[at]))
    demand(isPrefix, 'a message that was changed, made up, repeated or moved was taken')
    demand(end.closes === 1, `the end of the connection was told ${end.closes} times`)
  }
  demand(rig.budgets.unfinished.total === 0, 'a closed connection still holds bytes')
  rig.errors.check()
}

function messagesOf<Message>(random: RandomState, samples: readonly Message[]): Message[] {
  return Array.from({ length: 1 + drawInteger(random, 3) }, () => pick(random, samples))
}

// Before the secret is proven a message leaves as it is; a daemon of ours does not send one then.
function trySend(end: End, messages: readonly unknown[]): void {
  if (end.connection.isOpen) for (const message of messages) end.connection.send(message)
}

function tamper(random: RandomState, bytes: Uint8Array, before: readonly Uint8Array[]): Uint8Array {
  const corpus = [bytes, ...before]
  if (chance(random, 0.2)) return pick(random, corpus)
  return mutateBytes(bytes, random, corpus)
}
