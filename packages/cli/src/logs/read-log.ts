// A worker's `/log` answers a range of bytes behind one line that says which (Spark's LogPage).
import { REMOVED_BYTES_HEADER } from '@hearth/common/domain/log-rolling.ts'
import { CommandFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { request } from '../master/master-ui.ts'

const RANGE_LINE = /^==== Bytes (\d+)-(\d+) of (\d+) of [^\n]* ====\r?\n$/
const PIECE_BYTES = 1024 * 1024

export const STREAMS = ['stdout', 'stderr'] as const
export type Stream = (typeof STREAMS)[number]

/** Whose output it is: that of an executor or of a driver. */
export type Writer =
  | { readonly applicationId: string; readonly executor: string }
  | { readonly driverId: string }

export interface LogSource {
  /** The worker's web UI. */
  readonly webUi: URL
  readonly writer: Writer
  readonly stream: Stream
}

/** `app-1/0` or `driver-1`. */
export function writerName(writer: Writer): string {
  return 'driverId' in writer ? writer.driverId : `${writer.applicationId}/${writer.executor}`
}

/**
 * The pieces of a log from its beginning, or only its last `tailBytes`. Ends where the log ended when
 * it was last asked: a running executor writes on.
 */
export async function* readLog(source: LogSource, tailBytes?: number): AsyncGenerator<string> {
  // A piece may end within a character; the decoder keeps its first bytes for the next piece.
  const decoder = new TextDecoder()
  if (tailBytes !== undefined) {
    yield decoder.decode((await readPiece(source, { byteLength: tailBytes })).bytes)
    return
  }
  const place = new LogPlace()
  for (;;) {
    const piece = await readPiece(source, { offset: place.offset })
    const found = place.takeIn(piece)
    // What there was is printed; the other log is another one.
    if (found === 'anew') return
    if (found !== 'same') continue
    if (piece.bytes.length === 0) return
    yield decoder.decode(piece.bytes, { stream: true })
    if (piece.end >= piece.total) return
  }
}

/** How far a log has been read, whatever is added at its end and removed at its beginning. */
export class LogPlace {
  #offset = 0
  #removedBytes: number | undefined

  /** Where the next piece begins. */
  get offset(): number {
    return this.#offset
  }

  /**
   * Takes note of a piece that was asked for at {@link offset}. `same`: that is what follows. `moved`: the
   * offset was another byte's, it has been set right. `gone`: so much was removed that what follows is not there
   * any more. `anew`: the log was begun anew. In all but the first case the piece is to be asked for again.
   */
  takeIn({ end, total, removedBytes }: Piece): 'same' | 'moved' | 'gone' | 'anew' {
    const shift = removedBytes - (this.#removedBytes ?? removedBytes)
    this.#removedBytes = removedBytes
    if (shift < 0 || (shift === 0 && total < this.#offset)) {
      this.#offset = 0
      return 'anew'
    }
    if (shift > 0) {
      const offset = this.#offset - shift
      this.#offset = Math.max(0, offset)
      return offset < 0 ? 'gone' : 'moved'
    }
    this.#offset = end
    return 'same'
  }
}

/** A range of a log. */
export interface Piece {
  readonly bytes: Uint8Array
  readonly end: number
  readonly total: number
  /** How many bytes are gone before byte 0. */
  readonly removedBytes: number
}

/**
 * Some bytes from an offset on, or the last ones; at most 1 MiB when `byteLength` is left out. Throws a
 * {@link CommandFailure} when the worker cannot be reached, or has no such log.
 */
export async function readPiece(
  source: LogSource,
  { offset, byteLength = PIECE_BYTES }: { readonly offset?: number; readonly byteLength?: number },
): Promise<Piece> {
  const { writer, stream } = source
  const url = new URL('log/', source.webUi)
  url.search = new URLSearchParams({
    ...('driverId' in writer
      ? { driverId: writer.driverId }
      : { appId: writer.applicationId, executorId: writer.executor }),
    logType: stream,
    ...(offset !== undefined && { offset: String(offset) }),
    byteLength: String(byteLength),
  }).toString()
  const answer = await request(url, { peer: 'the worker' })
  const lineEnd = answer.body.indexOf('\n') + 1
  const firstLine = answer.body.toString('utf8', 0, lineEnd === 0 ? undefined : lineEnd)
  const range = RANGE_LINE.exec(firstLine)
  if (answer.status !== 200 || range === null) {
    // Spark answers errors as text with status 200; the first line tells.
    const said = firstLine.trim().slice(0, 200)
    throw new CommandFailure(
      `no ${stream} of ${writerName(writer)} at ${source.webUi.origin}: ${said}`,
      { exitCode: EXIT_NOT_FOUND },
    )
  }
  return {
    bytes: answer.body.subarray(lineEnd),
    end: Number(range[2]),
    total: Number(range[3]),
    // A worker of Spark's or of an earlier release does not say it.
    removedBytes: Number(answer.headers.get(REMOVED_BYTES_HEADER) ?? 0),
  }
}
