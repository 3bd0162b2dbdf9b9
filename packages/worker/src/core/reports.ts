// What happened to executors, told to the leader until it says that it knows: each report keeps its
// sequence, is sent at once, after every registration, and again when no acknowledgement comes.
import type { ExecutorState } from '@hearth/common/domain/states.ts'
import type { Out } from './effects.ts'
import type { ExecutorHint, ExecutorKey, Monotonic } from './events.ts'
import { isSame, type Report, type Worker } from './worker.ts'

/** The protocol's limit for a message; what is longer is cut. */
const MAX_MESSAGE_LENGTH = 65_536

export interface ReportedState {
  readonly state: ExecutorState
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint?: ExecutorHint | null
}

export function report(
  worker: Worker,
  key: ExecutorKey,
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

export function hasPendingReport(worker: Worker, key: ExecutorKey): boolean {
  for (const entry of worker.reports.values()) if (isSame(entry.key, key)) return true
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
  const { sequence, key, state, exitCode, message, hint } = entry
  out.push({
    type: 'send',
    link: leader.link,
    message: {
      ...{ type: 'executor-state', sequence, state, exitCode, message },
      ...{ applicationId: key.applicationId, executor: key.executor },
      ...(hint !== null && { hint }),
    },
  })
}
