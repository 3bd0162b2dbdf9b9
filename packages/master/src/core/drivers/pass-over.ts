// A worker that did not take a driver is passed over for it: another one gets it while any has room, and the same
// one is asked again after a while that grows. What kept it from taking the driver may last.
import type { WorkerId } from '@hearth/common/domain/ids.ts'
import { backoffMs } from '../backoff.ts'
import type { Cluster, Worker } from '../cluster.ts'
import type { Now } from '../events.ts'
import type { Driver } from './driver.ts'

/** Workers that are remembered of one driver; a pool may have thousands, and as many drivers may wait. */
export const MAX_PASSED_OVER = 16

/**
 * Notes that the worker did not take the driver; returns for how long it is not asked again, ms. When more
 * workers in a row than are remembered did not, the fault is hardly theirs, and the driver waits as a whole.
 */
export function passOver(cluster: Cluster, driver: Driver, workerId: WorkerId, now: Now): number {
  const { launchBackoffMs, launchBackoffMaxMs } = cluster.settings
  const { backoffs } = driver
  const failures = (backoffs.get(workerId)?.failures ?? 0) + 1
  const delayMs = backoffMs(failures, launchBackoffMs, launchBackoffMaxMs)
  backoffs.set(workerId, { failures, until: now.mono + delayMs })
  // The first that it was noted of.
  const [oldest] = backoffs.keys()
  if (backoffs.size > MAX_PASSED_OVER && oldest !== undefined) {
    backoffs.delete(oldest)
    driver.notBefore = now.mono + launchBackoffMaxMs
  }
  return delayMs
}

/**
 * True when the driver goes to `worker` rather than to `best`, both having room for it: first to those that
 * were not asked yet, and among others as drivers are spread or packed.
 */
export function isPreferred(
  driver: Driver,
  worker: Worker,
  best: Worker,
  isSpread: boolean,
): boolean {
  const { backoffs, workerId } = driver
  if (backoffs.size >= MAX_PASSED_OVER && workerId !== null) return isNext(worker, best, workerId)
  const isAsked = backoffs.has(worker.id)
  if (isAsked !== backoffs.has(best.id)) return !isAsked
  return isSpread ? worker.drivers.size < best.drivers.size : worker.id < best.id
}

// Of so many not all are remembered: they are gone through by their ids, so that each has its turn.
function isNext({ id }: Worker, best: Worker, last: WorkerId): boolean {
  const isAhead = id > last
  return isAhead === best.id > last ? id < best.id : isAhead
}
