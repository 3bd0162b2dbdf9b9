/** How often the time without a worker is looked at; finer only for limits below some seconds. */
const TICK_MS = 1000

export interface OrphanWatchOptions {
  readonly orphanLimitMs: number
  readonly idleLimitMs: number
  /** A clock that also counts suspend: a machine that slept for a day had no worker for a day. */
  readonly uptimeMs: () => number
  readonly isBusy: () => boolean
  /** No worker for `orphanLimitMs` while processes run. */
  readonly onOrphaned: () => void
  /** No worker for `idleLimitMs` and nothing runs. */
  readonly onIdle: () => void
}

/** Watches how long the launcher has been without a worker; starts without one. Calls back once. */
export class OrphanWatch {
  readonly #options: OrphanWatchOptions
  #orphanLimitMs: number
  #aloneSince = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: OrphanWatchOptions) {
    this.#options = options
    this.#orphanLimitMs = options.orphanLimitMs
    this.workerLeft()
  }

  /** A worker is connected; its limit counts from now on. */
  workerCame(orphanLimitMs: number): void {
    this.stop()
    this.#orphanLimitMs = orphanLimitMs
  }

  /** The worker's connection is closed: the time runs. */
  workerLeft(): void {
    this.stop()
    this.#aloneSince = this.#options.uptimeMs()
    const limit = Math.min(this.#orphanLimitMs, this.#options.idleLimitMs)
    this.#timer = setInterval(() => this.#look(), Math.min(TICK_MS, limit / 4 + 1))
  }

  /** Watches no more. */
  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { idleLimitMs, uptimeMs, isBusy, onOrphaned, onIdle } = this.#options
    const aloneMs = uptimeMs() - this.#aloneSince
    const isOver = aloneMs >= (isBusy() ? this.#orphanLimitMs : idleLimitMs)
    if (!isOver) return
    this.stop()
    if (isBusy()) onOrphaned()
    else onIdle()
  }
}
