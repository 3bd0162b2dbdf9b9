// Asks the masters about something for as long as it goes on. A master may be restarted meanwhile, or another
// one may lead: while nobody answers, the watch waits.
import { setTimeout as delay } from 'node:timers/promises'
import { CommandFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND, EXIT_UNREACHABLE } from '../exit-codes.ts'
import { type JsonRecord, recordOf } from './json-fields.ts'
import { jsonOf, request } from './master-ui.ts'

export interface MasterWatchOptions {
  /** Web UIs of the masters; asked for again when none of them has answered. */
  readonly webUis: () => Promise<readonly URL[]>
  /** Tells the user, a line at a time, when waiting begins and ends. */
  readonly say: (line: string) => void
  /** Ends whatever is waited for. */
  readonly signal: AbortSignal
}

const RETRY_MS = 500
/** A master that starts may not know yet what it will know; one that is gone for good says nothing. */
const UNKNOWN_MS = 60_000

export class MasterWatch {
  readonly #options: MasterWatchOptions
  /** The one that answered last comes first. */
  #webUis: readonly URL[] = []
  #hasAnswered = false
  #isWaiting = false

  constructor(options: MasterWatchOptions) {
    this.#options = options
  }

  /**
   * What the first master that knows says at `path`. Waits while none can be reached. Throws a
   * {@link CommandFailure} when those that answer do not know it, and when what answers first is no master.
   */
  async ask(path: string): Promise<JsonRecord> {
    const { webUis, say, signal } = this.#options
    for (let unknownSince: number | undefined; ;) {
      const failures: CommandFailure[] = []
      if (this.#webUis.length === 0) this.#webUis = await webUis()
      for (const webUi of this.#webUis) {
        signal.throwIfAborted()
        const url = new URL(path, webUi)
        try {
          const answer = recordOf(jsonOf(url, await request(url, { signal })))
          if (this.#isWaiting) say('the master answers again')
          this.#hasAnswered = true
          this.#webUis = [webUi, ...this.#webUis.filter((other) => other !== webUi)]
          this.#isWaiting = false
          return answer
        } catch (error) {
          if (!(error instanceof CommandFailure)) throw error
          failures.push(error)
        }
      }
      signal.throwIfAborted()
      const unknown = failures.filter(({ exitCode }) => exitCode === EXIT_NOT_FOUND)
      const other = failures.filter(({ exitCode }) => exitCode !== EXIT_NOT_FOUND)
      unknownSince = unknown.length === 0 ? undefined : (unknownSince ?? Date.now())
      const isForgotten = unknownSince !== undefined && Date.now() - unknownSince > UNKNOWN_MS
      if (unknown[0] !== undefined && (other.length === 0 || isForgotten)) throw unknown[0]
      this.#waitFor(other)
      this.#webUis = []
      await delay(RETRY_MS, undefined, { signal })
    }
  }

  // What was a master once is waited for, whatever it says while it starts or stops.
  #waitFor(failures: readonly CommandFailure[]): void {
    const stranger = failures.find(({ exitCode }) => exitCode !== EXIT_UNREACHABLE)
    if (!this.#hasAnswered && stranger !== undefined) throw stranger
    const [failure] = failures
    if (this.#isWaiting || failure === undefined) return
    this.#isWaiting = true
    this.#options.say(`${failure.message}; waiting for it`)
  }
}
