// How an application leaves the pool, and how it is bound to its client's connection.
import { type ApplicationState } from '@hearth/common/domain/states.ts'
import { type Application, type Cluster, type Worker } from './cluster.ts'
import type { Out } from './effects.ts'
import type { Now, PeerId } from './events.ts'
import { orderKill } from './executor-orders.ts'
import { settleSuspicions } from './launch-health.ts'
import { moveApplication } from './moves.ts'
import { applicationKey } from './records.ts'

/** Binds the application to its client's open connection. */
export function attachClient(cluster: Cluster, application: Application, peer: PeerId): void {
  application.peer = peer
  application.disconnectedAt = null
  cluster.applicationByPeer.set(peer, application.id)
}

/** Undoes {@link attachClient}. */
export function detachClient(cluster: Cluster, application: Application): void {
  if (application.peer !== null) cluster.applicationByPeer.delete(application.peer)
  application.peer = null
}

/**
 * Ends an application against its client's will. The client is told (Spark's ApplicationRemoved); that of
 * a finished one has said so itself or is gone.
 */
export function removeApplication(
  cluster: Cluster,
  application: Application,
  state: 'failed' | 'killed',
  reason: string,
  now: Now,
  out: Out,
): void {
  if (application.peer !== null) {
    const message = {
      type: 'application-removed',
      reason: `${state.toUpperCase()}: ${reason}`,
    } as const
    out.push({ type: 'send-client', peer: application.peer, message })
  }
  finishApplication(cluster, application, state, reason, now, out)
}

/** The one place where an application leaves: its executors are ended, its record goes. */
export function finishApplication(
  cluster: Cluster,
  application: Application,
  state: ApplicationState,
  reason: string,
  now: Now,
  out: Out,
): void {
  moveApplication(application, state, reason, now)
  application.endedAt = now.wall
  application.endReason = reason
  application.coresWhenEnded = application.coresHeld
  application.wait = null
  refusePendingTargets(application, out)
  settleSuspicions(cluster, application, now, out)
  detachClient(cluster, application)
  cluster.applicationByClient.delete(application.client)
  out.push({ type: 'forget-client', client: application.client })
  cluster.reminders = cluster.reminders.filter((due) => due.applicationId !== application.id)
  out.push({ type: 'persist', key: applicationKey(application.id), record: null })
  out.push({
    type: 'note',
    level: state === 'failed' ? 'error' : 'info',
    about: `application:${application.id}`,
    text: `application ${application.id} ${state}: ${reason}`,
  })
  for (const executor of application.executors.values()) {
    if (!executor.ending) orderKill(cluster, executor, out)
  }
  for (const workerId of application.workers) {
    const worker = cluster.workers.get(workerId)
    if (worker !== undefined) tellOfEnd(application, worker, out)
  }
  cluster.placementDue = true
  retireWhenEmpty(cluster, application)
}

// Whoever asked is not left without an answer.
function refusePendingTargets(application: Application, out: Out): void {
  for (const { request } of application.pendingTargets.splice(0)) {
    const reason = `application ${application.id} is over`
    out.push({ type: 'reply', request, reply: { type: 'refused', reason } })
  }
}

/**
 * Says that the application is over: its scratch directories on that worker can go. Repeated whenever the
 * worker registers, because a message over a broken connection looks sent; to hear it twice costs nothing.
 */
export function tellOfEnd(application: Application, worker: Worker, out: Out): void {
  if (worker.peer === null || !application.workers.has(worker.id)) return
  const message = { type: 'application-finished', applicationId: application.id } as const
  out.push({ type: 'send-worker', peer: worker.peer, message })
}

/** Moves an ended application to the completed ones when its last executor is gone. */
export function retireWhenEmpty(cluster: Cluster, application: Application): void {
  if (application.executors.size > 0 || !cluster.applications.delete(application.id)) return
  const { completed, settings } = cluster
  // What it ran may be megabytes, and nobody runs it again.
  const { kind } = application.description.payload
  application.description = { ...application.description, payload: { kind } }
  completed.push(application)
  if (completed.length > settings.retainedApplications) {
    // A tenth at a time, as Spark does, so that a busy master does not trim at every end.
    completed.splice(0, Math.max(1, Math.floor(settings.retainedApplications / 10)))
  }
}
