import { readUptimeSeconds } from '../launcher/linux-processes.ts'

/** Less is the resolution of the two clocks; a machine that sleeps does so for longer. */
const LEAST_SLEEP_MS = 500

export interface Clocks {
  /** Milliseconds that stand still while the machine sleeps. */
  readonly monotonicMs: () => number
  /** Milliseconds that do not. */
  readonly uptimeMs: () => number
}

const SYSTEM: Clocks = {
  monotonicMs: () => performance.now(),
  uptimeMs: () => readUptimeSeconds() * 1000,
}

/** Tells how long the machine slept, which the monotonic clock does not count. */
export class SuspendWatch {
  readonly #clocks: Clocks
  #offsetMs: number

  constructor(clocks: Clocks = SYSTEM) {
    this.#clocks = clocks
    this.#offsetMs = this.#difference()
  }

  /** Milliseconds of sleep since the last call that told of some; 0 when there was none. */
  takeSleptMs(): number {
    const sleptMs = this.#difference() - this.#offsetMs
    if (sleptMs < LEAST_SLEEP_MS) return 0
    this.#offsetMs += sleptMs
    return sleptMs
  }

  #difference(): number {
    return this.#clocks.uptimeMs() - this.#clocks.monotonicMs()
  }
}
