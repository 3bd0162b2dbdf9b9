// Ranges of processes' logs, over all the files into which they were rolled.
import path from 'node:path'
import { processDirectory } from '@hearth/common/domain/process-key.ts'
import type { LogRequest } from './log-request.ts'
import { LogUnavailable, openInside } from './open-log.ts'
import { readGzipRange } from './read-gzip.ts'
import { lookAtLog, type LogPlace, type LogSnapshot, type RolledPart } from './rolled-log.ts'

export { LogUnavailable } from './open-log.ts'

export interface LogRange {
  readonly bytes: Uint8Array
  /** First byte of the range. */
  readonly start: number
  /** One past its last byte. */
  readonly end: number
  /** Length of all files of the log when it was looked at. */
  readonly total: number
  /** How many bytes of the log came before byte 0 and are gone. */
  readonly removedBytes: number
  /** The file that is written. */
  readonly path: string
}

/** A log is rolled once in a while; one that is rolled during each of so many looks is hopeless. */
const MAX_LOOKS = 10

/**
 * Reads at most `byteLength` bytes from `offset`, or the tail; offsets count over all files, oldest first, and
 * are clamped to them (`LogPage.getLog`, `Utils.offsetBytes`, Spark 3.5 to 4.3).
 */
export async function readLogRange(workDir: string, request: LogRequest): Promise<LogRange> {
  const { owner, logType: log } = request
  const place = { workDir, directory: processDirectory(owner), log }
  for (let look = 0; look < MAX_LOOKS; look++) {
    const range = await tryToRead(place, request)
    if (range !== undefined) return range
  }
  throw new LogUnavailable(`${pathOf(place)} is rolled too often to be read; try again`)
}

async function tryToRead(place: LogPlace, request: LogRequest): Promise<LogRange | undefined> {
  const snapshot = await lookAtLog(place)
  if (snapshot === undefined) return undefined
  const { rolled, active, removedBytes } = snapshot
  try {
    if (active === undefined && rolled.length === 0) {
      throw new LogUnavailable(`there is no ${pathOf(place)}; it may have been cleaned up`)
    }
    const total = rolled.reduce((sum, { length }) => sum + length, active?.length ?? 0)
    const { offset, byteLength } = request
    const start = offset === null ? Math.max(0, total - byteLength) : Math.min(offset, total)
    const bytes = await readRange(place, snapshot, start, Math.min(start + byteLength, total))
    if (bytes === undefined) return undefined
    return { bytes, start, end: start + bytes.length, total, removedBytes, path: pathOf(place) }
  } finally {
    await active?.handle.close()
  }
}

function pathOf({ workDir, directory, log }: LogPlace): string {
  return path.join(workDir, directory, log)
}

// Undefined when a file of the range is gone.
async function readRange(
  place: LogPlace,
  { rolled, active }: LogSnapshot,
  start: number,
  end: number,
): Promise<Buffer | undefined> {
  const found: Buffer[] = []
  let before = 0
  for (const part of rolled) {
    const [from, to] = [Math.max(start - before, 0), Math.min(end - before, part.length)]
    before += part.length
    if (from >= to) continue
    const bytes = await readPart(place, part, from, to - from)
    if (bytes === undefined) return undefined
    found.push(bytes)
  }
  if (active !== undefined && end > before) {
    const from = Math.max(start - before, 0)
    const bytes = Buffer.alloc(end - before - from)
    const { bytesRead } = await active.handle.read(bytes, 0, bytes.length, from)
    found.push(bytes.subarray(0, bytesRead))
  }
  return Buffer.concat(found)
}

async function readPart(
  place: LogPlace,
  { name, isCompressed }: RolledPart,
  start: number,
  length: number,
): Promise<Buffer | undefined> {
  const { workDir, directory } = place
  const handle = await openInside(workDir, directory, name)
  if (handle === undefined) return undefined
  if (isCompressed) {
    const bytes = await readGzipRange(handle, start, length).catch(() => undefined)
    if (bytes?.length === length) return bytes
    throw new LogUnavailable(`${path.join(workDir, directory, name)} is damaged`)
  }
  try {
    const bytes = Buffer.alloc(length)
    const { bytesRead } = await handle.read(bytes, 0, length, start)
    // Cut by somebody: what comes after it would stand in its place.
    return bytesRead === length ? bytes : undefined
  } finally {
    await handle.close()
  }
}
