// The lease of a launcher, as packages/worker/src/launcher/program/lease.ts keeps it.
import type { Mailbox } from '../engine/mailbox.ts'
import type { Alarm, Timeline } from '../engine/timeline.ts'

const TICK_MS = 1_000

export class Lease {
  readonly #timeline: Timeline
  readonly #mailbox: Mailbox
  readonly #onExpired: () => void
  #endsAt: number | null = null
  #tick: Alarm | undefined

  constructor(timeline: Timeline, mailbox: Mailbox, onExpired: () => void) {
    this.#timeline = timeline
    this.#mailbox = mailbox
    this.#onExpired = onExpired
  }

  get isValid(): boolean {
    return this.#endsAt !== null && this.#timeline.now < this.#endsAt
  }

  renew(leaseMs: number): void {
    this.#look()
    this.#endsAt = this.#timeline.now + leaseMs
    if (this.#tick !== undefined) this.#tick.cancelled = true
    this.#lookLater(Math.min(TICK_MS, leaseMs / 4 + 1))
  }

  #lookLater(tickMs: number): void {
    this.#tick = this.#mailbox.after(tickMs, () => {
      this.#look()
      if (this.#endsAt !== null) this.#lookLater(tickMs)
    })
  }

  #look(): void {
    if (this.#endsAt === null || this.isValid) return
    this.#endsAt = null
    this.#onExpired()
  }
}
