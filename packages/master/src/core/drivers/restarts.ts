// What drivers wait for with time: the next run of a supervised one, the end of a delay, and a store that takes
// their records again.
import { endBackoffs } from '../backoff.ts'
import type { Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Now } from '../events.ts'
import type { Driver } from './driver.ts'
import { relaunchOrEnd } from './relaunch.ts'
import { beginRun } from './runs.ts'
import { saveAgain } from './stored-drivers.ts'

/** Writes records again, and begins the runs whose delay has passed, each where the one before it was. */
export function checkDrivers(cluster: Cluster, now: Now, out: Out): void {
  for (const driver of [...cluster.drivers.values()]) {
    saveAgain(driver, now, out)
    if (endBackoffs(driver, now)) cluster.placementDue = true
    if (driver.notBefore === null || driver.notBefore > now.mono) continue
    if (driver.state === 'restarting') restart(cluster, driver, now, out)
    else {
      driver.notBefore = null
      cluster.placementDue = true
    }
  }
}

function restart(cluster: Cluster, driver: Driver, now: Now, out: Out): void {
  const worker = driver.workerId === null ? undefined : cluster.workers.get(driver.workerId)
  if (worker === undefined || worker.decommissioning) {
    const reason = `worker ${driver.workerId} leaves`
    relaunchOrEnd(cluster, driver, { reason, notBefore: null }, now, out)
  }
  // One that is away comes back, or is lost.
  else if (worker.state === 'alive') beginRun(driver, `run again on ${worker.id}`, now, out)
}
