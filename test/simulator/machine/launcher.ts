// The launcher of a worker: it owns the executors' processes and outlives its worker. What it does is
// what packages/worker/src/launcher does.
import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { SparkExecutorPayload } from '@hearth/common/protocol/cluster/messages.ts'
import type { LaunchEffect } from '@hearth/worker/core/effects.ts'
import type { HeldProcess, WorkerEvent } from '@hearth/worker/core/events.ts'
import { captionOf } from '@hearth/worker/doors/cluster/caption.ts'
import { Mailbox } from '../engine/mailbox.ts'
import { Sockets } from '../network/sockets.ts'
import { RuleBroken, type World } from '../world.ts'
import { ExecutorProcess } from './executor-process.ts'

/** One way through the socket between a worker and its launcher. */
const CHANNEL_MS = 1
const KILL_GRACE_MS = 10_000
const IDLE_LIMIT_MS = 60_000
const WATCH_MS = 5_000

interface Entry {
  held: HeldProcess
  readonly process: ExecutorProcess | null
}

export class Launcher {
  readonly port: number
  readonly #world: World
  readonly #host: string
  readonly #mailbox: Mailbox
  readonly #sockets: Sockets
  readonly #entries = new Map<string, Entry>()
  #tellWorker: ((event: WorkerEvent) => void) | null = null
  #aloneSince = 0
  #onEnded: (() => void) | null = null
  #isOver = false

  /** `records` are what an earlier launcher of the same machine left behind. */
  constructor(world: World, host: string, port: number, records: readonly HeldProcess[]) {
    this.port = port
    this.#world = world
    this.#host = host
    this.#mailbox = new Mailbox(world.timeline)
    this.#sockets = new Sockets(world.network, this.#mailbox, host)
    this.#sockets.listen(port, () => ({ onMessage: () => undefined, onClose: () => undefined }))
    for (const held of records)
      this.#entries.set(formatProcessKey(held.key), { held, process: null })
    this.#aloneSince = world.timeline.now
    this.#watch()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Everything that runs, and every end that was not forgotten. */
  get held(): readonly HeldProcess[] {
    return [...this.#entries.values()].map((entry) => entry.held)
  }

  /** Processes that run or are being started. */
  get live(): readonly ExecutorProcess[] {
    return [...this.#entries.values()].flatMap(({ held, process }) =>
      process !== null && held.state === 'running' ? [process] : [],
    )
  }

  /** What the next launcher finds on the disk when this one is gone. */
  get records(): readonly HeldProcess[] {
    const message = 'its launcher died, and the process with it'
    return this.held
      .filter((held) => held.state !== 'running' || held.pid !== null)
      .map((held) => (held.state === 'running' ? { ...held, state: 'lost', message } : held))
  }

  /** A worker comes; it hears of everything that happens from now on. */
  adopt(tell: (event: WorkerEvent) => void): readonly HeldProcess[] {
    this.#tellWorker = tell
    return this.held
  }

  /** The worker is gone or has left. */
  workerLeft(): void {
    if (this.#tellWorker === null) return
    this.#tellWorker = null
    this.#aloneSince = this.#world.timeline.now
    this.#watch()
  }

  launch(order: LaunchEffect): void {
    this.#later(() => this.#launch(order))
  }

  kill(key: ProcessKey): void {
    this.#later(() => {
      const entry = this.#entries.get(formatProcessKey(key))
      if (entry === undefined) return
      if (entry.held.state !== 'running') return this.#repeat(entry.held)
      entry.held = { ...entry.held, killed: true }
      entry.process?.terminate(KILL_GRACE_MS)
    })
  }

  forget(key: ProcessKey): void {
    this.#later(() => {
      if (this.#entries.get(formatProcessKey(key))?.held.state !== 'running')
        this.#entries.delete(formatProcessKey(key))
    })
  }

  /** Ends every process and then itself, by order of a worker that stops. */
  shutdown(onEnded: () => void): void {
    const orderedBy = this.#tellWorker
    this.#later(() => {
      this.#onEnded = () => {
        this.#entries.clear()
        // A worker that has adopted it meanwhile finds its connection closed.
        if (this.#tellWorker !== orderedBy) this.loseWorker('it ended')
        onEnded()
      }
      this.#endAll()
    })
  }

  /** Killed: every process dies with it. */
  crash(): void {
    for (const { process, held } of this.#entries.values()) {
      if (held.state === 'running') process?.vanish()
    }
    this.#close()
  }

  /** The connection to the worker breaks, or it was broken by a crash: the worker learns of it. */
  loseWorker(reason: string): void {
    const tell = this.#tellWorker
    this.workerLeft()
    this.#world.timeline.after(this.#world.dice.spread(1, 2000), () =>
      tell?.({ type: 'launcher.lost', reason }),
    )
  }

  #launch(order: LaunchEffect): void {
    const { key, resources } = order
    if (key.kind !== 'executor') throw new RuleBroken('the simulated machines run no drivers')
    const payload = order.payload as SparkExecutorPayload
    const name = formatProcessKey(key)
    const { launched, ended, plan, dice, timeline } = this.#world
    if (launched.has(name)) throw new RuleBroken(`executor ${name} is launched twice`)
    if (plan.losesNothing && ended.has(name))
      throw new RuleBroken(`${name} is launched after its end`)
    launched.add(name)
    const held: HeldProcess = {
      ...{ key, resources, caption: captionOf(payload), state: 'running', pid: null },
      ...{ exitCode: null, killed: false, message: null, hint: null },
    }
    if (this.#onEnded !== null || dice.chance(plan.failingSpawns)) {
      const message = 'spawn ENOMEM'
      const entry: Entry = { held, process: null }
      this.#entries.set(name, entry)
      timeline.after(dice.between(1, 50), () => {
        entry.held = { ...entry.held, state: 'failed', message }
        this.#tell({ type: 'process.failed', key, message })
      })
      return
    }
    const process = new ExecutorProcess(this.#world, {
      ...{ host: this.#host, key, driver: payload.command.arguments[0] ?? '' },
      onStarted: (pid) => {
        entry.held = { ...entry.held, pid }
        this.#tell({ type: 'process.started', key, pid })
      },
      onEnded: (exitCode) => this.#ended(entry, exitCode),
    })
    const entry: Entry = { held, process }
    this.#entries.set(name, entry)
  }

  #ended(entry: Entry, exitCode: number): void {
    entry.held = { ...entry.held, state: 'exited', exitCode }
    const { key, killed } = entry.held
    this.#world.trace.write(this.#host, `process ${formatProcessKey(key)} exits with ${exitCode}`)
    this.#tell({ type: 'process.exited', key, exitCode, killed, message: null, hint: null })
    if (this.#onEnded !== null) this.#endWhenEmpty()
  }

  #repeat({ key, state, exitCode, killed, message }: HeldProcess): void {
    if (state === 'exited') {
      this.#tell({
        type: 'process.exited',
        key,
        exitCode: exitCode ?? 0,
        killed,
        message,
        hint: null,
      })
    } else this.#tell({ type: 'process.failed', key, message: message ?? state })
  }

  #endAll(): void {
    for (const process of this.live) {
      const entry = this.#entries.get(formatProcessKey(process.key))
      if (entry !== undefined) entry.held = { ...entry.held, killed: true }
      process.terminate(KILL_GRACE_MS)
    }
    this.#endWhenEmpty()
  }

  #endWhenEmpty(): void {
    if (this.live.length > 0 || this.#isOver) return
    const onEnded = this.#onEnded
    this.#close()
    onEnded?.()
  }

  #close(): void {
    this.#isOver = true
    this.#mailbox.close()
    this.#sockets.abandon()
  }

  // How long it has been without a worker.
  #watch(): void {
    const since = this.#aloneSince
    this.#mailbox.after(WATCH_MS, () => {
      const { timeline, settings, trace } = this.#world
      if (this.#tellWorker !== null || this.#aloneSince !== since || this.#onEnded !== null) return
      const limitMs = this.live.length > 0 ? settings.orphanLimitMs : IDLE_LIMIT_MS
      if (timeline.now - since < limitMs) return this.#watch()
      trace.write(this.#host, 'the launcher has been alone for too long and ends')
      this.#onEnded = () => undefined
      this.#endAll()
    })
  }

  #tell(event: WorkerEvent): void {
    const tell = this.#tellWorker
    if (tell !== null) this.#later(() => tell(event))
  }

  #later(work: () => void): void {
    this.#mailbox.after(CHANNEL_MS, work)
  }
}
