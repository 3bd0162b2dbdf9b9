// The lease of processes that may be started elsewhere. A master promises to start no other copy before
// `leaseMs` after the last heartbeat that it acknowledged; so the lease counts from when that one was sent,
// which is earlier. The launcher keeps to it also when this worker is gone.
import type { Out } from './effects.ts'
import type { Monotonic } from './events.ts'
import type { Worker } from './worker.ts'

/** A master has acknowledged what was sent then: the lease counts anew, also when it is shorter now. */
export function renewLease(
  worker: Worker,
  sentAt: Monotonic,
  leaseMs: number,
  at: Monotonic,
  out: Out,
): void {
  worker.leaseEndsAt = sentAt + leaseMs
  passLeaseOn(worker, at, out)
}

/**
 * Masters did not sleep: whatever was sent before was sent so much longer ago, and an acknowledgement that
 * lay unread meanwhile leases so much less.
 */
export function onMachineSlept(worker: Worker, sleptMs: number): void {
  const { leader, masters } = worker
  if (worker.leaseEndsAt !== null) worker.leaseEndsAt -= sleptMs
  if (leader !== null) {
    leader.unacknowledged = leader.unacknowledged.map((sentAt) => sentAt - sleptMs)
  }
  for (const { contact } of masters) {
    if (contact.state !== 'open') continue
    contact.unanswered = contact.unanswered.map(({ held, sentAt }) => ({
      ...{ held, sentAt: sentAt - sleptMs },
    }))
  }
}

/** False when masters may start copies of leased processes elsewhere. */
export function hasLease({ leaseEndsAt }: Worker, at: Monotonic): boolean {
  return leaseEndsAt !== null && leaseEndsAt > at
}

/** Tells the launcher, if there is one, what is left of the lease. */
export function passLeaseOn({ leaseEndsAt, launcher }: Worker, at: Monotonic, out: Out): void {
  if (leaseEndsAt === null || leaseEndsAt <= at || launcher.state !== 'open') return
  out.push({ type: 'renew-lease', leaseMs: Math.floor(leaseEndsAt - at) })
}
