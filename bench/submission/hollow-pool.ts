// The hollow workers of one master, from the outside.
import { BenchThread } from '../lib/bench-thread.ts'
import {
  HOLLOW_POOL,
  type HollowPoolCommand,
  type HollowPoolReport,
  type HollowPoolTask,
} from './hollow-pool-thread.ts'

export class HollowPool {
  readonly #thread: BenchThread<HollowPoolCommand, HollowPoolReport>
  readonly #launchedAt = new Map<string, number>()
  readonly #awaited = new Map<string, (at: number) => void>()
  #onRegistered: () => void = () => undefined

  private constructor(task: Omit<HollowPoolTask, 'part'>) {
    this.#thread = new BenchThread({
      task: { ...task, part: HOLLOW_POOL },
      onReport: (report: HollowPoolReport) => this.#receive(report),
    })
  }

  /** Resolves when all its workers are registered. */
  static async register(task: Omit<HollowPoolTask, 'part'>): Promise<HollowPool> {
    const pool = new HollowPool(task)
    await pool.#thread.orFailure(new Promise<void>((resolve) => (pool.#onRegistered = resolve)))
    return pool
  }

  /** When a worker got the order to launch the driver, by the shared clock; resolves when one did. */
  launched(driverId: string): Promise<number> {
    const at = this.#launchedAt.get(driverId)
    if (at !== undefined) return Promise.resolve(at)
    return this.#thread.orFailure(new Promise((resolve) => this.#awaited.set(driverId, resolve)))
  }

  /** All drivers that run end by themselves. */
  endDrivers(): void {
    this.#launchedAt.clear()
    this.#thread.tell('end-drivers')
  }

  close(): Promise<void> {
    return this.#thread.end('close')
  }

  #receive(report: HollowPoolReport): void {
    if (report.type === 'registered') return this.#onRegistered()
    const { driverId, at } = report
    this.#launchedAt.set(driverId, at)
    this.#awaited.get(driverId)?.(at)
    this.#awaited.delete(driverId)
  }
}
