// What becomes of drivers whose worker is gone, or came back without them.
import type { Cluster, Worker } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { HeldDriver, Now } from '../events.ts'
import type { Driver } from './driver.ts'
import { relaunchOrEnd } from './relaunch.ts'
import { giveBackRun, orderRun, startRun } from './runs.ts'

/** The worker is lost. `isLauncherDead`: its processes are known to have ended with it. */
export function loseDrivers(
  cluster: Cluster,
  worker: Worker,
  { reason, isLauncherDead }: { reason: string; isLauncherDead: boolean },
  now: Now,
  out: Out,
): void {
  const { leaseMs, leaseMarginMs } = cluster.settings
  const leaseEnd = worker.leasedAt + leaseMs + worker.driverGraceMs + leaseMarginMs
  for (const driver of [...worker.drivers.values()]) {
    if (driver.state === 'launching' && !driver.ordered) {
      giveBackRun(cluster, driver, `worker lost: ${reason}`, now, out)
      continue
    }
    const isOver = isLauncherDead || driver.state === 'restarting'
    const notBefore = isOver ? null : leaseEnd
    relaunchOrEnd(cluster, driver, { reason: `worker lost: ${reason}`, notBefore }, now, out)
  }
}

/** What a registering worker holds against what we count there; see the same of executors in workers.ts. */
export function reconcileDrivers(
  cluster: Cluster,
  worker: Worker,
  held: readonly HeldDriver[],
  isSameConnection: boolean,
  now: Now,
  out: Out,
): void {
  const runs = new Map(held.map((run) => [`${run.driverId}#${run.attempt}`, run.state]))
  for (const driver of [...worker.drivers.values()]) {
    const state = runs.get(`${driver.id}#${driver.attempt}`)
    // On a connection that stands, the order may have passed the registration on the way.
    if (state === undefined && isSameConnection && driver.state === 'launching') continue
    if (state === 'running') startRun(driver, now)
    if (state !== undefined || driver.state === 'restarting') continue
    const reason = `worker ${worker.id} came back without it`
    if (driver.state === 'launching') {
      if (driver.ordered) giveBackRun(cluster, driver, reason, now, out)
    } else relaunchOrEnd(cluster, driver, { reason, notBefore: null }, now, out)
  }
}

/** The runs that a returning worker may keep; it ends every other one. */
export function keptRuns(worker: Worker): { driverId: Driver['id']; attempt: number }[] {
  return [...worker.drivers.values()]
    .filter(({ ending, state }) => !ending && state !== 'restarting')
    .map(({ id, attempt }) => ({ driverId: id, attempt }))
}

/** Orders that could not be sent while the worker was away. */
export function orderWaitingRuns(cluster: Cluster, worker: Worker, out: Out): void {
  for (const driver of worker.drivers.values()) {
    if (driver.state === 'launching') orderRun(cluster, driver, out)
  }
}
