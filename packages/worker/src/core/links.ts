// Reaching masters: every configured one is dialled until one registers this worker, for ever, each
// with its own jittered back-off. While one leads, the others are left alone.
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import { drawUnit } from '@hearth/common/domain/random.ts'
import { note, type Out } from './effects.ts'
import type { LinkId, Monotonic } from './events.ts'
import type { MasterContact, Worker } from './worker.ts'

export function masterOfLink(worker: Worker, link: LinkId): MasterContact | undefined {
  return worker.masters.find(
    ({ contact }) =>
      (contact.state === 'dialling' || contact.state === 'open') && contact.link === link,
  )
}

export function isLeader(worker: Worker, master: MasterContact): boolean {
  return master.contact.state === 'open' && worker.leader?.link === master.contact.link
}

/** Dials every master that nothing is under way with. */
export function dialIdleMasters(worker: Worker, at: Monotonic, out: Out): void {
  for (const master of worker.masters) {
    if (master.contact.state === 'idle') dialSoon(worker, master, at, out)
  }
}

export function dial(worker: Worker, master: MasterContact, at: Monotonic, out: Out): void {
  const link = worker.nextLink++
  master.contact = { state: 'dialling', link }
  master.lastDialAt = at
  out.push({ type: 'dial', link, address: master.address })
}

/**
 * Dials now, or one first back-off after the last dial: a master that accepts and closes at once, or
 * two standbys that name each other, must not be dialled in a tight loop.
 */
export function dialSoon(worker: Worker, master: MasterContact, at: Monotonic, out: Out): void {
  const earliest = (master.lastDialAt ?? Number.NEGATIVE_INFINITY) + worker.settings.backoffMs
  if (worker.stopping !== null) master.contact = { state: 'idle' }
  else if (earliest <= at) dial(worker, master, at, out)
  else master.contact = { state: 'waiting', redialAt: earliest }
}

/** Waits between half of `delayMs` and all of it, so that many workers do not come back as one. */
export function dialAfter(
  worker: Worker,
  master: MasterContact,
  delayMs: number,
  at: Monotonic,
): void {
  const jittered = delayMs * (0.5 + drawUnit(worker.random) / 2)
  master.contact =
    worker.stopping === null ? { state: 'waiting', redialAt: at + jittered } : { state: 'idle' }
}

export function backoffMs(worker: Worker, failures: number, firstMs: number): number {
  return Math.min(worker.settings.backoffMaxMs, firstMs * 2 ** Math.max(0, failures - 1))
}

/** Closes the master's link, if it has one, and leaves the master alone. */
export function hangUp(worker: Worker, master: MasterContact, reason: string, out: Out): void {
  const { contact } = master
  if (contact.state === 'dialling' || contact.state === 'open') {
    out.push({ type: 'close', link: contact.link, reason })
  }
  if (isLeader(worker, master)) forgetLeader(worker)
  master.contact = { state: 'idle' }
}

/** Nobody leads any more as far as this worker knows: what was sent may not have arrived. */
export function forgetLeader(worker: Worker): void {
  worker.leader = null
  for (const report of worker.reports.values()) report.sentAt = null
}

/** Gives the link up as failed, and looks for a master that leads. */
export function giveUpLink(
  worker: Worker,
  master: MasterContact,
  reason: string,
  at: Monotonic,
  out: Out,
): void {
  const wasLeader = isLeader(worker, master)
  hangUp(worker, master, reason, out)
  linkFailed(worker, master, wasLeader, reason, at, out)
}

export function onLinkClosed(
  worker: Worker,
  link: LinkId,
  reason: string,
  at: Monotonic,
  out: Out,
): void {
  const master = masterOfLink(worker, link)
  if (master === undefined) return
  const wasLeader = isLeader(worker, master)
  if (wasLeader) forgetLeader(worker)
  master.contact = { state: 'idle' }
  linkFailed(worker, master, wasLeader, reason, at, out)
}

function linkFailed(
  worker: Worker,
  master: MasterContact,
  wasLeader: boolean,
  reason: string,
  at: Monotonic,
  out: Out,
): void {
  const name = formatHostPort(master.address)
  if (wasLeader) {
    note(out, 'warn', `lost master ${name}: ${reason}; processes go on, dialling every master`)
    for (const other of worker.masters) other.failures = 0
    master.lastAnswer = reason
    return dialIdleMasters(worker, at, out)
  }
  // One line per kind of failure, not one per attempt.
  if (master.lastAnswer !== reason) note(out, 'warn', `master ${name}: ${reason}; trying again`)
  master.lastAnswer = reason
  master.failures++
  dialAfter(worker, master, backoffMs(worker, master.failures, worker.settings.backoffMs), at)
}
