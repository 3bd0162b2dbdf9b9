// One placement pass: applications in the order of their registration, each on the workers with the
// most free cores first. A snapshot in, a plan out; nothing here changes the cluster.
import type { ApplicationId, WorkerId } from '@hearth/common/domain/ids.ts'
import { fits, subtractResources, type Resources } from '@hearth/common/domain/resources.ts'
import { assignCores, type CoreRequest } from './assign-cores.ts'

export interface WorkerSnapshot {
  readonly id: WorkerId
  readonly free: Resources
}

export interface Demand extends CoreRequest {
  readonly applicationId: ApplicationId
}

export interface PlannedExecutor {
  readonly applicationId: ApplicationId
  readonly workerId: WorkerId
  readonly resources: Resources
}

/** Executors to launch, in order. What does not fit is left out; it waits for the next pass. */
export function placeExecutors(
  workers: readonly WorkerSnapshot[],
  demands: readonly Demand[],
  spreadOut: boolean,
): PlannedExecutor[] {
  const free = workers.map((worker) => ({ ...worker })).sort(byId)
  const plan: PlannedExecutor[] = []
  for (const demand of demands) {
    const unit = {
      cores: demand.coresPerExecutor ?? 1,
      memoryMb: demand.memoryMbPerExecutor,
    }
    if (demand.coresLeft < unit.cores || demand.executorsLeft < 1) continue
    const usable = free.filter((worker) => fits(unit, worker.free)).sort(byFreeCores)
    const assigned = assignCores(
      demand,
      usable.map((worker) => worker.free),
      spreadOut,
    )
    for (const [index, { cores, executors }] of assigned.entries()) {
      const worker = usable[index]
      if (worker === undefined) continue
      for (let count = 0; count < executors; count += 1) {
        const resources = {
          cores: demand.coresPerExecutor ?? cores,
          memoryMb: demand.memoryMbPerExecutor,
        }
        worker.free = subtractResources(worker.free, resources)
        plan.push({ applicationId: demand.applicationId, workerId: worker.id, resources })
      }
    }
  }
  return plan
}

interface FreeWorker {
  readonly id: WorkerId
  free: Resources
}

function byId(a: FreeWorker, b: FreeWorker): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

// Sorting is stable and the list is in id order, so equal workers stay in id order.
function byFreeCores(a: FreeWorker, b: FreeWorker): number {
  return b.free.cores - a.free.cores
}
