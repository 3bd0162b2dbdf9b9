// A driver's record became durable, or could not: only now it is answered, and only now a run is ordered.
import { backoffMs, isWaiting } from '../backoff.ts'
import { isAdmitted, type Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Now } from '../events.ts'
import { tell } from '../story.ts'
import { saveDriver } from './admit-driver.ts'
import type { Driver } from './driver.ts'
import { dropReplaced, forgetDriver } from './driver-end.ts'
import { giveBackRun, orderRun } from './runs.ts'

/** When a record that the store did not take is written again: after this, and twice as long each time … */
export const SAVE_RETRY_MS = 1_000
/** … up to this. */
export const SAVE_RETRY_MAX_MS = 15_000

/** The record is durable: the submission is answered, or the order for a run goes to its worker. */
export function onDriverPersisted(cluster: Cluster, driver: Driver, now: Now, out: Out): void {
  driver.unsaved -= 1
  if (!isAdmitted(driver)) return
  driver.failedSave = null
  dropReplaced(driver, out)
  if (driver.state === 'launching') {
    orderRun(cluster, driver, out)
    return
  }
  cluster.placementDue = true
  if (driver.attempt > 0) return
  const { id, request, description, relaunchOf } = driver
  const name = JSON.stringify(description.name.slice(0, 200))
  const text = `driver ${id} (${name}) ${relaunchOf === null ? 'submitted' : `takes the place of ${relaunchOf}`}`
  out.push({ type: 'note', level: 'info', about: `driver:${id}`, text })
  tell(driver.story, now, 'stored')
  if (request === null) return
  driver.request = null
  out.push({ type: 'reply', request, reply: { type: 'driver-submitted', driverId: id } })
}

/**
 * A new driver is refused and forgotten. One that was accepted must not be lost for the store's sake: it waits,
 * and its record is written again until that is durable. One that was to run goes back to the queue for that.
 */
export function onDriverPersistFailed(
  cluster: Cluster,
  driver: Driver,
  { reason, refusal }: { readonly reason: string; readonly refusal: string },
  now: Now,
  out: Out,
): void {
  driver.unsaved -= 1
  const { id, request } = driver
  if (request !== null) {
    driver.request = null
    out.push({ type: 'reply', request, reply: { type: 'refused', reason: refusal } })
    forgetDriver(cluster, driver)
    return
  }
  const failures = (driver.failedSave?.failures ?? 0) + 1
  const until = now.mono + backoffMs(failures, SAVE_RETRY_MS, SAVE_RETRY_MAX_MS)
  driver.failedSave = { failures, until, reason }
  cluster.placementDue = true
  if (driver.state === 'launching') {
    giveBackRun(cluster, driver, `its place could not be stored (${reason})`, now, out)
  } else if (failures === 1) {
    const text = `driver ${id} could not be stored (${reason}); it waits, and is written again until it is`
    out.push({ type: 'note', level: 'error', about: `driver:${id}`, text })
  }
}

/** Writes a record that the store did not take again, when its time has come. */
export function saveAgain(driver: Driver, now: Now, out: Out): void {
  const { failedSave } = driver
  if (failedSave === null || failedSave.until === null || isWaiting(failedSave, now)) return
  driver.failedSave = { ...failedSave, until: null }
  saveDriver(driver, out)
}
