// One master with a cluster of hollow workers that is full, and hollow applications that wait.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { HollowDriver, type HollowApplication } from '../hollow/driver.ts'
import { HollowHearthWorker } from '../hollow/hearth-worker.ts'
import { HollowSparkWorker } from '../hollow/spark-worker.ts'
import type { HollowExecutor, HollowWorker, HollowWorkerOptions } from '../hollow/worker.ts'
import type { MasterSubject } from '../lib/clusters.ts'
import { cpuSeconds } from '../lib/cpu-time.ts'
import { addressOf } from '../lib/time-to-running.ts'

export interface FullClusterOptions {
  readonly workers: number
  readonly coresPerWorker: number
}

/** Applications that register at the same time. */
const AT_ONCE = 20
/** Hearth's hearth.launch.provenAfter, and some more. */
const PROVEN_AFTER_MS = 12_000
const MEMORY_MB = 65_536
/** Takes every core: one executor on each worker. */
const FILLER: HollowApplication = {
  name: 'filler',
  maxCores: null,
  coresPerExecutor: null,
  memoryMb: 1_024,
}
const WAITING: HollowApplication = {
  name: 'waiting',
  maxCores: 4,
  coresPerExecutor: 1,
  memoryMb: 1_024,
}

export class FullCluster {
  readonly subject: MasterSubject
  readonly #master: HostPort
  readonly #workers: HollowWorker[]
  readonly #filler: HollowDriver
  readonly #waiting: Promise<HollowDriver>[] = []
  #addresses = 0
  #turn = 0

  private constructor(
    subject: MasterSubject,
    master: HostPort,
    workers: HollowWorker[],
    filler: HollowDriver,
  ) {
    this.subject = subject
    this.#master = master
    this.#workers = workers
    this.#filler = filler
  }

  /** Registers the workers and fills them. */
  static async start(subject: MasterSubject, options: FullClusterOptions): Promise<FullCluster> {
    const master = addressOf(subject.masterUrl)
    const workers: HollowWorker[] = []
    for (let index = 0; index < options.workers; index += 1) {
      workers.push(await registerWorker(subject, master, index, options.coresPerWorker))
    }
    const filler = await HollowDriver.connect(master, loopback(3, 0))
    await filler.register(FILLER)
    await filler.whenStarted(options.workers)
    await filler.barrier()
    return new FullCluster(subject, master, workers, filler)
  }

  /** Applications that wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /**
   * Registers applications until so many wait, {@link AT_ONCE} at once, as those of people who do not
   * know of each other come. Resolves with the master's CPU seconds for that, when it is done with them.
   */
  async waitingBecome(count: number): Promise<number> {
    const before = cpuSeconds(this.subject.pid)
    const one = async (): Promise<void> => {
      while (this.#waiting.length < count) {
        this.#addresses += 1
        const driver = HollowDriver.connect(this.#master, loopback(1, this.#addresses))
        this.#waiting.push(driver)
        await (await driver).register(WAITING)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, one))
    await this.#filler.barrier()
    return cpuSeconds(this.subject.pid) - before
  }

  /**
   * On so many workers, or on all, the executor ends by itself and the filler gets its cores again, which
   * is one pass over all that wait each time. Resolves with the master's CPU seconds per time.
   */
  async passes(count: number): Promise<number> {
    const turns = Array.from({ length: Math.min(count, this.#workers.length) }, () => {
      this.#turn += 1
      return this.#nextEnd(this.#turn)
    })
    // One that ends earlier would be held against its worker.
    const youngest = Math.max(...turns.map(({ executor }) => executor.startedAt))
    const restMs = Math.max(0, youngest + PROVEN_AFTER_MS - performance.now())
    await new Promise((resolve) => setTimeout(resolve, restMs))
    const before = cpuSeconds(this.subject.pid)
    for (const { worker, executor } of turns) {
      const started = this.#filler.started
      worker.endExecutor(executor)
      await this.#filler.whenStarted(started + 1)
    }
    await this.#filler.barrier()
    return (cpuSeconds(this.subject.pid) - before) / turns.length
  }

  #nextEnd(turn: number): { readonly worker: HollowWorker; readonly executor: HollowExecutor } {
    const worker = this.#workers[turn % this.#workers.length]
    const executor = worker?.executors[0]
    if (worker === undefined || executor === undefined) throw new Error('a worker is empty')
    return { worker, executor }
  }

  /** The last to come end until so many wait. */
  async waitingShrink(count: number): Promise<void> {
    for (const driver of this.#waiting.splice(count)) (await driver).end()
    await this.#filler.barrier()
  }

  async stop(): Promise<void> {
    for (const driver of [...this.#waiting, this.#filler]) (await driver).vanish()
    for (const worker of this.#workers) worker.close()
    await this.subject.stop()
  }
}

function registerWorker(
  subject: MasterSubject,
  master: HostPort,
  index: number,
  cores: number,
): Promise<HollowWorker> {
  const options: HollowWorkerOptions = {
    id: `worker-20260101000000-${index}`,
    address: loopback(2, index),
    cores,
    memoryMb: MEMORY_MB,
  }
  return subject.name === 'Hearth'
    ? HollowHearthWorker.register(master, options)
    : HollowSparkWorker.register(master, options)
}

// Addresses at which nobody listens, so that whoever dials one is refused at once.
function loopback(kind: number, index: number): HostPort {
  return { host: `127.${kind}.${index >> 8}.${index & 255}`, port: 7 }
}
