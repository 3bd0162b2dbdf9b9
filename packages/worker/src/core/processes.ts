// One process's life on this worker: the only places where its state changes.
import { EXECUTOR_MOVES, isExecutorOver } from '@hearth/common/domain/states.ts'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import {
  describeProcess,
  formatProcessKey,
  type ProcessKey,
} from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import { note, type LaunchEffect, type Out } from './effects.ts'
import type { LinkId, Monotonic, ProcessCaption, ProcessHint } from './events.ts'
import { hasLease } from './lease.ts'
import { report } from './reports.ts'
import { hasLiveExecutor } from './views.ts'
import type { Process, ProcessState, Worker } from './worker.ts'

/** Why processes end with their worker, in Spark's words (Worker.onStop, 3.5). */
export const WORKER_STOPS = 'Worker shutting down'

/** How a process ended. */
export interface End {
  readonly state: 'exited' | 'failed' | 'killed' | 'lost'
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint?: ProcessHint | null
}

export function addProcess(
  worker: Worker,
  key: ProcessKey,
  resources: Resources,
  caption: ProcessCaption,
): Process {
  const process: Process = {
    ...{ key, resources, caption, state: 'launching', pending: null },
    ...{ endReason: null, exitCode: null, message: null, hint: null },
  }
  worker.processes.set(formatProcessKey(key), process)
  return process
}

/** Passes a launch on, or keeps it until what it needs is there and there is a launcher. */
export function launch(
  worker: Worker,
  process: Process,
  { order, mustFetch }: { readonly order: LaunchEffect; readonly mustFetch: boolean },
  at: Monotonic,
  out: Out,
): void {
  const { key, payload } = order
  process.pending = { order, isFetching: mustFetch }
  if (mustFetch) out.push({ type: 'fetch', key, payload })
  else passOn(worker, process, at, out)
}

/** Tells the launcher to start the process, if there is one and nothing else is missing. */
export function passOn(worker: Worker, process: Process, at: Monotonic, out: Out): void {
  if (worker.launcher.state !== 'open' || process.pending?.isFetching !== false) return
  const { order } = process.pending
  if (order.leased && !hasLease(worker, at)) {
    const message = 'no master renewed its lease while it waited for its start'
    return endProcess(worker, process, { state: 'lost', exitCode: null, message }, at, out)
  }
  out.push(order)
  process.pending = null
}

export function startProcess(worker: Worker, process: Process, at: Monotonic, out: Out): void {
  move(process, 'running')
  report(worker, process.key, { state: 'running', exitCode: null, message: null }, at, out)
}

/** Orders the end of a live process. It counts until it is gone. */
export function orderEnd(
  worker: Worker,
  process: Process,
  reason: string,
  at: Monotonic,
  out: Out,
): void {
  if (process.endReason !== null) return
  process.endReason = reason
  if (process.pending !== null) {
    const end = { state: 'killed', exitCode: null, message: reason } as const
    return endProcess(worker, process, end, at, out)
  }
  out.push({ type: 'kill', key: process.key })
}

export function endProcess(
  worker: Worker,
  process: Process,
  end: End,
  at: Monotonic,
  out: Out,
): void {
  const { key, pending } = process
  move(process, end.state)
  process.exitCode = end.exitCode
  process.message = end.message
  process.hint = end.hint ?? null
  process.pending = null
  if (pending?.isFetching === true) out.push({ type: 'stop-fetch', key })
  const why =
    end.message ?? (end.exitCode === null ? 'no reason given' : `exit code ${end.exitCode}`)
  const hint = process.hint === null ? '' : ` (${process.hint.text})`
  note(out, 'info', `${describeProcess(key)} ${end.state}: ${why}${hint}`)
  report(worker, key, end, at, out)
  if (key.kind === 'executor' && worker.finishedApplications.has(key.applicationId))
    removeScratchWhenUnused(worker, key.applicationId, out)
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
  const process = worker.processes.get(formatProcessKey(entry.key))
  if (process !== undefined && isExecutorOver(entry.state)) retire(worker, process, out)
}

// The master knows the end: the process is only history now. Drops a tenth when there is too much, as
// Spark does (Worker.trimFinishedExecutorsIfNecessary and trimFinishedDriversIfNecessary, 3.5).
function retire(worker: Worker, { key }: Process, out: Out): void {
  const name = formatProcessKey(key)
  const process = worker.processes.get(name)
  if (process === undefined) return
  worker.processes.delete(name)
  const { retainedExecutors, retainedDrivers } = worker.settings
  const kept = worker.finished[key.kind]
  kept.push(process)
  if (kept.length > (key.kind === 'executor' ? retainedExecutors : retainedDrivers)) {
    kept.splice(0, Math.max(1, Math.floor(kept.length / 10)))
  }
  out.push({ type: 'forget', key })
}

function move(process: Process, to: ProcessState): void {
  if (!EXECUTOR_MOVES[process.state].includes(to)) {
    throw new Error(`${describeProcess(process.key)} cannot go from ${process.state} to ${to}`)
  }
  process.state = to
}
