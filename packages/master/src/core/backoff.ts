// What failed is left alone for a while, and longer each time: a worker on which launches fail, a store that
// does not take a record.

/** Failures in a row. */
export interface Backoff {
  readonly failures: number
  /** Monotonic: until then nothing is tried; null once it may be tried again. */
  readonly until: number | null
}

/** How long after the failure with this number, from 1 on: `firstMs`, doubled each time up to `longestMs`. */
export function backoffMs(failures: number, firstMs: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), longestMs)
}

/** True while nothing may be tried. */
export function isWaiting(backoff: Backoff | null | undefined, mono: number): boolean {
  return backoff != null && backoff.until !== null && backoff.until > mono
}
