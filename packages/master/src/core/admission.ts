// A record became durable, or could not: only now is its entity in, and only now is it answered.
import { parseApplicationId, parseDriverId, parseWorkerId } from '@hearth/common/domain/ids.ts'
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { finishApplication, removeApplication } from './application-end.ts'
import { announceRegistration } from './applications.ts'
import { isAdmitted, type Application, type Cluster, type Worker } from './cluster.ts'
import type { Out } from './effects.ts'
import type { Now } from './events.ts'
import { onDriverPersisted, onDriverPersistFailed } from './drivers/stored-drivers.ts'
import type { Driver } from './drivers/driver.ts'
import { applicationKey, driverKey, workerKey } from './records.ts'
import { settleTargets } from './resizing.ts'
import { announceWorker } from './workers.ts'
import { loseWorker } from './worker-loss.ts'

export function onRecordPersisted(
  cluster: Cluster,
  event: { key: string },
  now: Now,
  out: Out,
): void {
  const { application, driver, worker } = find(cluster, event.key)
  if (driver !== undefined) onDriverPersisted(cluster, driver, now, out)
  if (application !== undefined && application.unsaved > 0) {
    application.unsaved -= 1
    if (!isAdmitted(application) || isApplicationOver(application.state)) return
    announceRegistration(application, out)
    cluster.newcomers.push(application)
    const { id, description } = application
    const text = `application ${id} (${JSON.stringify(description.name.slice(0, 200))}) registered by ${application.client}`
    out.push({ type: 'note', level: 'info', about: `application:${id}`, text })
  }
  // A registration's record is written before any targets are.
  else if (application !== undefined) settleTargets(cluster, application, null, out)
  if (worker !== undefined && worker.unsaved > 0) {
    worker.unsaved -= 1
    if (worker.state === 'alive') announceWorker(cluster, worker, now, out)
  }
}

/** Refuses and forgets: what is not durable was never in. */
export function onRecordPersistFailed(
  cluster: Cluster,
  event: { key: string; reason: string },
  now: Now,
  out: Out,
): void {
  const { application, driver, worker } = find(cluster, event.key)
  const reason = `it could not be stored (${event.reason}); try again when the store works`
  if (driver !== undefined) {
    const failure = { reason: event.reason, refusal: reason }
    onDriverPersistFailed(cluster, driver, failure, now, out)
  }
  if (application !== undefined && application.unsaved > 0) {
    application.unsaved -= 1
    if (isApplicationOver(application.state)) return
    if (application.peer === null) {
      finishApplication(cluster, application, 'failed', reason, now, out)
    } else removeApplication(cluster, application, 'failed', reason, now, out)
  } else if (application !== undefined) settleTargets(cluster, application, reason, out)
  if (worker !== undefined && worker.unsaved > 0) {
    worker.unsaved -= 1
    const { peer } = worker
    if (peer !== null) {
      out.push({ type: 'send-worker', peer, message: { type: 'registration-refused', reason } })
    }
    loseWorker(cluster, worker, { reason, isLauncherDead: false }, now, out)
  }
}

function find(
  cluster: Cluster,
  key: string,
): {
  application: Application | undefined
  driver: Driver | undefined
  worker: Worker | undefined
} {
  const slash = key.indexOf('/')
  const id = key.slice(slash + 1)
  const applicationId = parseApplicationId(id)
  const driverId = parseDriverId(id)
  const workerId = parseWorkerId(id)
  return {
    application:
      applicationId !== undefined && key === applicationKey(applicationId)
        ? cluster.applications.get(applicationId)
        : undefined,
    driver:
      driverId !== undefined && key === driverKey(driverId)
        ? cluster.drivers.get(driverId)
        : undefined,
    worker:
      workerId !== undefined && key === workerKey(workerId)
        ? cluster.workers.get(workerId)
        : undefined,
  }
}
