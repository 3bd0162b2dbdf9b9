// Another driver in the place of one that was lost.
import type { Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Now } from '../events.ts'
import { admitDriver } from './admit-driver.ts'
import type { Driver } from './driver.ts'
import { endDriver } from './driver-end.ts'
import { takeDriverId } from './driver-ids.ts'
import { countRestart, describeLimit } from './supervision.ts'

export interface Loss {
  readonly reason: string
  /** Monotonic: until then the lost run may live; null when it certainly does not. */
  readonly notBefore: number | null
}

/**
 * A supervised driver is run anew under a new id, as in Spark (Master.relaunchDriver), but not before its
 * former run has certainly ended. Any other one is in error.
 */
export function relaunchOrEnd(
  cluster: Cluster,
  driver: Driver,
  { reason, notBefore }: Loss,
  now: Now,
  out: Out,
): void {
  if (driver.ending) {
    endDriver(cluster, driver, { state: 'killed', message: reason }, now, out)
    return
  }
  const { description, id } = driver
  const isAgain = description.supervise && countRestart(driver, now.mono, cluster.settings)
  const newId = isAgain ? takeDriverId(cluster, now) : undefined
  if (newId === undefined) {
    const isSpent = description.supervise && !isAgain
    const message = isSpent ? `${describeLimit(driver, cluster.settings)}; ${reason}` : reason
    endDriver(cluster, driver, { state: 'error', message }, now, out)
    return
  }
  const successor = { id: newId, description, request: null, relaunchOf: id, notBefore }
  const next = admitDriver(cluster, successor, now, out)
  // This relaunch is among them.
  next.restarts = [...driver.restarts]
  driver.relaunchedAs = newId
  endDriver(
    cluster,
    driver,
    { state: 'relaunched', message: `${reason}; ${newId} takes its place` },
    now,
    out,
  )
}
