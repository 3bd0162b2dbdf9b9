// Prints logs as they grow, until whoever writes them is over.
import { setTimeout as delay } from 'node:timers/promises'
import { CommandFailure } from '../command-failure.ts'
import { EXIT_UNREACHABLE } from '../exit-codes.ts'
import { LogPlace, readPiece, writerName, type LogSource, type Stream } from './read-log.ts'
import type { SelectedLogs } from './select-logs.ts'

export interface FollowOptions {
  /** Where the logs are now, and whether anything more can come; asked before each look at them. */
  readonly select: () => Promise<SelectedLogs>
  readonly write: (stream: Stream, text: string) => void
  /** Tells the user something about the following itself, a line at a time. */
  readonly say: (line: string) => void
  /** Begin with the last bytes; with all when left out. */
  readonly tailBytes?: number
}

const PAUSE_MS = 300

/**
 * Resolves when all has been printed and nothing more will be written. A log that has not been begun yet and a
 * worker that cannot be reached are waited for; throws a {@link CommandFailure} when they are still like that at
 * the end.
 */
export async function followLogs(options: FollowOptions): Promise<void> {
  const { select, say } = options
  const cursors = new Map<Stream, Cursor>()
  let told = ''
  for (;;) {
    const { sources, isOver } = await select()
    const failures: CommandFailure[] = []
    for (const source of sources) {
      const failure = await cursorFor(cursors, source, options).print()
      if (failure !== undefined) failures.push(failure)
    }
    const unreachable = failures.find(({ exitCode }) => exitCode === EXIT_UNREACHABLE)
    if (isOver) {
      const [failure] = failures
      // Who never wrote to one of two streams has still been read to the end.
      const isFatal = unreachable !== undefined || failures.length === sources.length
      if (failure !== undefined && isFatal) throw unreachable ?? failure
      return
    }
    if (unreachable !== undefined && unreachable.message !== told) {
      told = unreachable.message
      say(`${told}; waiting for it`)
    }
    await delay(PAUSE_MS)
  }
}

function cursorFor(
  cursors: Map<Stream, Cursor>,
  source: LogSource,
  options: FollowOptions,
): Cursor {
  const known = cursors.get(source.stream)
  if (known?.isOf(source) === true) return known
  // Another writer, or on another worker: its log is another one.
  const cursor = new Cursor(source, options, known === undefined ? options.tailBytes : undefined)
  cursors.set(source.stream, cursor)
  return cursor
}

/** How far one log has been printed. */
class Cursor {
  readonly #source: LogSource
  readonly #write: FollowOptions['write']
  readonly #say: FollowOptions['say']
  readonly #place = new LogPlace()
  #tailBytes: number | undefined
  // A piece may end within a character; the decoder keeps its first bytes for the next piece.
  #decoder = new TextDecoder()

  constructor(source: LogSource, { write, say }: FollowOptions, tailBytes: number | undefined) {
    this.#source = source
    this.#write = write
    this.#say = say
    this.#tailBytes = tailBytes
  }

  isOf({ webUi, writer }: LogSource): boolean {
    return (
      webUi.href === this.#source.webUi.href &&
      writerName(writer) === writerName(this.#source.writer)
    )
  }

  /** Prints what is new; returns why it could not. */
  async print(): Promise<CommandFailure | undefined> {
    try {
      for (;;) {
        const piece = await this.#next()
        const found = this.#place.takeIn(piece)
        if (found === 'gone') {
          const { stream, writer } = this.#source
          this.#say(`some ${stream} of ${writerName(writer)} was removed before it could be read`)
        }
        if (found === 'gone' || found === 'anew') this.#decoder = new TextDecoder()
        if (found !== 'same') continue
        if (piece.bytes.length > 0) {
          this.#write(this.#source.stream, this.#decoder.decode(piece.bytes, { stream: true }))
        }
        if (piece.end >= piece.total) return undefined
      }
    } catch (error) {
      if (error instanceof CommandFailure) return error
      throw error
    }
  }

  async #next() {
    if (this.#tailBytes === undefined)
      return readPiece(this.#source, { offset: this.#place.offset })
    const piece = await readPiece(this.#source, { byteLength: this.#tailBytes })
    this.#tailBytes = undefined
    return piece
  }
}
