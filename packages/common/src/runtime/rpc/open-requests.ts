/**
 * A peer's requests on one connection that wait for our answer. A Spark application whose request is
 * never answered hangs and dies, so one that nobody answers in time is reported as forgotten.
 */
export class OpenRequests {
  readonly #answerTimeoutMs: number
  readonly #onForgotten: (requestId: bigint) => void
  // Request id → when its time is up. In order of arrival, so the first is always the next one due.
  readonly #dueAt = new Map<bigint, number>()
  #timer: NodeJS.Timeout | undefined

  /** `onForgotten` answers the request with a failure. */
  constructor(answerTimeoutMs: number, onForgotten: (requestId: bigint) => void) {
    this.#answerTimeoutMs = answerTimeoutMs
    this.#onForgotten = onForgotten
  }

  get size(): number {
    return this.#dueAt.size
  }

  has(requestId: bigint): boolean {
    return this.#dueAt.has(requestId)
  }

  open(requestId: bigint): void {
    this.#dueAt.set(requestId, performance.now() + this.#answerTimeoutMs)
    this.#arm()
  }

  /** True when the request was open, and so may be answered now. */
  close(requestId: bigint): boolean {
    const wasOpen = this.#dueAt.delete(requestId)
    if (this.#dueAt.size === 0) this.#disarm()
    return wasOpen
  }

  clear(): void {
    this.#dueAt.clear()
    this.#disarm()
  }

  // One timer for all of them: most are answered within the turn in which they came.
  #arm(): void {
    if (this.#timer !== undefined) return
    const [next] = this.#dueAt.values()
    if (next === undefined) return
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, next - performance.now()))
  }

  #disarm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #expire(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const [requestId, dueAt] of this.#dueAt) {
      if (dueAt > now) break
      this.#onForgotten(requestId)
      this.#dueAt.delete(requestId)
    }
    this.#arm()
  }
}
