// A client resizes its application: Spark's dynamic allocation.
import type { ExecutorNumber } from '@hearth/common/domain/ids.ts'
import { recordOf } from './application-record.ts'
import { ownApplication } from './applications.ts'
import type { Application, Cluster } from './cluster.ts'
import type { Out } from './effects.ts'
import type { PeerId, RequestedTarget, RequestId } from './events.ts'
import { liveExecutors, orderKill } from './executor-orders.ts'
import { completeTarget, setTarget } from './profiles.ts'
import { applicationKey } from './records.ts'
import { problemOfRequest } from './validation.ts'

/** Each is kept for as long as its application lives; Spark's own API makes a handful. */
const MAX_PROFILES = 1_000

/**
 * The client wants so many executors of each profile in all. Lowering a number ends none, and a profile
 * that is not named stays as it is (Spark, ApplicationInfo.requestExecutors, 3.4 and later). Targets
 * count, and are answered, once they are durable: a driver may never say them again.
 */
export function onExecutorsRequested(
  cluster: Cluster,
  event: {
    peer: PeerId
    request: RequestId
    applicationId: string
    targets: readonly RequestedTarget[]
  },
  out: Out,
): void {
  const { peer, request } = event
  const application = ownApplication(cluster, peer, event.applicationId)
  if (application === undefined) {
    replyNotOwn(request, event.applicationId, out)
    return
  }
  const targets = event.targets.map((target) => completeTarget(application, target))
  const problem =
    countProfiles(application, event.targets) > MAX_PROFILES
      ? `application ${application.id} has more than ${MAX_PROFILES} resource profiles; use fewer`
      : targets.map(({ executor }) => problemOfRequest(executor)).find((one) => one !== undefined)
  if (problem !== undefined) {
    out.push({ type: 'reply', request, reply: { type: 'refused', reason: problem } })
    return
  }
  application.pendingTargets.push({ request, targets })
  const key = applicationKey(application.id)
  out.push({ type: 'persist', key, record: recordOf(application) })
}

/** The oldest targets that were being made durable are, or could not be. */
export function settleTargets(
  cluster: Cluster,
  application: Application,
  failure: string | null,
  out: Out,
): void {
  const pending = application.pendingTargets.shift()
  if (pending === undefined) return
  const { request, targets } = pending
  if (failure !== null) {
    out.push({ type: 'reply', request, reply: { type: 'refused', reason: failure } })
    return
  }
  for (const target of targets) setTarget(application, target)
  cluster.placementDue = true
  out.push({ type: 'reply', request, reply: { type: 'accepted' } })
}

/**
 * The client gives executors back. Those that are unknown, ended or ending already are left out. The
 * targets stay: a client that wants no replacements lowers them itself (Spark, Master 3.4 and later).
 */
export function onExecutorsKillRequested(
  cluster: Cluster,
  event: {
    peer: PeerId
    request: RequestId
    applicationId: string
    executors: readonly ExecutorNumber[]
  },
  out: Out,
): void {
  const application = ownApplication(cluster, event.peer, event.applicationId)
  if (application === undefined) {
    replyNotOwn(event.request, event.applicationId, out)
    return
  }
  for (const executor of liveExecutors(application, event.executors)) {
    orderKill(cluster, executor, out)
  }
  cluster.placementDue = true
  out.push({ type: 'reply', request: event.request, reply: { type: 'accepted' } })
}

function replyNotOwn(request: RequestId, applicationId: string, out: Out): void {
  const reason = `application ${applicationId} is not registered by this connection`
  out.push({ type: 'reply', request, reply: { type: 'not-found', reason } })
}

function countProfiles(application: Application, targets: readonly RequestedTarget[]): number {
  const ids = new Set(application.profiles.keys())
  for (const { targets: pending } of application.pendingTargets) {
    for (const { id } of pending) ids.add(id)
  }
  for (const { profile } of targets) ids.add(profile)
  return ids.size
}
