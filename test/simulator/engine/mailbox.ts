// The only way into a simulated process: messages, timers, answers. A stopped process (SIGSTOP, a long
// pause) finds all of them when it goes on, in order; a dead one finds none.
import type { Alarm, Timeline } from './timeline.ts'

export class Mailbox {
  readonly #timeline: Timeline
  #waiting: (() => void)[] = []
  #isStalled = false
  #isClosed = false

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  get isStalled(): boolean {
    return this.#isStalled
  }

  /** `work` is done now, or when the process goes on, or never. */
  take(work: () => void): void {
    if (this.#isClosed) return
    if (this.#isStalled) this.#waiting.push(work)
    else work()
  }

  /** A timer of the process. */
  after(delayMs: number, work: () => void): Alarm {
    const alarm: Alarm = { cancelled: false }
    this.#timeline.after(delayMs, () => {
      if (!alarm.cancelled) this.take(() => (alarm.cancelled ? undefined : work()))
    })
    return alarm
  }

  /** The process stops running for a while. */
  stall(): void {
    this.#isStalled = true
  }

  goOn(): void {
    this.#isStalled = false
    const waiting = this.#waiting
    this.#waiting = []
    for (const work of waiting) this.take(work)
  }

  /** The process is dead. */
  close(): void {
    this.#isClosed = true
    this.#waiting = []
  }
}
