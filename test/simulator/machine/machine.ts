// A machine with its worker: what runs on it, and what is on its disk when nothing does.
import type { ApplicationId, WorkerId } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { Fence } from '@hearth/worker/core/effects.ts'
import type { HeldProcess, StopMode, WorkerEvent } from '@hearth/worker/core/events.ts'
import { WORKER_KEYS } from '@hearth/worker/config.ts'
import { newWorkerId, readWorkerIdPattern } from '@hearth/worker/shell/worker-id.ts'
import { Mailbox } from '../engine/mailbox.ts'
import type { Outage } from '../network/outages.ts'
import { WORKER_PORT } from '../master/ports.ts'
import { wallClock, type World } from '../world.ts'
import { Launcher } from './launcher.ts'
import { WorkerProcess, type OpenedLauncher, type WorkerSite } from './worker-process.ts'

const FIRST_EPHEMERAL_PORT = 40_000
/** What a service manager waits before it starts a worker that has ended. */
const RESTART_MS = 5_000
/** A launcher that does not answer a worker within this time is taken for frozen, and killed. */
const ADOPTION_DEADLINE_MS = 10_000
const ID_PATTERN = readWorkerIdPattern(WORKER_KEYS.idPattern.default)

export class Machine implements WorkerSite {
  readonly host: string
  readonly offered: Resources
  launcher: Launcher | null = null
  worker: WorkerProcess | null = null
  isOn = true
  /** Nobody starts anything here for now. */
  isAbandoned = false
  /** Applications whose scratch directories are here. */
  readonly scratch = new Set<ApplicationId>()
  readonly #world: World
  /** Null: every launcher gets another one. */
  readonly #fixedPort: number | null
  #workerId: WorkerId | null = null
  #fence: Fence | null = null
  #isDecommissioned = false
  #launchers = 0
  #starting: Mailbox | null = null
  #pause: Outage | null = null

  constructor(world: World, host: string) {
    const { dice } = world
    this.#world = world
    this.host = host
    this.offered = {
      ...{ cores: dice.between(1, 8), memoryMb: 1024 * dice.between(2, 16) },
      ...(dice.chance(0.3) && { custom: { gpu: ['0', '1'] } }),
    }
    this.#fixedPort = dice.chance(0.5) ? 7078 : null
  }

  /** Of the worker that runs here, or was the last to run. */
  get workerId(): WorkerId | null {
    return this.#workerId
  }

  /** Starts the worker as a service manager does; nothing happens when it runs or the machine is off. */
  startWorker(): void {
    if (!this.isOn || this.worker !== null || this.#starting !== null || this.isAbandoned) return
    const starting = new Mailbox(this.#world.timeline)
    this.#starting = starting
    this.#tell('the worker starts')
    starting.after(this.#world.dice.spread(100, 2000), () => {
      this.openLauncher(
        starting,
        (event) => starting.take(() => this.worker?.push(event)),
        (result) => this.#workerStarted(starting, result),
      )
    })
  }

  /** Kill -9 of the worker; its launcher lives on. */
  killWorker(): void {
    this.#starting?.close()
    this.#starting = null
    this.worker?.die()
    this.worker = null
  }

  /** As the signal for it does: for good, until the worker has another id. */
  decommission(): void {
    this.worker?.push({ type: 'decommission.requested', signal: 'SIGPWR' })
  }

  get isDecommissioned(): boolean {
    return this.worker?.worker.decommissioning === true
  }

  /** Suspended, or a virtual machine that is paused: nothing runs, and nobody hears of it. */
  pause(): void {
    if (!this.isOn || this.#pause !== null) return
    this.#pause = this.#world.network.openHole(this.host, null)
    this.launcher?.stop()
    this.worker?.pause()
    for (const { mailbox } of this.launcher?.liveDrivers ?? []) mailbox.stall()
  }

  /** Whatever was paused or stopped here goes on. */
  goOn(): void {
    if (this.#pause !== null) this.#world.network.closeHole(this.#pause)
    this.#pause = null
    for (const { mailbox } of this.launcher?.liveDrivers ?? []) mailbox.goOn()
    this.launcher?.goOn()
    this.worker?.goOn()
  }

  /** As SIGTERM does. */
  stopWorker(mode: StopMode): void {
    this.worker?.mailbox.take(() => this.worker?.push({ type: 'stop.requested', mode }))
  }

  killLauncher(): void {
    const { launcher } = this
    if (launcher === null || launcher.isOver) return
    launcher.crash()
    launcher.loseWorker('it died')
  }

  /** The power fails, once; what was on disk is there again when it comes back. */
  switchOff(): void {
    if (!this.isOn) return
    this.goOn()
    this.isOn = false
    // Its launcher is dead, so that the next worker is another one.
    this.#workerId = null
    this.launcher?.crash()
    this.killWorker()
    this.#world.network.switchOff(this.host)
  }

  /** Nothing happens when it is on, or abandoned. */
  switchOn(): void {
    if (this.isOn || this.isAbandoned) return
    this.isOn = true
    this.#world.network.switchOn(this.host)
    this.startWorker()
  }

  openLauncher(
    mailbox: Mailbox,
    tell: (event: WorkerEvent) => void,
    opened: (result: OpenedLauncher) => void,
  ): void {
    const { dice, plan } = this.#world
    mailbox.after(dice.spread(5, 500), () => {
      if (dice.chance(plan.failingLaunchers)) {
        const isFormerDead = this.launcher?.isOver !== false
        return opened({ launcher: null, reason: 'EAGAIN', isFormerDead })
      }
      if (this.launcher?.isStopped !== true) return opened(this.#adoptOrStart(tell))
      mailbox.after(ADOPTION_DEADLINE_MS, () => {
        if (this.launcher?.isStopped === true) this.launcher.crash()
        opened(this.#adoptOrStart(tell))
      })
    })
  }

  #adoptOrStart(tell: (event: WorkerEvent) => void): OpenedLauncher {
    const running = this.launcher?.isOver === false ? this.launcher : null
    const launcher = running ?? this.#startLauncher()
    return { launcher, adopted: running !== null, held: launcher.adopt(tell) }
  }

  keepFence(fence: Fence): void {
    this.#fence = fence
  }

  keepDecommissioned(): void {
    this.#isDecommissioned = true
  }

  useScratch(applicationId: ApplicationId): void {
    this.scratch.add(applicationId)
  }

  removeScratch(applicationId: ApplicationId): void {
    this.scratch.delete(applicationId)
  }

  exited(code: number): void {
    this.#tell(`the worker exits with ${code}`)
    this.worker = null
    this.#world.timeline.after(RESTART_MS, () => this.startWorker())
  }

  #startLauncher(): Launcher {
    const records = this.launcher?.records ?? []
    this.#launchers += 1
    const port = this.#fixedPort ?? FIRST_EPHEMERAL_PORT + this.#launchers
    return (this.launcher = new Launcher(this.#world, this.host, port, records))
  }

  // As shell/worker.ts: the id belongs to the launcher's processes, without them a worker starts anew.
  #workerStarted(mailbox: Mailbox, result: OpenedLauncher): void {
    this.#starting = null
    if (result.launcher === null) {
      this.#world.timeline.after(RESTART_MS, () => this.startWorker())
      return
    }
    const { launcher, adopted, held } = result
    const now = wallClock(this.#world)
    const kept = adopted ? this.#workerId : null
    if (kept === null) this.#isDecommissioned = false
    this.#workerId = kept ?? newWorkerId(ID_PATTERN, now, this.host, launcher.port)
    this.worker = new WorkerProcess(this.#world, this, mailbox, launcher, {
      workerId: this.#workerId,
      ...{ host: this.host, webUiUrl: `http://${this.host}:8081`, offered: this.offered },
      ...{ masters: [WORKER_PORT], fence: this.#fence, firstSequence: now },
      decommissioning: this.#isDecommissioned,
      ...{ seed: this.#world.dice.seed(), settings: this.#world.settings.worker },
    })
    this.#tell(`worker ${this.#workerId} has ${adopted ? 'adopted' : 'started'} a launcher`)
    this.#keepScratchOfLive(held)
    this.worker.push({ type: 'launcher.opened', port: launcher.port, held })
  }

  #keepScratchOfLive(held: readonly HeldProcess[]): void {
    const live = held.filter(({ state }) => state === 'running')
    const kept = new Set(
      live.flatMap(({ key }) => (key.kind === 'executor' ? [key.applicationId] : [])),
    )
    for (const id of this.scratch) if (!kept.has(id)) this.scratch.delete(id)
  }

  #tell(what: string): void {
    this.#world.trace.write(this.host, what)
  }
}
