// The life of an executor: launched by placement, reported by its worker, ended once.
import { formatExecutorId } from '@hearth/common/domain/ids.ts'
import { contains, takeResources } from '@hearth/common/domain/resources.ts'
import {
  isApplicationOver,
  isExecutorOver,
  type ExecutorState,
} from '@hearth/common/domain/states.ts'
import { removeApplication, retireWhenEmpty } from './application-end.ts'
import { bookExecutor, releaseExecutor } from './books.ts'
import {
  type Application,
  type Cluster,
  type Executor,
  type Profile,
  type Worker,
} from './cluster.ts'
import type { Out } from './effects.ts'
import type { ExecutorReport, Hint, Now, PeerId } from './events.ts'
import {
  canRunElsewhere,
  isFailedLaunch,
  onExecutorProven,
  onLaunchFailed,
  startProbation,
  takeBackProof,
} from './launch-health.ts'
import { BrokenInvariant, moveApplication, moveExecutor } from './moves.ts'
import { tell } from './story.ts'
import { registeredWorker } from './worker-peers.ts'

const MAX_ENDED_EXECUTORS = 100

/** Books the resources and sends the order; the client hears of it as Spark's `ExecutorAdded`. */
export function launchExecutor(
  cluster: Cluster,
  { application, worker, profile, cores }: Launch,
  now: Now,
  out: Out,
): void {
  if (worker.peer === null) return
  const resources = takeResources({ ...profile.executor, cores }, worker.free)
  if (!contains(worker.free, resources)) {
    throw new BrokenInvariant(`worker ${worker.id} is given more than it has`, worker.story)
  }
  const executor: Executor = {
    applicationId: application.id,
    number: application.nextExecutor,
    profile: profile.id,
    workerId: worker.id,
    resources,
    launchedAt: now.mono,
    runningAt: null,
    state: 'launching',
    exitCode: null,
    message: null,
    forgiven: null,
    hint: null,
    ending: false,
    decommissioned: false,
  }
  application.nextExecutor += 1
  bookExecutor(cluster, application, worker, executor)
  tell(application.story, now, `executor ${executor.number} placed on ${worker.id}`)
  if (application.state === 'waiting') {
    moveApplication(application, 'running', 'first executor', now)
  }
  out.push({
    type: 'send-worker',
    peer: worker.peer,
    message: {
      type: 'launch-executor',
      applicationId: application.id,
      executor: executor.number,
      profile: profile.id,
      resources,
      payload: application.description.payload,
    },
  })
  if (application.peer === null) return
  out.push({
    type: 'send-client',
    peer: application.peer,
    message: {
      type: 'executor-added',
      executor: executor.number,
      workerId: worker.id,
      workerAddress: `${worker.host}:${worker.launcherPort}`,
      resources,
    },
  })
}

export interface Launch {
  readonly application: Application
  readonly worker: Worker
  readonly profile: Profile
  /** Cores of this executor; the profile may leave them open. */
  readonly cores: number
}

/**
 * A worker's report. It is always acknowledged, also when it is about an executor that ended long ago:
 * a worker repeats what was not acknowledged, and the acknowledgement may have been lost.
 */
export function onExecutorStateReported(
  cluster: Cluster,
  event: { peer: PeerId; report: ExecutorReport },
  now: Now,
  out: Out,
): void {
  const { peer, report } = event
  const worker = registeredWorker(cluster, peer, out)
  if (worker === undefined) return
  worker.lastHeardAt = now.mono
  out.push({
    type: 'send-worker',
    peer,
    message: { type: 'report-acknowledged', sequence: report.sequence },
  })
  const application = cluster.applications.get(report.applicationId)
  const executor = application?.executors.get(report.executor)
  const id = formatExecutorId(report.applicationId, report.executor)
  if (application === undefined || executor === undefined || executor.workerId !== worker.id) {
    out.push({
      type: 'note',
      level: 'warn',
      about: `worker:${worker.id}`,
      text: `worker ${worker.id} reports executor ${id} ${report.state}, which is not its own or has ended; ignored`,
    })
    if (!isExecutorOver(report.state)) {
      const { applicationId, executor: number } = report
      out.push({
        type: 'send-worker',
        peer,
        message: { type: 'kill-executor', applicationId, executor: number },
      })
    }
    return
  }
  if (isExecutorOver(report.state)) {
    endExecutor(cluster, application, executor, { ...report, workerHost: null }, now, out)
  } else if (report.state === 'running' && executor.state === 'launching') {
    runExecutor(cluster, application, executor, now, out)
  }
}

/** The process was started; it has to prove itself yet (launch-health.ts). */
export function runExecutor(
  cluster: Cluster,
  application: Application,
  executor: Executor,
  now: Now,
  out: Out,
): void {
  moveExecutor(application, executor, 'running', 'its process was started', now)
  executor.runningAt = now.mono
  startProbation(cluster, executor)
  tellClient(application, executor, null, out)
}

export interface ExecutorEnd {
  readonly state: ExecutorState
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint?: Hint | null
  /** Set when the worker itself is gone. */
  readonly workerHost: string | null
}

/** The one place where an executor ends: frees its resources, tells the client, counts the failure. */
export function endExecutor(
  cluster: Cluster,
  application: Application,
  executor: Executor,
  end: ExecutorEnd,
  now: Now,
  out: Out,
): void {
  moveExecutor(application, executor, end.state, end.message ?? 'reported', now)
  executor.exitCode = end.exitCode
  executor.message = end.message
  executor.hint = end.hint ?? null
  releaseExecutor(cluster, application, executor)
  application.endedExecutors.push(executor)
  if (application.endedExecutors.length > MAX_ENDED_EXECUTORS) application.endedExecutors.shift()
  cluster.placementDue = true
  if (isApplicationOver(application.state)) {
    retireWhenEmpty(cluster, application)
    return
  }
  // A client knows the end that it ordered. But without a worker only the client can end the process.
  if (!executor.ending || executor.state === 'lost') {
    tellClient(application, executor, end.workerHost, out)
  }
  if (application.executors.size === 0 && application.state === 'running') {
    moveApplication(application, 'waiting', 'no executor is left', now)
  }
  countFailure(cluster, application, executor, now, out)
}

// Spark's rule (Master.handleExecutorStateChanged, 3.5): an abnormal end counts, and the application
// fails at the limit only with none running. What was lost with its worker, or ended because we ordered
// it, is not the application's failure. Two things are ours: only an executor that proved itself resets
// the count (Spark's RUNNING comes right after the spawn), and a worker counts once while another can
// run the executor.
function countFailure(
  cluster: Cluster,
  application: Application,
  executor: Executor,
  now: Now,
  out: Out,
): void {
  if (executor.ending || executor.decommissioned || executor.state === 'lost') return
  const { maxExecutorRetries: limit, provenAfterMs } = cluster.settings
  if (executor.hint?.neverWorked === true) takeBackProof(application, executor)
  const isFirstHere = !application.backoffs.has(executor.workerId)
  if (isFailedLaunch(executor, provenAfterMs, now)) {
    onLaunchFailed(cluster, application, executor, now, out)
  } else if (executor.exitCode === 0) onExecutorProven(cluster, application, executor, now, out)
  if (executor.exitCode === 0) return
  if (!isFirstHere && canRunElsewhere(cluster, application, executor)) return
  application.failuresInARow += 1
  if (limit < 0 || application.failuresInARow < limit) return
  for (const other of application.executors.values()) if (other.state === 'running') return
  const last = executor.message ?? `executor ${executor.number} ${executor.state}`
  const hint = executor.hint === null ? '' : ` (${executor.hint.text})`
  const reason = `${application.failuresInARow} executors in a row ended abnormally, the last with: ${last}${hint}`
  removeApplication(cluster, application, 'failed', reason, now, out)
}

// The driver's log is where its user looks first.
function endText({ message, hint }: Executor): string | null {
  return hint === null ? message : `${message ?? 'it ended'}: ${hint.text}`
}

function tellClient(
  application: Application,
  executor: Executor,
  workerHost: string | null,
  out: Out,
): void {
  if (application.peer === null) return
  out.push({
    type: 'send-client',
    peer: application.peer,
    message: {
      type: 'executor-updated',
      executor: executor.number,
      state: executor.state,
      message: endText(executor),
      exitCode: executor.exitCode,
      workerHost,
    },
  })
}
