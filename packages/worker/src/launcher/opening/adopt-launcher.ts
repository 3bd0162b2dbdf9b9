import net from 'node:net'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { LauncherIdentity } from '../launcher-directory.ts'
import type { HeldProcess } from '../protocol/held-process.ts'
import { LineChannel } from '../protocol/line-channel.ts'
import {
  LAUNCHER_PROTOCOL_VERSION,
  parseLauncherMessage,
  type LauncherToWorker,
  type Welcome,
} from '../protocol/messages.ts'
import { verifySocket } from './verify-launcher.ts'

/** A launcher that does not answer within this time is taken for frozen. */
const ADOPTION_DEADLINE_MS = 10_000

export interface AdoptOptions {
  readonly identity: LauncherIdentity
  readonly token: string
  readonly orphanLimitMs: number
  readonly killGraceMs: number
  readonly driverGraceMs: number
  /** What processes must prove on the launcher's port. */
  readonly auth: AuthSettings | null
  /** What the launcher says once it is adopted; not called before the adoption has resolved. */
  readonly onMessage: (message: LauncherToWorker) => void
  /** The connection is gone, not by our `close`; only after an adoption. */
  readonly onClose: (reason: string) => void
}

export interface Adoption {
  readonly channel: LineChannel
  /** What the launcher held at that moment. */
  readonly held: readonly HeldProcess[]
}

/** Connects to a running launcher and makes it ours; throws with the check that failed. */
export async function adoptLauncher(options: AdoptOptions): Promise<Adoption> {
  await verifySocket(options.identity)
  const handshake = new Handshake(options)
  return await handshake.adopted
}

/**
 * The conversation in its order: our hello; a welcome or a refusal; the held processes, as many as the
 * welcome said; our settings; from then on whatever happens.
 */
class Handshake {
  readonly adopted: Promise<Adoption>
  readonly #options: AdoptOptions
  readonly #channel: LineChannel
  readonly #held: HeldProcess[] = []
  readonly #early: LauncherToWorker[] = []
  readonly #deadline: NodeJS.Timeout
  #welcome: Welcome | undefined
  #state: 'greeting' | 'delivering-soon' | 'adopted' = 'greeting'
  #resolve: (adoption: Adoption) => void = () => {}
  #reject: (error: Error) => void = () => {}

  constructor(options: AdoptOptions) {
    this.#options = options
    this.adopted = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#channel = new LineChannel(net.connect(options.identity.socketPath), {
      onMessage: (message) => this.#receive(parseLauncherMessage(message)),
      onClose: (reason) => this.#closed(reason ?? 'the launcher closed the connection'),
    })
    this.#deadline = setTimeout(() => {
      this.#channel.close(`no answer within ${ADOPTION_DEADLINE_MS} ms`)
    }, ADOPTION_DEADLINE_MS)
    const { token, orphanLimitMs, killGraceMs, driverGraceMs } = options
    const version = LAUNCHER_PROTOCOL_VERSION
    const limits = { orphanLimitMs, killGraceMs, driverGraceMs }
    this.#channel.send({ type: 'hello', version, token, pid: process.pid, ...limits })
  }

  #receive(message: LauncherToWorker): void {
    if (this.#state === 'adopted') return this.#options.onMessage(message)
    if (this.#state === 'delivering-soon') return void this.#early.push(message)
    if (message.type === 'welcome') this.#greeted(message)
    else if (message.type === 'held') this.#held.push(message.process)
    else if (message.type === 'refused') throw new ProtocolError(message.reason)
    else throw new ProtocolError(`'${message.type}' before the launcher's welcome`)
    if (this.#welcome?.heldCount === this.#held.length) this.#adopt()
  }

  #greeted(welcome: Welcome): void {
    const { identity, token } = this.#options
    if (welcome.token !== token) throw new ProtocolError('the launcher does not know its token')
    if (welcome.pid !== identity.pid || welcome.id !== identity.id) {
      throw new ProtocolError(`launcher.json names process ${identity.pid}, not ${welcome.pid}`)
    }
    this.#welcome = welcome
  }

  // Whoever awaits the adoption goes on before it is told more: news of a process that it has not yet
  // seen among the held would only confuse.
  #adopt(): void {
    clearTimeout(this.#deadline)
    // Before any order: no executor may come to the port earlier.
    this.#channel.send({ type: 'authenticate', auth: this.#options.auth })
    this.#state = 'delivering-soon'
    this.#resolve({ channel: this.#channel, held: this.#held })
    setImmediate(() => {
      this.#state = 'adopted'
      for (const message of this.#early) this.#options.onMessage(message)
    })
  }

  #closed(reason: string): void {
    clearTimeout(this.#deadline)
    if (this.#state === 'greeting') this.#reject(new Error(reason))
    else setImmediate(() => this.#options.onClose(reason))
  }
}
