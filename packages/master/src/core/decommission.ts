// A worker that is going to leave: it gets nothing new, and its executors drain.
import { isApplicationOver, isExecutorOver } from '@hearth/common/domain/states.ts'
import { markDecommissioned, refreshOrder } from './books.ts'
import { type Cluster, type Worker } from './cluster.ts'
import type { Out } from './effects.ts'
import type { Now, PeerId } from './events.ts'
import { tell } from './story.ts'
import { registeredWorker } from './worker-peers.ts'

export function onDecommissionAnnounced(
  cluster: Cluster,
  event: { peer: PeerId },
  now: Now,
  out: Out,
): void {
  const { peer } = event
  const worker = registeredWorker(cluster, peer, out)
  if (worker === undefined) return
  decommissionWorker(cluster, worker, now, out)
}

/**
 * Tells the clients of its executors that they leave (Spark's DECOMMISSIONED, with the host): each client
 * drains its own and may have others instead at once. The executors keep their cores until they end.
 * Said again, nothing happens.
 */
export function decommissionWorker(cluster: Cluster, worker: Worker, now: Now, out: Out): void {
  if (worker.decommissioning || worker.state === 'dead') return
  worker.decommissioning = true
  refreshOrder(cluster, worker)
  tell(worker.story, now, 'decommissioned')
  const text = `worker ${worker.id} is decommissioned: it gets nothing new, and ${worker.executors.size} executors drain`
  out.push({ type: 'note', level: 'info', about: `worker:${worker.id}`, text })
  for (const executor of worker.executors.values()) {
    const application = cluster.applications.get(executor.applicationId)
    if (application === undefined || isApplicationOver(application.state)) continue
    if (isExecutorOver(executor.state) || executor.ending) continue
    markDecommissioned(application, executor)
    tell(application.story, now, `executor ${executor.number} leaves with ${worker.id}`)
    if (application.peer === null) continue
    out.push({
      type: 'send-client',
      peer: application.peer,
      message: {
        type: 'executor-updated',
        executor: executor.number,
        state: 'decommissioned',
        message: 'worker decommissioned',
        exitCode: null,
        workerHost: worker.host,
      },
    })
  }
  cluster.placementDue = true
}
