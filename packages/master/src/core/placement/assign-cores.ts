// Spark's rule for dividing an application's cores over workers (Master.scheduleExecutorsOnWorkers,
// 3.5): a snapshot in, an assignment out.
import type { Resources } from '@hearth/common/domain/resources.ts'

export interface CoreRequest {
  /** Cores of one executor; null: one executor per worker takes what it gets. */
  readonly coresPerExecutor: number | null
  readonly memoryMbPerExecutor: number
  /** Cores that the application may still take; may be infinite. */
  readonly coresLeft: number
  /** Executors that it may still start; may be infinite. */
  readonly executorsLeft: number
}

/** What one worker gives: `executors` of them with `cores` in all. */
export interface Assignment {
  cores: number
  executors: number
}

/**
 * Divides up to `coresLeft` over the workers, which are given in the order of preference. With
 * `spreadOut` every worker gets one unit per round, otherwise the first is filled before the next.
 * Returns one assignment per worker, in the same order.
 */
export function assignCores(
  request: CoreRequest,
  workers: readonly Resources[],
  spreadOut: boolean,
): Assignment[] {
  const unit = request.coresPerExecutor ?? 1
  const isOnePerWorker = request.coresPerExecutor === null
  const assigned = workers.map(() => ({ cores: 0, executors: 0 }))
  let coresLeft = Math.min(
    request.coresLeft,
    workers.reduce((sum, free) => sum + free.cores, 0),
  )
  let executorsLeft = request.executorsLeft

  const canTake = (index: number): boolean => {
    const free = workers[index]
    const taken = assigned[index]
    if (free === undefined || taken === undefined) return false
    if (coresLeft < unit || free.cores - taken.cores < unit) return false
    // Further units only widen the one executor: its memory and its place under the limit are taken.
    if (isOnePerWorker && taken.executors > 0) return true
    const memoryLeft = free.memoryMb - taken.executors * request.memoryMbPerExecutor
    return memoryLeft >= request.memoryMbPerExecutor && executorsLeft > 0
  }
  const take = (index: number): void => {
    const taken = assigned[index]
    if (taken === undefined) return
    coresLeft -= unit
    taken.cores += unit
    if (isOnePerWorker && taken.executors > 0) return
    taken.executors += 1
    executorsLeft -= 1
  }

  let open = workers.map((_free, index) => index).filter(canTake)
  while (open.length > 0) {
    for (const index of open) {
      if (spreadOut) {
        if (canTake(index)) take(index)
      } else {
        while (canTake(index)) take(index)
      }
    }
    open = open.filter(canTake)
  }
  return assigned
}
