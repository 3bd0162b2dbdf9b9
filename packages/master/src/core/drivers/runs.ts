// The runs of a driver: placed, ordered, started, given back.
import { takeResources, contains } from '@hearth/common/domain/resources.ts'
import { bookDriver, releaseDriver } from '../books.ts'
import { isAdmitted, type Cluster, type Worker } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Now } from '../events.ts'
import { BrokenInvariant, moveDriver } from '../moves.ts'
import { saveDriver } from './admit-driver.ts'
import type { Driver } from './driver.ts'
import { endDriver } from './driver-end.ts'

/** Gives the driver a place; the worker hears of it when that is durable. */
export function placeDriver(
  cluster: Cluster,
  driver: Driver,
  worker: Worker,
  now: Now,
  out: Out,
): void {
  const resources = takeResources(driver.description.resources, worker.free)
  if (!contains(worker.free, resources)) {
    throw new BrokenInvariant(`worker ${worker.id} is given more than it has`, worker.story)
  }
  bookDriver(cluster, worker, driver, resources)
  beginRun(driver, `placed on ${worker.id}`, now, out)
}

/** The next run, where the driver has its place. */
export function beginRun(driver: Driver, why: string, now: Now, out: Out): void {
  driver.attempt += 1
  driver.ordered = false
  driver.runningAt = null
  driver.notBefore = null
  driver.wait = null
  moveDriver(driver, 'launching', why, now)
  saveDriver(driver, out)
}

/**
 * Sends the order for the current run, once its record is durable and its worker's registration is answered:
 * a worker obeys nobody who has not registered it, and hears of the order after that.
 */
export function orderRun(cluster: Cluster, driver: Driver, out: Out): void {
  const { id, attempt, resources, description, workerId } = driver
  const worker = workerId === null ? undefined : cluster.workers.get(workerId)
  if (resources === null || driver.ordered || !isAdmitted(driver)) return
  if (worker?.peer == null || !isAdmitted(worker)) return
  driver.ordered = true
  out.push({
    type: 'send-worker',
    peer: worker.peer,
    message: {
      ...{ type: 'launch-driver', driverId: id, attempt, resources },
      ...{ supervised: description.supervise, payload: description.payload },
    },
  })
  const text = `driver ${id} goes to worker ${worker.id}${attempt > 1 ? `, run ${attempt}` : ''}`
  out.push({ type: 'note', level: 'info', about: `driver:${id}`, text })
}

/** The process of the run was started. Said again, nothing happens. */
export function startRun(driver: Driver, now: Now): void {
  if (driver.state !== 'launching') return
  moveDriver(driver, 'running', 'its process was started', now)
  driver.runningAt = now.mono
  driver.backoffs.clear()
}

/** The worker never ran it: back to the queue, under the same id. */
export function giveBackRun(
  cluster: Cluster,
  driver: Driver,
  reason: string,
  now: Now,
  out: Out,
): void {
  if (driver.ending) {
    endDriver(cluster, driver, { state: 'killed', message: reason }, now, out)
    return
  }
  releaseDriver(cluster, driver)
  driver.ordered = false
  driver.runningAt = null
  moveDriver(driver, 'submitted', reason, now)
  cluster.waitingDrivers.add(driver)
  cluster.placementDue = true
  const text = `driver ${driver.id} waits again: ${reason}`
  out.push({ type: 'note', level: 'warn', about: `driver:${driver.id}`, text })
}
