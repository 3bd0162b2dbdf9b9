// Launches that fail. An application keeps off a worker on which its launches fail, for longer each
// time. A worker on which launches of applications fail that run well elsewhere is put into
// quarantine: the fault is its own. An application whose launches fail everywhere is its own fault.
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { backoffMs, endBackoffs } from './backoff.ts'
import { canTakeExecutors, refreshOrder } from './books.ts'
import type { Application, Cluster, Executor, Worker } from './cluster.ts'
import type { Out } from './effects.ts'
import type { Now } from './events.ts'
import { unitOf } from './placement/assign-cores.ts'
import { lackOf } from './placement/lack.ts'
import { tell } from './story.ts'

/**
 * True for an executor that ended before it could prove itself, and not because we wanted it. One that
 * exits with 0 at once is as useless as any other.
 */
export function isFailedLaunch(executor: Executor, provenAfterMs: number, now: Now): boolean {
  if (executor.ending || executor.decommissioned) return false
  if (executor.state !== 'exited' && executor.state !== 'failed') return false
  if (executor.hint?.neverWorked === true) return true
  return executor.runningAt === null || now.mono - executor.runningAt < provenAfterMs
}

/**
 * Notes a failed launch. The first one is tried again at once, as Spark does; after further ones the
 * application keeps off the worker. The worker is judged.
 */
export function onLaunchFailed(
  cluster: Cluster,
  application: Application,
  executor: Executor,
  now: Now,
  out: Out,
): void {
  const { launchBackoffMs, launchBackoffMaxMs } = cluster.settings
  const { workerId } = executor
  const failures = (application.backoffs.get(workerId)?.failures ?? 0) + 1
  if (failures === 1) application.backoffs.set(workerId, { failures, until: null })
  else {
    const delay = backoffMs(failures - 1, launchBackoffMs, launchBackoffMaxMs)
    application.backoffs.set(workerId, { failures, until: now.mono + delay })
    tell(application.story, now, `keeps off ${workerId} for ${delay / 1000} s`)
  }
  const worker = cluster.workers.get(workerId)
  if (worker === undefined) return
  const known = worker.suspicions.get(application.id)?.failures ?? 0
  worker.suspicions.set(application.id, {
    failures: known + 1,
    stands: false,
    lastMessage: executor.hint?.text ?? executor.message ?? 'no reason was given',
  })
  judgeWorker(cluster, worker, now, out)
}

/** An executor that was started has to prove itself from now on. */
export function startProbation(cluster: Cluster, executor: Executor): void {
  cluster.probation.push(executor)
}

/** Launches work: for the application in general, and on this worker for everybody. */
export function onExecutorProven(
  cluster: Cluster,
  application: Application,
  executor: Executor,
  now: Now,
  out: Out,
): void {
  const { workerId } = executor
  executor.forgiven = application.failuresInARow
  application.failuresInARow = 0
  if (application.backoffs.delete(workerId)) cluster.placementDue = true
  const isNews = !application.provenOn.has(workerId)
  application.provenOn.add(workerId)
  const worker = cluster.workers.get(workerId)
  if (worker !== undefined) {
    worker.suspicions.clear()
    worker.quarantines = 0
  }
  if (!isNews) return
  // It runs here, so where it failed it was not its own fault.
  for (const other of application.backoffs.keys()) {
    const suspect = cluster.workers.get(other)
    if (suspect !== undefined) judgeWorker(cluster, suspect, now, out)
  }
}

/**
 * It ran for long and never worked: one that waits for a firewall dies after minutes. What was concluded
 * from its age was wrong.
 */
export function takeBackProof(application: Application, executor: Executor): void {
  if (executor.forgiven === null) return
  application.failuresInARow += executor.forgiven
  executor.forgiven = null
  const { workerId } = executor
  const others = [...application.executors.values()]
  if (!others.some((one) => one.workerId === workerId && one.forgiven !== null)) {
    application.provenOn.delete(workerId)
  }
}

/** True when another worker could run the executor, if it were free, and has not failed it. */
export function canRunElsewhere(
  cluster: Cluster,
  application: Application,
  executor: Executor,
): boolean {
  const profile = application.profiles.get(executor.profile)
  if (profile === undefined) return false
  const unit = unitOf(profile.executor)
  for (const worker of cluster.workers.values()) {
    if (worker.id === executor.workerId || !canTakeExecutors(worker)) continue
    if (!application.backoffs.has(worker.id) && lackOf(unit, worker.offered) === undefined) {
      return true
    }
  }
  return false
}

/** A worker that registers anew may have been mended. */
export function trustAgain(cluster: Cluster, worker: Worker): void {
  worker.suspicions.clear()
  worker.quarantine = null
  worker.quarantines = 0
  for (const { backoffs } of cluster.applications.values()) backoffs.delete(worker.id)
  for (const { backoffs } of cluster.drivers.values()) backoffs.delete(worker.id)
  refreshOrder(cluster, worker)
}

/**
 * The application ends: what it says against workers stands when it ran elsewhere, so that a broken worker
 * is found by many short applications too. Otherwise it says nothing any more.
 */
export function settleSuspicions(
  cluster: Cluster,
  application: Application,
  now: Now,
  out: Out,
): void {
  if (application.state === 'finished') {
    for (const { state, workerId } of application.executors.values()) {
      if (state === 'running') application.provenOn.add(workerId)
    }
  }
  for (const workerId of application.backoffs.keys()) {
    const worker = cluster.workers.get(workerId)
    const suspicion = worker?.suspicions.get(application.id)
    if (worker === undefined || suspicion === undefined) continue
    worker.suspicions.delete(application.id)
    if (cluster.settings.quarantineFailures === 0 || !runsElsewhere(application, worker)) continue
    worker.suspicions.set(application.id, { ...suspicion, stands: true })
    judgeWorker(cluster, worker, now, out)
  }
}

/** Proves executors, ends quarantines, and makes a pass due when somebody may try a worker again. */
export function checkLaunchHealth(cluster: Cluster, now: Now, out: Out): void {
  proveExecutors(cluster, now, out)
  for (const worker of cluster.workers.values()) {
    if (worker.quarantine === null || worker.quarantine.until > now.mono) continue
    worker.quarantine = null
    const text = `worker ${worker.id} is tried again after its quarantine`
    tell(worker.story, now, 'tried again after its quarantine')
    out.push({ type: 'note', level: 'info', about: `worker:${worker.id}`, text })
    refreshOrder(cluster, worker)
    cluster.placementDue = true
  }
  for (const application of cluster.applications.values()) {
    if (endBackoffs(application, now)) cluster.placementDue = true
  }
}

function proveExecutors(cluster: Cluster, now: Now, out: Out): void {
  const { probation, settings } = cluster
  let done = 0
  for (const executor of probation) {
    if (executor.runningAt !== null && executor.state === 'running') {
      if (now.mono - executor.runningAt < settings.provenAfterMs) break
      const application = cluster.applications.get(executor.applicationId)
      if (application !== undefined && !isApplicationOver(application.state)) {
        onExecutorProven(cluster, application, executor, now, out)
      }
    }
    done += 1
  }
  probation.splice(0, done)
}

// Only failures of applications that run well elsewhere speak against the worker: an application that
// cannot run anywhere must not take the whole pool with it.
function judgeWorker(cluster: Cluster, worker: Worker, now: Now, out: Out): void {
  const { quarantineFailures, quarantineMs, quarantineMaxMs } = cluster.settings
  if (quarantineFailures === 0 || worker.quarantine !== null || worker.state !== 'alive') return
  const blamed: ApplicationId[] = []
  let failures = 0
  let lastMessage = ''
  for (const [id, suspicion] of worker.suspicions) {
    const application = cluster.applications.get(id)
    const isFair = application !== undefined && runsElsewhere(application, worker)
    if (!suspicion.stands && !isFair) continue
    blamed.push(id)
    failures += suspicion.failures
    lastMessage = suspicion.lastMessage
  }
  // Trusted again after a quarantine, it has one try.
  if (failures < (worker.quarantines > 0 ? 1 : quarantineFailures)) return
  const duration = backoffMs(worker.quarantines + 1, quarantineMs, quarantineMaxMs)
  const reason = `${failures} launches failed here of ${blamed.slice(0, 3).join(', ')}, which ran elsewhere; the last: ${lastMessage}`
  worker.quarantine = { since: now.wall, until: now.mono + duration, reason }
  worker.quarantines += 1
  worker.suspicions.clear()
  refreshOrder(cluster, worker)
  tell(worker.story, now, `quarantined for ${duration / 1000} s: ${reason}`)
  const text = `worker ${worker.id} gets nothing new for ${duration / 1000} s: ${reason}. Mend it and restart the worker`
  out.push({ type: 'note', level: 'error', about: `worker:${worker.id}`, text })
}

function runsElsewhere(application: Application, worker: Worker): boolean {
  for (const id of application.provenOn) if (id !== worker.id) return true
  return false
}
