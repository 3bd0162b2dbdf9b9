// Queue → step → effects. The only caller of step().
import type { Cluster } from '../core/cluster.ts'
import type { Effect } from '../core/effects.ts'
import type { MasterEvent, Now } from '../core/events.ts'
import { isPlacementDue } from '../core/scheduling.ts'
import { step } from '../core/step.ts'

export interface EventLoopOptions {
  readonly cluster: Cluster
  readonly now: () => Now
  /** Carries out one effect at once; what takes time comes back as an event. */
  readonly run: (effect: Effect) => void
  /** A bug in the core: its books can no longer be trusted. */
  readonly onBroken: (error: unknown) => void
}

// A batch is what the queue holds when it is drained, within these bounds; then other sockets get
// their turn.
const MAX_BATCH_EVENTS = 1_000
const MAX_BATCH_MS = 5

export class EventLoop {
  readonly #options: EventLoopOptions
  #queue: MasterEvent[] = []
  #scheduled: NodeJS.Immediate | undefined
  #stopped = false

  constructor(options: EventLoopOptions) {
    this.#options = options
  }

  /** Takes the event; it is stepped within this turn of Node's loop or the next. */
  push(event: MasterEvent): void {
    if (this.#stopped) return
    this.#queue.push(event)
    this.#scheduled ??= setImmediate(() => this.#drain())
  }

  /** Nothing is stepped after this. */
  stop(): void {
    this.#stopped = true
    this.#queue = []
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled)
    this.#scheduled = undefined
  }

  #drain(): void {
    this.#scheduled = undefined
    try {
      this.#runBatch()
    } catch (error) {
      this.stop()
      this.#options.onBroken(error)
      return
    }
    if (this.#queue.length > 0) this.#scheduled ??= setImmediate(() => this.#drain())
  }

  // Effects may push events (a memory store completes at once): they belong to the same batch, so that
  // a registration is answered and placed in one turn.
  #runBatch(): void {
    const { cluster, now } = this.#options
    const deadline = now().mono + MAX_BATCH_MS
    let taken = 0
    while (taken < this.#queue.length) {
      const event = this.#queue[taken]
      if (event === undefined) break
      taken += 1
      this.#step(event)
      if (taken >= MAX_BATCH_EVENTS || now().mono > deadline) break
    }
    this.#queue = this.#queue.slice(taken)
    if (isPlacementDue(cluster)) this.#step({ type: 'placement.due' })
  }

  #step(event: MasterEvent): void {
    const { cluster, now, run } = this.#options
    for (const effect of step(cluster, event, now())) run(effect)
  }
}
