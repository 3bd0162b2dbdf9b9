// Which worker's launcher listens where. A port has one listener, so an address has one worker that is not
// dead; a thousand workers that come back at once are not each compared with all others.
import type { Cluster, Worker } from './cluster.ts'
import type { WorkerRegistration } from './events.ts'

/** The worker, another than the one that registers, whose launcher is said to listen at its address. */
export function holderOfAddress(
  cluster: Cluster,
  registration: WorkerRegistration,
): Worker | undefined {
  const address = addressOf(registration)
  const id = address === null ? undefined : cluster.workerByAddress.get(address)
  return id === undefined || id === registration.workerId ? undefined : cluster.workers.get(id)
}

/** To be called when the worker has its address, and nobody else holds it. */
export function claimAddress(cluster: Cluster, worker: Worker): void {
  const address = addressOf(worker)
  if (address !== null) cluster.workerByAddress.set(address, worker.id)
}

/** To be called before its address changes, and when it is dead. */
export function releaseAddress(cluster: Cluster, worker: Worker): void {
  const address = addressOf(worker)
  if (address !== null && cluster.workerByAddress.get(address) === worker.id) {
    cluster.workerByAddress.delete(address)
  }
}

// Null for a worker without a launcher's port: nobody can be dialled there, and nothing is held.
function addressOf(worker: {
  readonly host: string
  readonly launcherPort: number
}): string | null {
  return worker.launcherPort === 0 ? null : `${worker.host}:${worker.launcherPort}`
}
