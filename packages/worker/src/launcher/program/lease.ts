/** How often the rest of the lease is looked at; finer only for leases below some seconds. */
export const LEASE_TICK_MS = 1000

export interface LeaseOptions {
  /** A clock that also counts suspend: a machine that slept for a day was out of reach for a day. */
  readonly uptimeMs: () => number
  /** The lease has run out; called once for each. */
  readonly onExpired: () => void
}

/**
 * Until when processes may live that a master may start elsewhere. There is none before the first
 * renewal. One that has run out ends them even when a renewal comes before that was noticed: by then the
 * other copy may run.
 */
export class Lease {
  readonly #options: LeaseOptions
  #endsAt: number | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  get isValid(): boolean {
    return this.#endsAt !== null && this.#options.uptimeMs() < this.#endsAt
  }

  /** Until that instant of the same clock, whether it is later or earlier than the last one, or past. */
  renew(endsAtMs: number): void {
    this.#look()
    this.#endsAt = endsAtMs
    clearInterval(this.#timer)
    const leftMs = Math.max(0, endsAtMs - this.#options.uptimeMs())
    this.#timer = setInterval(() => this.#look(), Math.min(LEASE_TICK_MS, leftMs / 4 + 1))
  }

  /** Watches no more. */
  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    if (this.#endsAt === null || this.isValid) return
    this.#endsAt = null
    this.stop()
    this.#options.onExpired()
  }
}
