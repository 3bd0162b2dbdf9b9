// Orders about executors that exist already.
import type { ExecutorNumber } from '@hearth/common/domain/ids.ts'
import { markEnding } from './books.ts'
import type { Application, Cluster, Executor } from './cluster.ts'
import type { Out } from './effects.ts'

/** Orders the end of an executor. Its cores stay booked until its worker reports that it has ended. */
export function orderKill(cluster: Cluster, executor: Executor, out: Out): void {
  markEnding(cluster.applications.get(executor.applicationId), executor)
  const worker = cluster.workers.get(executor.workerId)
  // A worker that is away is told by the `keep` list when it returns.
  if (worker?.peer == null) return
  out.push({
    type: 'send-worker',
    peer: worker.peer,
    message: {
      type: 'kill-executor',
      applicationId: executor.applicationId,
      executor: executor.number,
    },
  })
}

/** The live executors of the application with these numbers; unknown numbers are left out. */
export function liveExecutors(
  application: Application,
  numbers: readonly ExecutorNumber[],
): Executor[] {
  const found = new Set<Executor>()
  for (const number of numbers) {
    const executor = application.executors.get(number)
    if (executor !== undefined && !executor.ending) found.add(executor)
  }
  return [...found]
}
