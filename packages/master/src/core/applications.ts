// Applications: register, resize, end. The order of `cluster.applications` is the order of placement.
import { DEFAULT_PROFILE, type ApplicationDescription } from '@hearth/common/domain/descriptions.ts'
import { parseApplicationId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { isAdmitted, type Application, type Cluster } from './cluster.ts'
import type { Out } from './effects.ts'
import type { ClientKey, Now, PeerId, RequestId } from './events.ts'
import { takeApplicationId } from './application-ids.ts'
import { recordOf } from './application-record.ts'
import { attachClient, finishApplication, removeApplication } from './application-end.ts'
import { defaultProfile } from './profiles.ts'
import { applicationKey } from './records.ts'
import { problemOf } from './validation.ts'

/** A client asks in; it is answered when its record is durable (admission.ts). */
export function onApplicationRegisterRequested(
  cluster: Cluster,
  event: { peer: PeerId; client: ClientKey; description: ApplicationDescription },
  now: Now,
  out: Out,
): void {
  const { peer, client, description } = event
  const problem = problemOf(description)
  if (problem !== undefined) {
    refuseApplication(peer, client, problem, out)
    return
  }
  const other = cluster.applicationByPeer.get(peer)
  if (other !== undefined && cluster.applications.get(other)?.client !== client) {
    refuseApplication(peer, client, `this connection has registered ${other} already`, out)
    return
  }
  if (isKnownClient(cluster, event, now, out)) return
  const taken = takeApplicationId(cluster, description.name, now)
  if ('problem' in taken) {
    refuseApplication(peer, client, taken.problem, out)
    return
  }
  const application = createApplication(taken.id, event, now)
  cluster.applications.set(application.id, application)
  cluster.applicationByClient.set(client, application.id)
  attachClient(cluster, application, peer)
  out.push({
    type: 'persist',
    key: applicationKey(application.id),
    record: recordOf(application),
  })
}

// A driver repeats its registration after 20 s without an answer, on the same socket: it gets the id
// that it has. The same address on another socket is a new process once the old socket is closed.
function isKnownClient(
  cluster: Cluster,
  event: { peer: PeerId; client: ClientKey },
  now: Now,
  out: Out,
): boolean {
  const knownId = cluster.applicationByClient.get(event.client)
  const known = knownId === undefined ? undefined : cluster.applications.get(knownId)
  if (known === undefined) return false
  const about = `application:${known.id}`
  if (known.peer === event.peer) {
    if (isAdmitted(known)) announceRegistration(known, out)
    return true
  }
  if (known.peer === null) {
    const reason = `its client's address ${event.client} belongs to a new application`
    finishApplication(cluster, known, 'finished', reason, now, out)
    return false
  }
  // Two live processes cannot listen at one address. Either the old connection is dead without a
  // sign, which the question brings to light before the newcomer asks again, or the newcomer lies.
  known.lastAskedAt = now.mono
  out.push({ type: 'ask-client', peer: known.peer })
  const text = `a second connection claims the client address ${event.client} of ${known.id}; asking the first one whether it lives, the newcomer waits`
  out.push({ type: 'note', level: 'warn', about, text })
  return true
}

function createApplication(
  id: ApplicationId,
  event: { client: ClientKey; description: ApplicationDescription },
  now: Now,
): Application {
  return {
    id,
    description: event.description,
    client: event.client,
    state: 'waiting',
    unsaved: 1,
    peer: null,
    submittedAt: now.wall,
    endedAt: null,
    endReason: null,
    coresWhenEnded: null,
    executors: new Map(),
    workers: new Set(),
    endedExecutors: [],
    nextExecutor: 0,
    profiles: new Map([[DEFAULT_PROFILE, defaultProfile(event.description)]]),
    pendingTargets: [],
    coresHeld: 0,
    failuresInARow: 0,
    backoffs: new Map(),
    provenOn: new Set(),
    wait: null,
    notedWait: null,
    lastHeardAt: now.mono,
    lastAskedAt: now.mono,
    disconnectedAt: null,
    dialling: false,
    story: [],
  }
}

/** Tells the client its id. Called once its record is durable, and again when it asks again. */
export function announceRegistration(application: Application, out: Out): void {
  if (application.peer === null) return
  const message = { type: 'application-registered', applicationId: application.id } as const
  out.push({ type: 'send-client', peer: application.peer, message })
}

/** The refusal of an application that never got in. */
export function refuseApplication(peer: PeerId, client: ClientKey, reason: string, out: Out): void {
  out.push({ type: 'send-client', peer, message: { type: 'application-removed', reason } })
  const text = `refused an application of client ${client}: ${reason}`
  out.push({ type: 'note', level: 'warn', about: `client:${client}`, text })
}

export function onApplicationUnregisterRequested(
  cluster: Cluster,
  event: { peer: PeerId; applicationId: ApplicationId },
  now: Now,
  out: Out,
): void {
  const application = ownApplication(cluster, event.peer, event.applicationId)
  if (application === undefined) return
  finishApplication(cluster, application, 'finished', 'its client unregistered it', now, out)
}

export function onApplicationKillRequested(
  cluster: Cluster,
  event: { request: RequestId; applicationId: string },
  now: Now,
  out: Out,
): void {
  const { request } = event
  const application = liveApplication(cluster, event.applicationId)
  if (application === undefined) {
    const reason = `no running or waiting application has the id ${event.applicationId}`
    out.push({ type: 'reply', request, reply: { type: 'not-found', reason } })
    return
  }
  removeApplication(cluster, application, 'killed', 'an operator killed it', now, out)
  out.push({ type: 'reply', request, reply: { type: 'accepted' } })
}

function liveApplication(cluster: Cluster, id: string): Application | undefined {
  const parsed = parseApplicationId(id)
  const application = parsed === undefined ? undefined : cluster.applications.get(parsed)
  return application !== undefined && !isApplicationOver(application.state)
    ? application
    : undefined
}

/** The application with this id, if this connection registered it: it may speak for no other. */
export function ownApplication(
  cluster: Cluster,
  peer: PeerId,
  id: string,
): Application | undefined {
  const application = liveApplication(cluster, id)
  return application?.peer === peer ? application : undefined
}
