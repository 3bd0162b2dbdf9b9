// One executor's life on this worker: the only places where its state changes.
import { EXECUTOR_MOVES, isExecutorOver, type ExecutorState } from '@hearth/common/domain/states.ts'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import { note, type LaunchEffect, type Out } from './effects.ts'
import type { ExecutorCaption, ExecutorHint, ExecutorKey, LinkId, Monotonic } from './events.ts'
import { report } from './reports.ts'
import { hasLiveExecutor } from './views.ts'
import { executorKey, isSame, type Executor, type Worker } from './worker.ts'

/** Why executors end with their worker, in Spark's words (Worker.onStop, 3.5). */
export const WORKER_STOPS = 'Worker shutting down'

/** How an executor ended. */
export interface End {
  readonly state: 'exited' | 'failed' | 'killed' | 'lost'
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint?: ExecutorHint | null
}

export function addExecutor(
  worker: Worker,
  key: ExecutorKey,
  resources: Resources,
  caption: ExecutorCaption,
): Executor {
  const executor: Executor = {
    ...{ key, resources, caption },
    ...{ state: 'launching', endReason: null, exitCode: null, message: null, hint: null },
  }
  worker.executors.set(executorKey(key), executor)
  return executor
}

/** Passes a launch on, or keeps it until there is a launcher again. */
export function launch(worker: Worker, order: LaunchEffect, out: Out): void {
  if (worker.launcher.state === 'open') out.push(order)
  else worker.waitingLaunches.push(order)
}

export function startExecutor(worker: Worker, executor: Executor, at: Monotonic, out: Out): void {
  move(executor, 'running')
  report(worker, executor.key, { state: 'running', exitCode: null, message: null }, at, out)
}

/** Orders the end of a live executor. It counts until its process is gone. */
export function orderEnd(
  worker: Worker,
  executor: Executor,
  reason: string,
  at: Monotonic,
  out: Out,
): void {
  if (executor.endReason !== null) return
  executor.endReason = reason
  if (worker.waitingLaunches.some(({ key }) => isSame(key, executor.key))) {
    const end = { state: 'killed', exitCode: null, message: reason } as const
    return endExecutor(worker, executor, end, at, out)
  }
  out.push({ type: 'kill', key: executor.key })
}

export function endExecutor(
  worker: Worker,
  executor: Executor,
  end: End,
  at: Monotonic,
  out: Out,
): void {
  move(executor, end.state)
  executor.exitCode = end.exitCode
  executor.message = end.message
  executor.hint = end.hint ?? null
  worker.waitingLaunches = worker.waitingLaunches.filter(({ key }) => !isSame(key, executor.key))
  const why =
    end.message ?? (end.exitCode === null ? 'no reason given' : `exit code ${end.exitCode}`)
  const hint = executor.hint === null ? '' : ` (${executor.hint.text})`
  note(out, 'info', `executor ${executorKey(executor.key)} ${end.state}: ${why}${hint}`)
  report(worker, executor.key, end, at, out)
  const { applicationId } = executor.key
  if (worker.finishedApplications.has(applicationId))
    removeScratchWhenUnused(worker, applicationId, out)
}

/** Asks for the removal of the application's scratch directories, now or when its last executor ends. */
export function removeScratchWhenUnused(
  worker: Worker,
  applicationId: ApplicationId,
  out: Out,
): void {
  if (hasLiveExecutor(worker, applicationId)) {
    worker.finishedApplications.add(applicationId)
    return
  }
  worker.finishedApplications.delete(applicationId)
  out.push({ type: 'remove-scratch', applicationId })
}

export function onReportAcknowledged(
  worker: Worker,
  link: LinkId,
  sequence: number,
  at: Monotonic,
  out: Out,
): void {
  if (worker.leader?.link !== link) return
  worker.leader.lastHeardAt = at
  const entry = worker.reports.get(sequence)
  if (entry === undefined) return
  worker.reports.delete(sequence)
  const executor = worker.executors.get(executorKey(entry.key))
  if (executor !== undefined && isExecutorOver(entry.state)) retire(worker, executor, out)
}

// The master knows the end: the executor is only history now. Drops a tenth when there is too much,
// as Spark does (Worker.trimFinishedExecutorsIfNecessary, 3.5).
function retire(worker: Worker, executor: Executor, out: Out): void {
  worker.executors.delete(executorKey(executor.key))
  worker.finished.push(executor)
  if (worker.finished.length > worker.settings.retainedExecutors) {
    worker.finished.splice(0, Math.max(1, Math.floor(worker.finished.length / 10)))
  }
  out.push({ type: 'forget', key: executor.key })
}

function move(executor: Executor, to: ExecutorState): void {
  if (!EXECUTOR_MOVES[executor.state].includes(to)) {
    const name = executorKey(executor.key)
    throw new Error(`executor ${name} cannot go from ${executor.state} to ${to}`)
  }
  executor.state = to
}
