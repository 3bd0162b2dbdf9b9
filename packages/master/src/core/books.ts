// The books: who holds what. The only places where counts of executors and resources change, so that
// what is counted twice (by worker, by application, by profile) always agrees.
import type { ProfileId } from '@hearth/common/domain/descriptions.ts'
import { addResources, subtractResources, type Resources } from '@hearth/common/domain/resources.ts'
import {
  executorKey,
  isAdmitted,
  type Application,
  type Cluster,
  type Executor,
  type Worker,
} from './cluster.ts'
import type { Driver } from './drivers/driver.ts'

/** True while it counts towards the target of its profile. */
export function isCounted(executor: Executor): boolean {
  return !executor.ending && !executor.decommissioned
}

/** Books a new executor with its application and its worker. */
export function bookExecutor(
  cluster: Cluster,
  application: Application,
  worker: Worker,
  executor: Executor,
): void {
  application.executors.set(executor.number, executor)
  application.workers.add(worker.id)
  application.coresHeld += executor.resources.cores
  countLive(application, executor.profile, 1)
  worker.executors.set(executorKey(executor), executor)
  worker.used = addResources(worker.used, executor.resources)
  refreshFree(cluster, worker)
}

/** Its end is ordered: it holds its resources, and counts for its profile no more. */
export function markEnding(application: Application | undefined, executor: Executor): void {
  if (isCounted(executor) && application !== undefined) {
    countLive(application, executor.profile, -1)
  }
  executor.ending = true
}

/** It leaves with its worker: its application may have another one instead at once. */
export function markDecommissioned(application: Application, executor: Executor): void {
  if (executor.decommissioned) return
  if (isCounted(executor)) countLive(application, executor.profile, -1)
  executor.decommissioned = true
  application.coresHeld -= executor.resources.cores
}

/** Its process has ended, or cannot be reached any more: it holds nothing. */
export function releaseExecutor(
  cluster: Cluster,
  application: Application,
  executor: Executor,
): void {
  if (isCounted(executor)) countLive(application, executor.profile, -1)
  application.executors.delete(executor.number)
  if (!executor.decommissioned) application.coresHeld -= executor.resources.cores
  const worker = cluster.workers.get(executor.workerId)
  if (worker === undefined || !worker.executors.delete(executorKey(executor))) return
  worker.used = subtractResources(worker.used, executor.resources)
  refreshFree(cluster, worker)
}

/** Books what a driver gets of its worker. */
export function bookDriver(
  cluster: Cluster,
  worker: Worker,
  driver: Driver,
  resources: Resources,
): void {
  driver.workerId = worker.id
  driver.resources = resources
  cluster.waitingDrivers.delete(driver)
  worker.drivers.set(driver.id, driver)
  worker.used = addResources(worker.used, resources)
  refreshFree(cluster, worker)
}

/** It holds nothing any more. The worker that had it stays known. */
export function releaseDriver(cluster: Cluster, driver: Driver): void {
  const { resources, workerId } = driver
  driver.resources = null
  const worker = workerId === null ? undefined : cluster.workers.get(workerId)
  if (resources === null || worker === undefined || !worker.drivers.delete(driver.id)) return
  worker.used = subtractResources(worker.used, resources)
  refreshFree(cluster, worker)
}

/** To be called when `offered` or `used` of the worker has changed. */
export function refreshFree(cluster: Cluster, worker: Worker): void {
  worker.free = subtractResources(worker.offered, worker.used)
  refreshOrder(cluster, worker)
}

/** To be called when anything has changed that {@link canTakeExecutors} looks at. */
export function refreshOrder(cluster: Cluster, worker: Worker): void {
  if (canTakeExecutors(worker) && worker.free.cores > 0) cluster.order.place(worker)
  else cluster.order.remove(worker.id)
}

/** True when executors may be placed there, if they fit. */
export function canTakeExecutors(worker: Worker): boolean {
  return (
    worker.state === 'alive' &&
    isAdmitted(worker) &&
    !worker.decommissioning &&
    worker.quarantine === null
  )
}

function countLive(application: Application, id: ProfileId, change: number): void {
  const profile = application.profiles.get(id)
  if (profile !== undefined) profile.live += change
}
