// Drivers alone must never fill the pool: all of them would wait for executors that nobody has room for.
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import {
  amountsKey,
  fits,
  subtractResources,
  takeResources,
  type ResourceAmounts,
} from '@hearth/common/domain/resources.ts'
import { canTakeExecutors } from '../books.ts'
import type { Cluster, Worker } from '../cluster.ts'
import { isPlaced } from './driver.ts'

/**
 * A driver may start where some worker could still hold its first executor, and the first executor of each
 * driver that has been placed, if no executor ran: executors come and go, drivers stay. Within
 * `hearth.drivers.maxShare` of the pool it may start in any case.
 */
export class ExecutorReserve {
  readonly #cluster: Cluster
  /** Executors that must find room, each kind once. */
  readonly #needs = new Map<string, ResourceAmounts>()
  readonly #offered: Counts = { cores: 0, memoryMb: 0 }
  readonly #held: Counts = { cores: 0, memoryMb: 0 }

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    for (const worker of cluster.workers.values()) {
      if (worker.state === 'alive') count(this.#offered, worker.offered)
    }
    for (const driver of cluster.drivers.values()) {
      if (isPlaced(driver)) this.hold(driver.description)
    }
  }

  /** Counts a driver that has been placed. */
  hold({ resources, firstExecutor }: DriverDescription): void {
    count(this.#held, resources)
    if (firstExecutor !== null) this.#needs.set(amountsKey(firstExecutor), firstExecutor)
  }

  /** True when the driver may start on the worker. */
  allows({ resources, firstExecutor }: DriverDescription, on: Worker): boolean {
    const { driverMaxShare: share } = this.#cluster.settings
    const isWithinShare =
      this.#held.cores + resources.cores <= this.#offered.cores * share &&
      this.#held.memoryMb + resources.memoryMb <= this.#offered.memoryMb * share
    if (isWithinShare) return true
    if (firstExecutor !== null && !this.#fitsBeside(firstExecutor, on, resources)) return false
    for (const need of this.#needs.values()) {
      // What has no room already is not this driver's fault.
      if (!this.#fitsBeside(need, on, resources) && this.#fitsBeside(need, on, null)) return false
    }
    return true
  }

  // Is there a worker that could hold it beside the drivers, `added` on one of them included?
  #fitsBeside(need: ResourceAmounts, on: Worker, added: ResourceAmounts | null): boolean {
    for (const worker of this.#cluster.workers.values()) {
      if (!canTakeExecutors(worker)) continue
      let room = worker.offered
      for (const { resources } of worker.drivers.values()) {
        if (resources !== null) room = subtractResources(room, resources)
      }
      if (added !== null && worker === on)
        room = subtractResources(room, takeResources(added, room))
      if (fits(need, room)) return true
    }
    return false
  }
}

// Only cores and memory are shared out; addresses of a whole pool would be a long list.
interface Counts {
  cores: number
  memoryMb: number
}

function count(counts: Counts, { cores, memoryMb }: Readonly<Counts>): void {
  counts.cores += cores
  counts.memoryMb += memoryMb
}
