// What happened to processes, told to the leader until it says that it knows: each report keeps its
// sequence, is sent at once, after every registration, and again when no acknowledgement comes.
import { isSameProcess, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'
import type { Out } from './effects.ts'
import type { Monotonic, ProcessHint } from './events.ts'
import type { ProcessState, Report, Worker } from './worker.ts'

/** The protocol's limit for a message; what is longer is cut. */
const MAX_MESSAGE_LENGTH = 65_536

export interface ReportedState {
  readonly state: ProcessState
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint?: ProcessHint | null
}

export function report(
  worker: Worker,
  key: ProcessKey,
  { state, exitCode, message, hint = null }: ReportedState,
  at: Monotonic,
  out: Out,
): void {
  const sequence = worker.nextSequence++
  const cut = message?.slice(0, MAX_MESSAGE_LENGTH) ?? null
  const entry: Report = { sequence, key, state, exitCode, message: cut, hint, sentAt: null }
  worker.reports.set(sequence, entry)
  send(worker, entry, at, out)
}

export function hasPendingReport(worker: Worker, key: ProcessKey): boolean {
  for (const entry of worker.reports.values()) if (isSameProcess(entry.key, key)) return true
  return false
}

/** Sends what this leader has not been told yet, in order. */
export function sendUnsentReports(worker: Worker, at: Monotonic, out: Out): void {
  for (const entry of worker.reports.values())
    if (entry.sentAt === null) send(worker, entry, at, out)
}

/** Sends again what was sent a while ago and not acknowledged. */
export function resendOverdueReports(worker: Worker, at: Monotonic, out: Out): void {
  for (const entry of worker.reports.values()) {
    const due = resendAt(worker, entry)
    if (due !== null && due <= at) send(worker, entry, at, out)
  }
}

/** When the report is to be sent again; null while nobody is there to send it to. */
export function resendAt(worker: Worker, { sentAt }: Report): Monotonic | null {
  return worker.leader === null || sentAt === null ? null : sentAt + worker.settings.reportRetryMs
}

function send(worker: Worker, entry: Report, at: Monotonic, out: Out): void {
  const { leader } = worker
  if (leader === null) return
  entry.sentAt = at
  out.push({ type: 'send', link: leader.link, message: toMessage(entry) })
}

function toMessage({ sequence, key, state, exitCode, message, hint }: Report): WorkerToMaster {
  const news = { sequence, state, exitCode, message, ...(hint !== null && { hint }) }
  if (key.kind === 'driver') {
    const { driverId, attempt } = key
    return { type: 'driver-state', driverId, attempt, ...news }
  }
  const { applicationId, executor } = key
  return { type: 'executor-state', applicationId, executor, ...news }
}
