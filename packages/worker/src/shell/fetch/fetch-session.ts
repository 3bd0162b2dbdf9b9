import type { SecureContext } from 'node:tls'
import { formatDurationMs } from '@hearth/common/runtime/config/units.ts'
import type { IsDenied } from './deny-list.ts'

export interface FetchLimits {
  readonly maxBytes: number
  /** For a fetch as a whole. */
  readonly timeoutMs: number
  /** How long the other side may say nothing. */
  readonly idleMs: number
  readonly deny: IsDenied
  /** Whom https trusts; Node's own choice when absent. */
  readonly trust?: SecureContext
}

/** Nothing came of it; the message is the end of a sentence that says why. */
export class FetchError extends Error {
  override readonly name = 'FetchError'
}

/** What a source of bytes gives to whoever writes them down. */
export interface OpenedSource {
  readonly bytes: AsyncIterable<Uint8Array>
  /** As announced; null when that is not known beforehand. */
  readonly length: number | null
  /** To be called when all bytes were taken: throws when the source says that they are not all. */
  finish(): Promise<void>
  /** Lets go of everything, whatever has happened. */
  close(): void
}

/** One fetch's time: as a whole, and without a word from the other side. */
export class FetchSession {
  readonly limits: FetchLimits
  /** Aborted when time is up or the fetch is stopped; its reason says which. */
  readonly signal: AbortSignal
  readonly #silence = new AbortController()
  readonly #timeout = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #idleTimer: NodeJS.Timeout

  constructor(limits: FetchLimits, stop: AbortSignal) {
    const { timeoutMs, idleMs } = limits
    this.limits = limits
    this.signal = AbortSignal.any([stop, this.#silence.signal, this.#timeout.signal])
    const late = `it took longer than ${formatDurationMs(timeoutMs)} (hearth.fetch.timeout)`
    this.#timer = setTimeout(() => this.#timeout.abort(new FetchError(late)), timeoutMs)
    this.#idleTimer = setTimeout(() => this.#fallSilent(), idleMs)
  }

  /** The other side said something. */
  heard(): void {
    this.#idleTimer.refresh()
  }

  /** Rejects with the reason when the time is up before `work` is done, whatever becomes of that. */
  async within<Value>(work: Promise<Value>): Promise<Value> {
    // It may be too late for anybody to hear what became of it.
    work.catch(() => {})
    const { signal } = this
    signal.throwIfAborted()
    let onAbort = () => {}
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(signal.reason as Error)
      signal.addEventListener('abort', onAbort)
    })
    return await Promise.race([work, aborted]).finally(() =>
      signal.removeEventListener('abort', onAbort),
    )
  }

  /** Its time is over; nothing is watched any more. */
  end(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#idleTimer)
  }

  #fallSilent(): void {
    const idle = formatDurationMs(this.limits.idleMs)
    const silent = `nothing was heard for ${idle} (hearth.fetch.idleTimeout)`
    this.#silence.abort(new FetchError(silent))
  }
}
