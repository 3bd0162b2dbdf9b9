// The files of one log, rolled ones and the one that is written, as they are at one moment.
import type { Stats } from 'node:fs'
import { lstat, readdir, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import {
  GZIP_ENDING,
  MAX_REMOVED_LOG_BYTES,
  compareRolled,
  parseRemovedLog,
  removedLogFile,
  rolledStem,
  type RemovedLog,
} from '@hearth/common/domain/log-rolling.ts'
import { LogUnavailable, openInside } from './open-log.ts'
import { readGzipLength } from './read-gzip.ts'

/** Where a log lies. */
export interface LogPlace {
  readonly workDir: string
  /** Below `workDir`. */
  readonly directory: string
  readonly log: string
}

export interface RolledPart {
  readonly name: string
  readonly isCompressed: boolean
  /** Bytes as they were written. */
  readonly length: number
}

export interface LogSnapshot {
  /** Oldest first. */
  readonly rolled: readonly RolledPart[]
  /** The one that is written; undefined between two, or when its process has removed it. */
  readonly active: { readonly handle: FileHandle; readonly length: number } | undefined
  /** How many bytes retention has removed before the first of these. */
  readonly removedBytes: number
}

/**
 * Looks at a log; undefined when it was rolled meanwhile, to be tried again. The caller closes the handle. The
 * active file is opened before the others are listed: when it has kept its name until then, no piece of the log
 * is missing and none is there twice, and what is rolled later changes nothing.
 */
export async function lookAtLog(place: LogPlace): Promise<LogSnapshot | undefined> {
  const { workDir, directory, log } = place
  const handle = await openInside(workDir, directory, log)
  try {
    const names = await readdir(path.join(workDir, directory)).catch(() => [])
    const removed = await readRemoved(place)
    const rolled = await rolledParts(place, names, removed)
    const active = handle && { handle, length: (await handle.stat()).size }
    if (rolled !== undefined && (await isStillActive(place, handle))) {
      return { rolled, active, removedBytes: removed?.bytes ?? 0 }
    }
  } catch (error) {
    await handle?.close()
    throw error
  }
  await handle?.close()
  return undefined
}

async function isStillActive(
  { workDir, directory, log }: LogPlace,
  handle: FileHandle | undefined,
): Promise<boolean> {
  const now = await lstat(path.join(workDir, directory, log)).catch(() => undefined)
  return now?.ino === (await handle?.stat())?.ino
}

// A file that is being compressed is there twice for a moment; either is whole.
async function rolledParts(
  place: LogPlace,
  names: readonly string[],
  removed: RemovedLog | undefined,
): Promise<RolledPart[] | undefined> {
  const files = new Map<string, string>()
  for (const name of names) {
    const stem = rolledStem(place.log, name)
    if (stem === undefined || files.get(stem) === stem) continue
    if (removed === undefined || compareRolled(stem, removed.through) > 0) files.set(stem, name)
  }
  const parts: RolledPart[] = []
  for (const stem of [...files.keys()].toSorted(compareRolled)) {
    const name = files.get(stem) ?? stem
    const length = await lengthOf(place, name)
    if (length === undefined) return undefined
    parts.push({ name, isCompressed: name.endsWith(GZIP_ENDING), length })
  }
  return parts
}

// Lengths of compressed files, which do not change: a log that is followed is looked at several times a second.
const GZIP_LENGTHS = new Map<string, number>()
const MAX_KNOWN_LENGTHS = 10_000

function fileKey({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join('/')
}

// What is no regular file counts for nothing. Undefined when it is gone.
async function lengthOf(
  { workDir, directory }: LogPlace,
  name: string,
): Promise<number | undefined> {
  const found = await lstat(path.join(workDir, directory, name)).catch(() => undefined)
  if (found === undefined) return undefined
  if (!found.isFile()) return 0
  if (!name.endsWith(GZIP_ENDING)) return found.size
  const known = GZIP_LENGTHS.get(fileKey(found))
  if (known !== undefined) return known
  const handle = await openInside(workDir, directory, name)
  if (handle === undefined) return undefined
  try {
    const length = await readGzipLength(handle)
    if (GZIP_LENGTHS.size >= MAX_KNOWN_LENGTHS) GZIP_LENGTHS.clear()
    GZIP_LENGTHS.set(fileKey(await handle.stat()), length)
    return length
  } finally {
    await handle.close()
  }
}

async function readRemoved({ workDir, directory, log }: LogPlace): Promise<RemovedLog | undefined> {
  const handle = await openInside(workDir, directory, removedLogFile(log)).catch(
    (error: unknown) => {
      if (error instanceof LogUnavailable) return undefined
      throw error
    },
  )
  if (handle === undefined) return undefined
  try {
    const text = Buffer.alloc(MAX_REMOVED_LOG_BYTES)
    const { bytesRead } = await handle.read(text, 0, text.length, 0)
    return parseRemovedLog(text.toString('utf8', 0, bytesRead))
  } finally {
    await handle.close()
  }
}
