// The launcher of a worker: it owns the processes of executors and drivers and outlives its worker. What it does is
// what packages/worker/src/launcher does.
import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import type {
  SparkDriverPayload,
  SparkExecutorPayload,
} from '@hearth/common/protocol/cluster/messages.ts'
import type { LaunchEffect } from '@hearth/worker/core/effects.ts'
import type { HeldProcess, WorkerEvent } from '@hearth/worker/core/events.ts'
import { captionOf } from '@hearth/worker/doors/cluster/caption.ts'
import { Mailbox } from '../engine/mailbox.ts'
import { Sockets } from '../network/sockets.ts'
import { RuleBroken, type World } from '../world.ts'
import { DriverProcess, type RunPlan } from './driver-process.ts'
import { ExecutorProcess } from './executor-process.ts'
import { Lease } from './lease.ts'

/** One way through the socket between a worker and its launcher. */
const CHANNEL_MS = 1
export const KILL_GRACE_MS = 10_000
const IDLE_LIMIT_MS = 60_000
const WATCH_MS = 5_000

/** A driver that outlived its lease while its launcher was stopped is gone so soon after that. */
const BELATED_END_MS = 2_000

interface Entry {
  held: HeldProcess
  readonly process: ExecutorProcess | DriverProcess | null
  readonly leased: boolean
}

export class Launcher {
  readonly port: number
  readonly #world: World
  readonly #host: string
  readonly #mailbox: Mailbox
  readonly #sockets: Sockets
  readonly #lease: Lease
  readonly #entries = new Map<string, Entry>()
  #tellWorker: ((event: WorkerEvent) => void) | null = null
  #aloneSince = 0
  #onEnded: (() => void) | null = null
  #wentOnAt = Number.NEGATIVE_INFINITY
  #isOver = false

  /** `records` are what an earlier launcher of the same machine left behind. */
  constructor(world: World, host: string, port: number, records: readonly HeldProcess[]) {
    this.port = port
    this.#world = world
    this.#host = host
    this.#mailbox = new Mailbox(world.timeline)
    this.#sockets = new Sockets(world.network, this.#mailbox, host)
    this.#sockets.listen(port, () => ({ onMessage: () => undefined, onClose: () => undefined }))
    this.#lease = new Lease(world.timeline, this.#mailbox, () =>
      this.#end(({ leased }) => leased, 'no master renewed its lease in time'),
    )
    for (const held of records)
      this.#entries.set(formatProcessKey(held.key), { held, process: null, leased: false })
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
  get live(): readonly (ExecutorProcess | DriverProcess)[] {
    return [...this.#entries.values()].flatMap(({ held, process }) =>
      process !== null && held.state === 'running' ? [process] : [],
    )
  }

  get liveDrivers(): readonly DriverProcess[] {
    return this.live.filter((process) => process instanceof DriverProcess)
  }

  get liveExecutors(): readonly ExecutorProcess[] {
    return this.live.filter((process) => process instanceof ExecutorProcess)
  }

  /** Of a process that lives. */
  isLeased(key: ProcessKey): boolean {
    return this.#entries.get(formatProcessKey(key))?.leased === true
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
      this.#terminate(entry)
    })
  }

  /** Leased processes may live so much longer. */
  renewLease(leaseMs: number): void {
    this.#later(() => this.#lease.renew(leaseMs))
  }

  get isStopped(): boolean {
    return this.#mailbox.isStalled
  }

  /** SIGSTOP: its processes go on without it. */
  stop(): void {
    this.#mailbox.stall()
  }

  goOn(): void {
    if (!this.#mailbox.isStalled) return
    this.#wentOnAt = this.#world.timeline.now
    this.#mailbox.goOn()
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
    // Who has ordered the end waits for that of the process.
    if (this.#onEnded !== null && !this.#isOver) return
    this.workerLeft()
    this.#world.timeline.after(this.#world.dice.spread(1, 2000), () =>
      tell?.({ type: 'launcher.lost', reason }),
    )
  }

  #launch(order: LaunchEffect): void {
    const { key, resources, payload, leased } = order
    const refuse = (message: string) => this.#tell({ type: 'process.not-taken', key, message })
    if (this.#onEnded !== null) return refuse('the launcher is ending')
    if (leased && !this.#lease.isValid) {
      return refuse('no master has leased it, or the lease has run out')
    }
    this.#noteLaunch(key)
    const held: HeldProcess = {
      ...{ key, resources, state: 'running', pid: null },
      caption: captionOf(payload as SparkExecutorPayload | SparkDriverPayload),
      ...{ exitCode: null, killed: false, message: null, hint: null },
    }
    const { plan, dice } = this.#world
    const isDoomed = dice.chance(plan.failingSpawns)
    const entry: Entry = { held, process: isDoomed ? null : this.#spawn(order), leased }
    this.#entries.set(formatProcessKey(key), entry)
    if (isDoomed) this.#failSoon(entry)
  }

  #noteLaunch(key: ProcessKey): void {
    const { launched, ended, plan, runs } = this.#world
    if (key.kind === 'driver') return runs.launch(key)
    const name = formatProcessKey(key)
    if (launched.has(name)) throw new RuleBroken(`executor ${name} is launched twice`)
    if (plan.losesNothing && ended.has(name))
      throw new RuleBroken(`${name} is launched after its end`)
    launched.add(name)
  }

  #failSoon(entry: Entry): void {
    const { timeline, dice, runs } = this.#world
    const { key } = entry.held
    const message = 'spawn ENOMEM'
    if (key.kind === 'driver') runs.fail(key)
    timeline.after(dice.between(1, 50), () => {
      entry.held = { ...entry.held, state: 'failed', message }
      this.#tell({ type: 'process.failed', key, message })
    })
  }

  #spawn({ key, payload }: LaunchEffect): ExecutorProcess | DriverProcess {
    const name = formatProcessKey(key)
    const news = {
      host: this.#host,
      onStarted: (pid: number) => this.#mailbox.take(() => this.#started(name, pid)),
      onEnded: (exitCode: number) => this.#mailbox.take(() => this.#ended(name, exitCode)),
    }
    if (key.kind === 'executor') {
      const [driver = ''] = (payload as SparkExecutorPayload).command.arguments
      return new ExecutorProcess(this.#world, { ...news, key, driver })
    }
    const [plan = ''] = (payload as SparkDriverPayload).command.arguments
    return new DriverProcess(this.#world, {
      ...{ ...news, key, launcher: this.#mailbox, plan: JSON.parse(plan) as RunPlan },
      isExcused: () => this.#mayBeLate,
    })
  }

  // The window that docs/states/driver.md names.
  get #mayBeLate(): boolean {
    const { timeline, settings } = this.#world
    if (this.isStopped) return true
    return timeline.now - this.#wentOnAt < settings.worker.driverGraceMs + BELATED_END_MS
  }

  #started(name: string, pid: number): void {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    entry.held = { ...entry.held, pid }
    this.#tell({ type: 'process.started', key: entry.held.key, pid })
  }

  #ended(name: string, exitCode: number): void {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    entry.held = { ...entry.held, state: 'exited', exitCode }
    const { key, killed, message } = entry.held
    this.#world.trace.write(this.#host, `process ${name} exits with ${exitCode}`)
    this.#tell({ type: 'process.exited', key, exitCode, killed, message, hint: null })
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
    this.#end(() => true, 'the launcher ends')
    this.#endWhenEmpty()
  }

  // One that was ordered to end keeps that as its reason.
  #end(isMeant: (entry: Entry) => boolean, message: string): void {
    for (const entry of this.#entries.values()) {
      const { state, killed } = entry.held
      if (state !== 'running' || killed || entry.process === null || !isMeant(entry)) continue
      entry.held = { ...entry.held, message }
      this.#terminate(entry)
    }
  }

  #terminate(entry: Entry): void {
    const { kind } = entry.held.key
    entry.held = { ...entry.held, killed: true }
    const { driverGraceMs } = this.#world.settings.worker
    entry.process?.terminate(kind === 'driver' ? driverGraceMs : KILL_GRACE_MS)
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
