// Everything that time alone makes happen. The core keeps deadlines as data: the shell asks for the
// next one, sleeps, and sends `clock.ticked`.
import type { Out } from './effects.ts'
import type { Monotonic } from './events.ts'
import { reopenLauncher } from './launcher.ts'
import { dial, giveUpLink, masterOfLink } from './links.ts'
import { sendHeartbeat } from './registration.ts'
import { resendAt, resendOverdueReports } from './reports.ts'
import { giveUpStop } from './stopping.ts'
import type { Leader, Worker } from './worker.ts'

/** The earliest instant at which `clock.ticked` has something to do; null when only events can. */
export function nextDeadline(worker: Worker): Monotonic | null {
  if (worker.over) return null
  let next = Number.POSITIVE_INFINITY
  const consider = (at: Monotonic | null | undefined) => {
    if (at !== null && at !== undefined && at < next) next = at
  }
  consider(worker.stopping?.giveUpAt)
  if (worker.launcher.state === 'waiting') consider(worker.launcher.reopenAt)
  for (const { contact } of worker.masters) {
    if (contact.state === 'waiting') consider(contact.redialAt)
    if (contact.state === 'open') consider(contact.answerBy)
  }
  if (worker.leader !== null) {
    consider(worker.leader.nextHeartbeatAt)
    consider(silentAt(worker, worker.leader))
    for (const report of worker.reports.values()) consider(resendAt(worker, report))
  }
  return next === Number.POSITIVE_INFINITY ? null : next
}

export function onClockTicked(worker: Worker, at: Monotonic, out: Out): void {
  if (worker.stopping !== null && worker.stopping.giveUpAt <= at) return giveUpStop(worker, out)
  if (worker.launcher.state === 'waiting' && worker.launcher.reopenAt <= at) {
    reopenLauncher(worker, out)
  }
  tickLeader(worker, at, out)
  for (const master of worker.masters) {
    const { contact } = master
    if (contact.state === 'waiting' && contact.redialAt <= at) dial(worker, master, at, out)
    if (contact.state === 'open' && contact.answerBy !== null && contact.answerBy <= at) {
      const { registrationTimeoutMs } = worker.settings
      const reason = `no answer to the registration within ${registrationTimeoutMs} ms`
      giveUpLink(worker, master, reason, at, out)
    }
  }
  resendOverdueReports(worker, at, out)
}

function tickLeader(worker: Worker, at: Monotonic, out: Out): void {
  const { leader } = worker
  if (leader === null) return
  // A heartbeat that is late by a whole interval means that this worker did not run (stopped,
  // suspended): the leader's answers lie unread, and its silence is not proven.
  if (at - leader.nextHeartbeatAt > leader.heartbeatIntervalMs) leader.lastHeardAt = at
  const master = masterOfLink(worker, leader.link)
  if (silentAt(worker, leader) <= at && master !== undefined) {
    const reason = `silent for ${at - leader.lastHeardAt} ms`
    return giveUpLink(worker, master, reason, at, out)
  }
  if (leader.nextHeartbeatAt <= at) sendHeartbeat(worker, at, out)
}

function silentAt(worker: Worker, leader: Leader): Monotonic {
  const silenceMs = Math.max(worker.settings.masterSilenceMs, 3 * leader.heartbeatIntervalMs)
  return leader.lastHeardAt + silenceMs
}
