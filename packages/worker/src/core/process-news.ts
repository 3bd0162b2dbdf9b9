// What the launcher and the fetcher say about processes. News of one that is over or unknown comes late and
// changes nothing: its end has been reported.
import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import type { Out } from './effects.ts'
import type { Monotonic, WorkerEvent } from './events.ts'
import { WORKER_STOPS, endProcess, passOn, startProcess, type End } from './processes.ts'
import type { Process, Worker } from './worker.ts'

export function onProcessFetched(worker: Worker, key: ProcessKey, at: Monotonic, out: Out): void {
  const process = liveProcess(worker, key)
  if (process?.pending?.isFetching !== true) return
  process.pending = { ...process.pending, isFetching: false }
  passOn(worker, process, at, out)
}

export function onProcessStarted(worker: Worker, key: ProcessKey, at: Monotonic, out: Out): void {
  const process = worker.processes.get(formatProcessKey(key))
  if (process?.state === 'launching') startProcess(worker, process, at, out)
}

export function onProcessFailed(
  worker: Worker,
  key: ProcessKey,
  message: string,
  at: Monotonic,
  out: Out,
): void {
  const process = liveProcess(worker, key)
  if (process === undefined) return
  // There is nothing to stop any more.
  if (process.pending !== null) process.pending = { ...process.pending, isFetching: false }
  endProcess(worker, process, endOfFailed(process, message), at, out)
}

/** An executor's launch has failed; a driver may run elsewhere, and does not fail for that. */
export function onProcessNotTaken(
  worker: Worker,
  key: ProcessKey,
  message: string,
  at: Monotonic,
  out: Out,
): void {
  const process = liveProcess(worker, key)
  if (process === undefined) return
  const { endReason } = process
  const isLost = key.kind === 'driver' && endReason === null
  const end = isLost
    ? ({ state: 'lost', exitCode: null, message } as const)
    : endOfFailed(process, message)
  endProcess(worker, process, end, at, out)
}

/** The texts are Spark's (ExecutorRunner.fetchAndRunExecutor, 3.5): people search logs for them. */
export function onProcessExited(
  worker: Worker,
  { key, exitCode, killed, message, hint }: Extract<WorkerEvent, { type: 'process.exited' }>,
  at: Monotonic,
  out: Out,
): void {
  const process = liveProcess(worker, key)
  if (process === undefined) {
    // Ended for the master before its process did, and forgotten as soon as that was acknowledged.
    if (!worker.processes.has(formatProcessKey(key))) out.push({ type: 'forget', key })
    return
  }
  const why = worker.stopping === null ? message : WORKER_STOPS
  endProcess(worker, process, { ...endOfExited(process, exitCode, killed, why), hint }, at, out)
}

/**
 * The end of a process that has exited; `why` is the reason of whoever ended it when that was not we. A
 * driver that nobody ordered to end was not killed by its user's wish: it may run elsewhere.
 */
export function endOfExited(
  { key, endReason }: Process,
  exitCode: number | null,
  killed: boolean,
  why: string | null,
): End {
  if (!killed) return { state: 'exited', exitCode, message: `Command exited with code ${exitCode}` }
  const state = key.kind === 'driver' && endReason === null ? 'lost' : 'killed'
  return { state, exitCode, message: endReason ?? why }
}

/** One that was told to end before it could fail has done what it was told. */
export function endOfFailed({ endReason }: Process, message: string | null): End {
  return endReason === null
    ? { state: 'failed', exitCode: null, message }
    : { state: 'killed', exitCode: null, message: endReason }
}

function liveProcess(worker: Worker, key: ProcessKey): Process | undefined {
  const process = worker.processes.get(formatProcessKey(key))
  return process === undefined || isExecutorOver(process.state) ? undefined : process
}
