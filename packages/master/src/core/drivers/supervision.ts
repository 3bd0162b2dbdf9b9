// When a supervised driver is run again: Spark's delays, capped, and a limit that Spark does not have.
import type { Settings } from '../settings.ts'
import type { Driver } from './driver.ts'

/**
 * The delay before the next run: 1 s, doubled each time up to the cap, and 1 s again after a run that was
 * long enough (DriverRunner, 3.5 and 4.x, without the cap). `ranForMs` is null for a run that never began.
 */
export function nextDelay(
  lastDelayMs: number | null,
  ranForMs: number | null,
  settings: Pick<Settings, 'superviseDelayMs' | 'superviseDelayMaxMs' | 'superviseStableMs'>,
): number {
  const { superviseDelayMs, superviseDelayMaxMs, superviseStableMs } = settings
  if (lastDelayMs === null) return superviseDelayMs
  if (ranForMs !== null && ranForMs > superviseStableMs) return superviseDelayMs
  return Math.min(lastDelayMs * 2, superviseDelayMaxMs)
}

/**
 * Counts one more restart at `mono` and forgets those that are older than the window. False when there were
 * as many within the window as may be: the driver is not run again.
 */
export function countRestart(
  driver: Pick<Driver, 'restarts'>,
  mono: number,
  { superviseWindowMs, superviseMaxRestarts }: Settings,
): boolean {
  driver.restarts = driver.restarts.filter((at) => mono - at < superviseWindowMs)
  if (superviseMaxRestarts >= 0 && driver.restarts.length >= superviseMaxRestarts) return false
  driver.restarts.push(mono)
  return true
}

/** What {@link countRestart} refused, for people. */
export function describeLimit(
  { restarts }: Pick<Driver, 'restarts'>,
  { superviseWindowMs }: Pick<Settings, 'superviseWindowMs'>,
): string {
  return `${restarts.length} restarts within ${superviseWindowMs / 1000} s are the limit (hearth.supervise.maxRestarts)`
}
