// What the launcher says about processes. News of an executor that is over or unknown comes late and
// changes nothing: its end has been reported.
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import type { Out } from './effects.ts'
import type { ExecutorKey, Monotonic, WorkerEvent } from './events.ts'
import { WORKER_STOPS, endExecutor, startExecutor } from './executors.ts'
import { executorKey, type Executor, type Worker } from './worker.ts'

export function onProcessStarted(worker: Worker, key: ExecutorKey, at: Monotonic, out: Out): void {
  const executor = worker.executors.get(executorKey(key))
  if (executor?.state === 'launching') startExecutor(worker, executor, at, out)
}

export function onProcessFailed(
  worker: Worker,
  key: ExecutorKey,
  message: string,
  at: Monotonic,
  out: Out,
): void {
  const executor = liveExecutor(worker, key)
  if (executor !== undefined) {
    endExecutor(worker, executor, { state: 'failed', exitCode: null, message }, at, out)
  }
}

/** The texts are Spark's (ExecutorRunner.fetchAndRunExecutor, 3.5): people search logs for them. */
export function onProcessExited(
  worker: Worker,
  { key, exitCode, killed, hint }: Extract<WorkerEvent, { type: 'process.exited' }>,
  at: Monotonic,
  out: Out,
): void {
  const executor = liveExecutor(worker, key)
  if (executor === undefined) {
    // Ended for the master before its process did, and forgotten as soon as that was acknowledged.
    if (!worker.executors.has(executorKey(key))) out.push({ type: 'forget', key })
    return
  }
  const reason = executor.endReason ?? (worker.stopping === null ? null : WORKER_STOPS)
  endExecutor(worker, executor, { ...endOfProcess(exitCode, killed, reason), hint }, at, out)
}

export function endOfProcess(exitCode: number | null, killed: boolean, reason: string | null) {
  return killed
    ? ({ state: 'killed', exitCode, message: reason } as const)
    : ({ state: 'exited', exitCode, message: `Command exited with code ${exitCode}` } as const)
}

function liveExecutor(worker: Worker, key: ExecutorKey): Executor | undefined {
  const executor = worker.executors.get(executorKey(key))
  return executor === undefined || isExecutorOver(executor.state) ? undefined : executor
}
