// The connections of clients. A closed connection proves nothing: the client is dialled, and only a
// refusal says that it is gone. A silent one is asked, because a stopped process is not a dead one.
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { attachClient, detachClient, finishApplication } from './application-end.ts'
import { isAdmitted, type Application, type Cluster } from './cluster.ts'
import type { Out } from './effects.ts'
import type { DialOutcome, Now, PeerId } from './events.ts'
import { tell } from './story.ts'

export function onClientHeard(cluster: Cluster, event: { peer: PeerId }, now: Now): void {
  const application = applicationOf(cluster, event.peer)
  if (application !== undefined) application.lastHeardAt = now.mono
}

export function onClientConnectionClosed(
  cluster: Cluster,
  event: { peer: PeerId; reason: string },
  now: Now,
  out: Out,
): void {
  const application = applicationOf(cluster, event.peer)
  if (application === undefined) return
  detachClient(cluster, application)
  application.disconnectedAt = now.mono
  tell(application.story, now, `client's connection closed: ${event.reason}`)
  if (isAdmitted(application)) dial(application, out)
  // A client that leaves before it was answered has no application to come back to.
  else finishApplication(cluster, application, 'finished', 'its client left at once', now, out)
}

export function onClientDialled(
  cluster: Cluster,
  event: { applicationId: ApplicationId; outcome: DialOutcome; peer: PeerId | null },
  now: Now,
  out: Out,
): void {
  const application = cluster.applications.get(event.applicationId)
  if (application === undefined || isApplicationOver(application.state)) {
    if (event.peer !== null) {
      out.push({ type: 'disconnect', peer: event.peer, reason: 'its application is over' })
    }
    return
  }
  application.dialling = false
  if (application.disconnectedAt === null) {
    if (event.peer !== null && event.peer !== application.peer) {
      out.push({ type: 'disconnect', peer: event.peer, reason: 'its client is connected already' })
    }
  } else if (event.outcome === 'gone') {
    finishApplication(cluster, application, 'finished', 'its client is gone', now, out)
  } else if (
    event.outcome === 'alive' &&
    event.peer !== null &&
    !cluster.applicationByPeer.has(event.peer)
  ) {
    attachClient(cluster, application, event.peer)
    application.lastHeardAt = now.mono
    application.lastAskedAt = now.mono
    tell(application.story, now, 'client dialled and found alive')
    // It was passed over while it was away.
    cluster.placementDue = true
    repeatStates(application, out)
  }
}

// What happened while the connection was closed was not heard by the client.
function repeatStates(application: Application, out: Out): void {
  if (application.peer === null) return
  for (const executor of application.endedExecutors) {
    if (executor.ending && executor.state !== 'lost') continue
    const { number, state, message, exitCode } = executor
    out.push({
      type: 'send-client',
      peer: application.peer,
      message: {
        type: 'executor-updated',
        executor: number,
        state,
        message,
        exitCode,
        workerHost: null,
      },
    })
  }
}

/** Asks those that were not asked for a while, dials those that are away, gives up the silent. */
export function checkClients(cluster: Cluster, now: Now, out: Out): void {
  const { settings } = cluster
  for (const application of cluster.applications.values()) {
    if (isApplicationOver(application.state) || !isAdmitted(application)) continue
    if (application.disconnectedAt !== null) {
      if (now.mono - application.disconnectedAt >= settings.clientReturnTimeoutMs) {
        const reason = 'its client could not be reached any more'
        finishApplication(cluster, application, 'finished', reason, now, out)
      } else if (!application.dialling) dial(application, out)
    } else if (now.mono - application.lastHeardAt >= settings.clientTimeoutMs) {
      if (application.peer !== null) {
        out.push({ type: 'disconnect', peer: application.peer, reason: 'it did not answer' })
      }
      const reason = `its client did not answer for ${settings.clientTimeoutMs / 1000} s`
      finishApplication(cluster, application, 'finished', reason, now, out)
    } else if (
      application.peer !== null &&
      now.mono - application.lastAskedAt >= settings.clientAskIntervalMs
    ) {
      application.lastAskedAt = now.mono
      out.push({ type: 'ask-client', peer: application.peer })
    }
  }
}

function dial(application: Application, out: Out): void {
  application.dialling = true
  out.push({ type: 'dial-client', applicationId: application.id, client: application.client })
}

function applicationOf(cluster: Cluster, peer: PeerId): Application | undefined {
  const id = cluster.applicationByPeer.get(peer)
  return id === undefined ? undefined : cluster.applications.get(id)
}
