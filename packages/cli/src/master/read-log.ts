// A worker's `/log` answers a range of bytes behind one line that says which (Spark's LogPage).
import { CommandFailure } from '../command-failure.ts'
import { EXIT_NOT_FOUND } from '../exit-codes.ts'
import { request } from './master-ui.ts'

const RANGE_LINE = /^==== Bytes (\d+)-(\d+) of (\d+) of [^\n]* ====\r?\n$/
const PIECE_BYTES = 1024 * 1024

export interface LogSource {
  /** The worker's web UI. */
  readonly webUi: URL
  readonly applicationId: string
  readonly executor: string
  readonly stream: 'stdout' | 'stderr'
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
  for (let offset = 0; ;) {
    const piece = await readPiece(source, { offset, byteLength: PIECE_BYTES })
    if (piece.end <= offset) return
    yield decoder.decode(piece.bytes, { stream: true })
    offset = piece.end
    if (offset >= piece.total) return
  }
}

interface Piece {
  readonly bytes: Uint8Array
  readonly end: number
  readonly total: number
}

async function readPiece(source: LogSource, wanted: Record<string, number>): Promise<Piece> {
  const url = new URL('log/', source.webUi)
  url.searchParams.set('appId', source.applicationId)
  url.searchParams.set('executorId', source.executor)
  url.searchParams.set('logType', source.stream)
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, String(value))
  const answer = await request(url, { peer: 'the worker' })
  const lineEnd = answer.body.indexOf('\n') + 1
  const firstLine = answer.body.toString('utf8', 0, lineEnd === 0 ? undefined : lineEnd)
  const range = RANGE_LINE.exec(firstLine)
  if (answer.status !== 200 || range === null) {
    // Spark answers errors as text with status 200; the first line tells.
    const said = firstLine.trim().slice(0, 200)
    throw new CommandFailure(
      `no ${source.stream} of ${source.applicationId}/${source.executor} at ${source.webUi.origin}: ${said}`,
      { exitCode: EXIT_NOT_FOUND },
    )
  }
  return {
    bytes: answer.body.subarray(lineEnd),
    end: Number(range[2]),
    total: Number(range[3]),
  }
}
