// The life of an executor: launched by placement, reported by its worker, ended once.
import { formatExecutorId } from '@hearth/common/domain/ids.ts'
import {
  addResources,
  contains,
  subtractResources,
  type Resources,
} from '@hearth/common/domain/resources.ts'
import {
  isApplicationOver,
  isExecutorOver,
  type ExecutorState,
} from '@hearth/common/domain/states.ts'
import { removeApplication, retireWhenEmpty } from './application-end.ts'
import {
  executorKey,
  workerOfPeer,
  type Application,
  type Cluster,
  type Executor,
  type Worker,
} from './cluster.ts'
import type { Out } from './effects.ts'
import type { ExecutorReport, Now, PeerId } from './events.ts'
import { BrokenInvariant, moveApplication, moveExecutor } from './moves.ts'
import { tell } from './story.ts'

const MAX_ENDED_EXECUTORS = 100

/** Books the resources and sends the order; the client hears of it as Spark's `ExecutorAdded`. */
export function launchExecutor(
  application: Application,
  worker: Worker,
  resources: Resources,
  now: Now,
  out: Out,
): void {
  if (worker.peer === null) return
  if (!contains(subtractResources(worker.offered, worker.used), resources)) {
    throw new BrokenInvariant(`worker ${worker.id} is given more than it has`, worker.story)
  }
  const executor: Executor = {
    applicationId: application.id,
    number: application.nextExecutor,
    workerId: worker.id,
    resources,
    launchedAt: now.mono,
    state: 'launching',
    exitCode: null,
    message: null,
    ending: false,
  }
  application.nextExecutor += 1
  application.executors.set(executor.number, executor)
  application.workers.add(worker.id)
  worker.executors.set(executorKey(executor), executor)
  worker.used = addResources(worker.used, resources)
  tell(application.story, now, `executor ${executor.number} placed on ${worker.id}`)
  if (application.state === 'waiting')
    moveApplication(application, 'running', 'first executor', now)
  out.push({
    type: 'send-worker',
    peer: worker.peer,
    message: {
      type: 'launch-executor',
      applicationId: application.id,
      executor: executor.number,
      resources,
      payload: application.description.payload,
    },
  })
  if (application.peer !== null) {
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
  const worker = workerOfPeer(cluster, peer)
  if (worker === undefined) {
    out.push({ type: 'send-worker', peer, message: { type: 'reregister' } })
    return
  }
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
    runExecutor(application, executor, now, out)
  }
}

/** The process was started: the application's failures are forgotten, as in Spark. */
export function runExecutor(
  application: Application,
  executor: Executor,
  now: Now,
  out: Out,
): void {
  moveExecutor(application, executor, 'running', 'its process was started', now)
  application.failuresInARow = 0
  tellClient(application, executor, null, out)
}

export interface ExecutorEnd {
  readonly state: ExecutorState
  readonly exitCode: number | null
  readonly message: string | null
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
  application.executors.delete(executor.number)
  application.endedExecutors.push(executor)
  if (application.endedExecutors.length > MAX_ENDED_EXECUTORS) application.endedExecutors.shift()
  const worker = cluster.workers.get(executor.workerId)
  if (worker !== undefined && worker.executors.delete(executorKey(executor))) {
    worker.used = subtractResources(worker.used, executor.resources)
  }
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

// Spark's rule (Master.handleExecutorStateChanged, 3.5): an abnormal end counts, an executor that
// reaches RUNNING resets the count, and the application fails at the limit only with none running.
// What was lost with its worker, or ended because we ordered it, is not the application's failure.
function countFailure(
  cluster: Cluster,
  application: Application,
  executor: Executor,
  now: Now,
  out: Out,
): void {
  if (executor.ending || executor.state === 'lost' || executor.exitCode === 0) return
  application.failuresInARow += 1
  const limit = cluster.settings.maxExecutorRetries
  if (limit < 0 || application.failuresInARow < limit) return
  for (const other of application.executors.values()) if (other.state === 'running') return
  const last = executor.message ?? `executor ${executor.number} ${executor.state}`
  const reason = `${application.failuresInARow} executors in a row ended abnormally, the last with: ${last}`
  removeApplication(cluster, application, 'failed', reason, now, out)
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
      message: executor.message,
      exitCode: executor.exitCode,
      workerHost,
    },
  })
}
