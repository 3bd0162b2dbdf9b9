// A driver's record became durable, or could not: only now it is answered, and only now a run is ordered.
import { isAdmitted, type Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Now } from '../events.ts'
import { tell } from '../story.ts'
import type { Driver } from './driver.ts'
import { forgetDriver } from './driver-end.ts'
import { giveBackRun, orderRun } from './runs.ts'

/** The record is durable: the submission is answered, or the order for a run goes to its worker. */
export function onDriverPersisted(cluster: Cluster, driver: Driver, now: Now, out: Out): void {
  driver.unsaved -= 1
  if (!isAdmitted(driver)) return
  if (driver.state === 'launching') {
    orderRun(cluster, driver, out)
    return
  }
  if (driver.attempt > 0) return
  cluster.placementDue = true
  const { id, request, description, relaunchOf } = driver
  const name = JSON.stringify(description.name.slice(0, 200))
  const text = `driver ${id} (${name}) ${relaunchOf === null ? 'submitted' : `takes the place of ${relaunchOf}`}`
  out.push({ type: 'note', level: 'info', about: `driver:${id}`, text })
  tell(driver.story, now, 'stored')
  if (request === null) return
  driver.request = null
  out.push({ type: 'reply', request, reply: { type: 'driver-submitted', driverId: id } })
}

/** A new driver is refused and forgotten; one that was to run goes back to the queue. */
export function onDriverPersistFailed(
  cluster: Cluster,
  driver: Driver,
  reason: string,
  now: Now,
  out: Out,
): void {
  driver.unsaved -= 1
  const { request } = driver
  if (driver.state === 'launching' && !driver.ordered) {
    giveBackRun(cluster, driver, reason, now, out)
  } else if (request !== null) {
    driver.request = null
    out.push({ type: 'reply', request, reply: { type: 'refused', reason } })
    forgetDriver(cluster, driver)
  } else {
    // It takes the place of one that was lost: it must not be lost for the store's sake.
    const text = `driver ${driver.id} is kept in memory alone: ${reason}`
    out.push({ type: 'note', level: 'error', about: `driver:${driver.id}`, text })
    cluster.placementDue = true
  }
}
