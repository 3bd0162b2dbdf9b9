// Queue → step → effects. The only caller of step(), and the keeper of its clock.
import { nextDeadline } from '../core/deadlines.ts'
import type { Effect } from '../core/effects.ts'
import type { WorkerEvent } from '../core/events.ts'
import { step } from '../core/step.ts'
import type { Worker } from '../core/worker.ts'

/**
 * Carries out one effect; what takes time comes back as an event. The next effect waits for a promise:
 * that is how something becomes durable before it is acted on.
 */
export type RunEffect = (effect: Effect) => Promise<void> | void

export interface EventLoopOptions {
  /** A bug in the core, or an effect that failed: the worker's books can no longer be trusted. */
  readonly onBroken: (error: unknown) => void
  /** How long the machine slept since it was asked last; see {@link SuspendWatch}. */
  readonly takeSleptMs?: () => number
}

// Node's timers take at most 2^31 - 1 ms; the clock ticks in vain once an hour.
const LONGEST_SLEEP_MS = 3_600_000

export class EventLoop {
  readonly #options: EventLoopOptions
  readonly #queue: WorkerEvent[] = []
  #started: { readonly worker: Worker; readonly run: RunEffect } | undefined
  #isDraining = false
  #isStopped = false
  #alarm: NodeJS.Timeout | undefined

  constructor(options: EventLoopOptions) {
    this.#options = options
  }

  /** Takes the event. It is stepped after those before it, in this turn of Node's loop if nothing waits. */
  push(event: WorkerEvent): void {
    if (this.#isStopped) return
    this.#queue.push(event)
    this.#wake()
  }

  /** Steps what has come so far; events pushed earlier have waited for the worker. */
  start(worker: Worker, run: RunEffect): void {
    this.#started = { worker, run }
    this.#wake()
  }

  /** Nothing is stepped after this. */
  stop(): void {
    this.#isStopped = true
    this.#queue.length = 0
    clearTimeout(this.#alarm)
  }

  #wake(): void {
    const started = this.#started
    if (started === undefined || this.#isDraining || this.#queue.length === 0) return
    this.#isDraining = true
    queueMicrotask(() => {
      void this.#drain(started.worker, started.run)
    })
  }

  async #drain(worker: Worker, run: RunEffect): Promise<void> {
    try {
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
        const sleptMs = this.#options.takeSleptMs?.() ?? 0
        if (sleptMs > 0) step(worker, { type: 'machine.slept', sleptMs }, performance.now())
        for (const effect of step(worker, event, performance.now())) {
          const done = run(effect)
          if (done !== undefined) await done
        }
      }
      this.#setAlarm(worker)
    } catch (error) {
      this.stop()
      this.#options.onBroken(error)
    } finally {
      this.#isDraining = false
      this.#wake()
    }
  }

  #setAlarm(worker: Worker): void {
    clearTimeout(this.#alarm)
    const due = this.#isStopped ? null : nextDeadline(worker)
    if (due === null) return
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, Math.ceil(due - performance.now())))
    this.#alarm = setTimeout(() => this.push({ type: 'clock.ticked' }), sleepMs)
  }
}
