// What failed is left alone for a while, and longer each time: a worker by an application whose launches fail
// there or by a driver that it did not take, and a store that does not take a record.
import type { WorkerId } from '@hearth/common/domain/ids.ts'
import type { Now } from './events.ts'

/** Failures in a row. */
export interface Backoff {
  readonly failures: number
  /** Monotonic: until then nothing is tried; null once it may be tried again. */
  readonly until: number | null
}

/** An application or a driver, and the workers that it keeps off, or kept off and may try again. */
export interface KeepsOff {
  readonly backoffs: Map<WorkerId, Backoff>
}

/** How long after the failure with this number, from 1 on: `firstMs`, doubled each time up to `longestMs`. */
export function backoffMs(failures: number, firstMs: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), longestMs)
}

/** True while nothing may be tried. */
export function isWaiting(backoff: Backoff | null | undefined, { mono }: Now): boolean {
  return backoff != null && backoff.until !== null && backoff.until > mono
}

/** True while it must not get this worker. */
export function isBackingOff(
  { backoffs }: KeepsOff,
  worker: { readonly id: WorkerId },
  now: Now,
): boolean {
  return isWaiting(backoffs.get(worker.id), now)
}

/** True while there is any worker that it must not get. */
export function isBackingOffAnywhere({ backoffs }: KeepsOff, now: Now): boolean {
  for (const backoff of backoffs.values()) if (isWaiting(backoff, now)) return true
  return false
}

/** Lets it try the workers again whose time has come; true when there was any. */
export function endBackoffs({ backoffs }: KeepsOff, now: Now): boolean {
  let isAny = false
  for (const [workerId, backoff] of backoffs) {
    if (backoff.until === null || isWaiting(backoff, now)) continue
    backoffs.set(workerId, { failures: backoff.failures, until: null })
    isAny = true
  }
  return isAny
}
