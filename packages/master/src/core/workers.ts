// Workers: register, return, fall silent, leave.
import { formatExecutorId, type WorkerId } from '@hearth/common/domain/ids.ts'
import { NO_RESOURCES } from '@hearth/common/domain/resources.ts'
import { isApplicationOver, isExecutorOver } from '@hearth/common/domain/states.ts'
import { tellOfEnd } from './application-end.ts'
import { refreshFree, refreshOrder } from './books.ts'
import { isAdmitted, workerOfPeer, type Cluster, type Worker } from './cluster.ts'
import { decommissionWorker } from './decommission.ts'
import { keptRuns, orderWaitingRuns, reconcileDrivers } from './drivers/driver-loss.ts'
import type { Out } from './effects.ts'
import type { DialOutcome, Now, PeerId, WorkerRegistration } from './events.ts'
import { endExecutor, runExecutor } from './executors.ts'
import { trustAgain } from './launch-health.ts'
import { moveWorker } from './moves.ts'
import { workerKey } from './records.ts'
import { tell } from './story.ts'
import { claimAddress, holderOfAddress, releaseAddress } from './worker-addresses.ts'
import { dialLauncher, loseWorker } from './worker-loss.ts'
import { registeredWorker } from './worker-peers.ts'

/** A worker asks in, for the first time or again. It is answered when its record is durable. */
export function onWorkerRegisterRequested(
  cluster: Cluster,
  event: { peer: PeerId; registration: WorkerRegistration },
  now: Now,
  out: Out,
): void {
  const { peer, registration } = event
  const known = cluster.workers.get(registration.workerId)
  const refusal = refusalOf(cluster, known, event, now)
  if (refusal !== undefined) {
    out.push({
      type: 'send-worker',
      peer,
      message: { type: 'registration-refused', reason: refusal },
    })
    const text = `refused worker ${registration.workerId}: ${refusal}`
    out.push({ type: 'note', level: 'warn', about: `worker:${registration.workerId}`, text })
    return
  }
  loseFormerHolder(cluster, registration, now, out)
  const worker = known ?? createWorker(cluster, registration)
  const isSameConnection = worker.peer === peer
  attachWorker(cluster, worker, event, isSameConnection, now, out)
  reconcile(cluster, worker, registration, isSameConnection, now, out)
  reconcileDrivers(cluster, worker, registration.heldDrivers, isSameConnection, now, out)
  if (registration.decommissioning) decommissionWorker(cluster, worker, now, out)
  worker.unsaved += 1
  refreshOrder(cluster, worker)
  const { host, launcherPort, webUiUrl, offered } = worker
  const { id } = worker
  out.push({
    type: 'persist',
    key: workerKey(id),
    record: { version: 1, kind: 'worker', id, host, launcherPort, webUiUrl, offered },
  })
}

// A connection that was heard of a moment ago is alive: whoever claims its worker's id or its
// launcher's port is somebody else. One that has been silent for longer than a heartbeat is probably
// the same worker's former socket, which broke without a sign.
function refusalOf(
  cluster: Cluster,
  known: Worker | undefined,
  event: { peer: PeerId; registration: WorkerRegistration },
  now: Now,
): string | undefined {
  const { peer, registration } = event
  const isFresh = (worker: Worker) =>
    worker.peer !== null &&
    worker.peer !== peer &&
    now.mono - worker.lastHeardAt < cluster.settings.heartbeatIntervalMs * 1.5
  if (registration.offered.cores < 1) return 'it offers no cores'
  if (registration.offered.memoryMb < 1) return 'it offers no memory'
  if (known !== undefined && isFresh(known)) {
    return `the id ${known.id} is in use by another connection from ${known.host}`
  }
  const bound = workerOfPeer(cluster, peer)
  if (bound !== undefined && bound.id !== registration.workerId) {
    return `this connection has registered worker ${bound.id} already`
  }
  const holder = holderOfAddress(cluster, registration)
  if (holder !== undefined && isFresh(holder)) {
    return `worker ${holder.id} is registered at ${registration.host}:${registration.launcherPort} and alive`
  }
  return undefined
}

// A port has one listener: the launcher that held it before is dead, and its children with it.
function loseFormerHolder(
  cluster: Cluster,
  registration: WorkerRegistration,
  now: Now,
  out: Out,
): void {
  const former = holderOfAddress(cluster, registration)
  if (former === undefined) return
  const reason = `worker ${registration.workerId} took its address`
  loseWorker(cluster, former, { reason, isLauncherDead: true }, now, out)
}

function createWorker(cluster: Cluster, registration: WorkerRegistration): Worker {
  const worker: Worker = {
    id: registration.workerId,
    host: registration.host,
    launcherPort: registration.launcherPort,
    webUiUrl: registration.webUiUrl,
    offered: registration.offered,
    state: 'away',
    unsaved: 0,
    wasLost: false,
    peer: null,
    executors: new Map(),
    drivers: new Map(),
    used: NO_RESOURCES,
    free: registration.offered,
    decommissioning: false,
    suspicions: new Map(),
    quarantine: null,
    quarantines: 0,
    lastHeardAt: 0,
    lastHeartbeat: 0,
    leasedAt: 0,
    driverGraceMs: registration.driverGraceMs,
    leftAt: 0,
    dialling: false,
    story: [],
  }
  cluster.workers.set(worker.id, worker)
  return worker
}

function attachWorker(
  cluster: Cluster,
  worker: Worker,
  { peer, registration }: { peer: PeerId; registration: WorkerRegistration },
  isSameConnection: boolean,
  now: Now,
  out: Out,
): void {
  if (worker.peer !== null && worker.peer !== peer) {
    cluster.workerByPeer.delete(worker.peer)
    const reason = `worker ${worker.id} has connected again`
    out.push({ type: 'disconnect', peer: worker.peer, reason })
  }
  if (worker.state === 'dead') worker.wasLost = true
  if (worker.state !== 'alive') moveWorker(worker, 'alive', 'registered', now)
  cluster.reminders = cluster.reminders.filter((due) => due.workerId !== worker.id)
  cluster.workerByPeer.set(peer, worker.id)
  worker.peer = peer
  releaseAddress(cluster, worker)
  worker.host = registration.host
  worker.launcherPort = registration.launcherPort
  claimAddress(cluster, worker)
  worker.webUiUrl = registration.webUiUrl
  worker.offered = registration.offered
  worker.driverGraceMs = registration.driverGraceMs
  worker.lastHeardAt = now.mono
  worker.lastHeartbeat = now.wall
  if (!isSameConnection) {
    worker.decommissioning = false
    trustAgain(cluster, worker)
  }
  refreshFree(cluster, worker)
}

// What the worker holds against what we count there. An executor that it does not hold never arrived
// or is gone; one that it holds and we do not count is left out of `keep`, and so it ends.
function reconcile(
  cluster: Cluster,
  worker: Worker,
  registration: WorkerRegistration,
  isSameConnection: boolean,
  now: Now,
  out: Out,
): void {
  const held = new Map(
    registration.held.map((one) => [`${one.applicationId}/${one.executor}`, one.state]),
  )
  for (const [key, executor] of worker.executors) {
    const application = cluster.applications.get(executor.applicationId)
    if (application === undefined) continue
    const state = held.get(key)
    // On a connection that stands, the order may have passed the registration on the way.
    const isUnderWay = isSameConnection && executor.state === 'launching'
    if (state === undefined && isUnderWay) continue
    if (state === undefined) {
      const message = `worker ${worker.id} came back without it`
      const end = { state: 'lost', exitCode: null, message, workerHost: null } as const
      endExecutor(cluster, application, executor, end, now, out)
    } else if (state === 'running' && executor.state === 'launching') {
      runExecutor(cluster, application, executor, now, out)
    }
    // An ended one is reported by the worker with its exit code; nothing to do here.
    else if (isExecutorOver(state)) tell(worker.story, now, `holds the end of ${key}`)
  }
}

/** Answers a registration whose record is durable. */
export function announceWorker(cluster: Cluster, worker: Worker, now: Now, out: Out): void {
  if (worker.peer === null || !isAdmitted(worker)) return
  const keep = [...worker.executors.values()]
    .filter((executor) => !executor.ending)
    .map(({ applicationId, number }) => ({ applicationId, executor: number }))
  const { heartbeatIntervalMs } = cluster.settings
  const message = {
    type: 'registered',
    heartbeatIntervalMs,
    wasLost: worker.wasLost,
    keep,
    keepDrivers: keptRuns(worker),
    leaseMs: cluster.settings.leaseMs,
  } as const
  worker.wasLost = false
  refreshOrder(cluster, worker)
  out.push({ type: 'send-worker', peer: worker.peer, message })
  worker.leasedAt = now.mono
  orderWaitingRuns(cluster, worker, out)
  for (const application of [...cluster.completed, ...cluster.applications.values()]) {
    if (isApplicationOver(application.state)) tellOfEnd(application, worker, out)
  }
  const { cores, memoryMb } = worker.offered
  const kept = keep.map(({ applicationId, executor }) => formatExecutorId(applicationId, executor))
  tell(worker.story, now, `registered with ${cores} cores, ${memoryMb} MiB`)
  out.push({
    type: 'note',
    level: 'info',
    about: `worker:${worker.id}`,
    text: `worker ${worker.id} registered with ${cores} cores and ${memoryMb} MiB${kept.length > 0 ? `; it keeps ${kept.join(', ')}` : ''}`,
  })
  cluster.placementDue = true
}

export function onWorkerHeartbeat(
  cluster: Cluster,
  event: { peer: PeerId },
  now: Now,
  out: Out,
): void {
  const { peer } = event
  const worker = registeredWorker(cluster, peer, out)
  if (worker === undefined) return
  worker.lastHeardAt = now.mono
  worker.lastHeartbeat = now.wall
  worker.leasedAt = now.mono
  out.push({ type: 'send-worker', peer, message: { type: 'heartbeat-acknowledged' } })
}

/** It has ended its executors and goes; nobody waits for its return. */
export function onWorkerStopping(
  cluster: Cluster,
  event: { peer: PeerId },
  now: Now,
  out: Out,
): void {
  const worker = workerOfPeer(cluster, event.peer)
  if (worker === undefined) return
  loseWorker(cluster, worker, { reason: 'it was stopped', isLauncherDead: true }, now, out)
}

/** Its process is gone or the network is; its launcher, and so its executors, may well live. */
export function onWorkerConnectionClosed(
  cluster: Cluster,
  event: { peer: PeerId; reason: string },
  now: Now,
  out: Out,
): void {
  const worker = workerOfPeer(cluster, event.peer)
  cluster.workerByPeer.delete(event.peer)
  if (worker?.peer !== event.peer) return
  worker.peer = null
  worker.leftAt = now.mono
  moveWorker(worker, 'away', `connection closed: ${event.reason}`, now)
  refreshOrder(cluster, worker)
  const seconds = cluster.settings.workerReturnTimeoutMs / 1000
  out.push({
    type: 'note',
    level: 'warn',
    about: `worker:${worker.id}`,
    text: `worker ${worker.id} closed its connection (${event.reason}); it gets nothing new and is lost in ${seconds} s unless it comes back`,
  })
  dialLauncher(worker, out)
}

export function onLauncherDialled(
  cluster: Cluster,
  event: { workerId: WorkerId; outcome: DialOutcome },
  now: Now,
  out: Out,
): void {
  const worker = cluster.workers.get(event.workerId)
  if (worker === undefined) return
  worker.dialling = false
  if (worker.state === 'away' && event.outcome === 'gone') {
    const reason = 'its worker and its launcher are dead'
    loseWorker(cluster, worker, { reason, isLauncherDead: true }, now, out)
  }
}
