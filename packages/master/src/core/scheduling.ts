// Between the cluster and placement: takes the snapshot, carries out the plan.
import { subtractResources } from '@hearth/common/domain/resources.ts'
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { coreLimit, isAdmitted, resourcesHeld, type Application, type Cluster } from './cluster.ts'
import type { Out } from './effects.ts'
import type { Now } from './events.ts'
import { launchExecutor } from './executors.ts'
import { placeExecutors, type Demand } from './placement/place-executors.ts'

/** One pass for the whole batch of events that made it due. */
export function onPlacementDue(cluster: Cluster, now: Now, out: Out): void {
  if (!cluster.placementDue) return
  cluster.placementDue = false
  const workers = [...cluster.workers.values()]
    .filter((worker) => worker.state === 'alive' && isAdmitted(worker))
    .map((worker) => ({ id: worker.id, free: subtractResources(worker.offered, worker.used) }))
    .filter((worker) => worker.free.cores > 0)
  if (workers.length === 0) return
  const demands = [...cluster.applications.values()]
    .filter((application) => canGrow(application))
    .map((application) => demandOf(cluster, application))
  for (const planned of placeExecutors(workers, demands, cluster.settings.spreadOut)) {
    const application = cluster.applications.get(planned.applicationId)
    const worker = cluster.workers.get(planned.workerId)
    if (application === undefined || worker === undefined) continue
    launchExecutor(application, worker, planned.resources, now, out)
  }
}

// An application whose client cannot be reached at the moment gets nothing new: its executors would
// not find a driver.
function canGrow(application: Application): boolean {
  return (
    !isApplicationOver(application.state) && isAdmitted(application) && application.peer !== null
  )
}

function demandOf(cluster: Cluster, application: Application): Demand {
  const { description, executorLimit } = application
  const held = resourcesHeld(application)
  let counted = 0
  for (const executor of application.executors.values()) if (!executor.ending) counted += 1
  return {
    applicationId: application.id,
    coresPerExecutor: description.executor.cores,
    memoryMbPerExecutor: description.executor.memoryMb,
    coresLeft: coreLimit(cluster, application) - held.cores,
    executorsLeft: (executorLimit ?? Number.POSITIVE_INFINITY) - counted,
  }
}
