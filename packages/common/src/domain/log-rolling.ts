// How the logs of executors and drivers are rolled, and what the rolled files are called: `stdout` is the
// one that is written, `stdout--2026-11-26--02-10-00` and `stdout--2026-11-26--02-20-00.gz` came before it
// (RollingFileAppender and RollingPolicy, Spark 3.5 to 4.3).

/** How exact the time in the name of a rolled file is; Spark has one per interval. */
export const ROLLED_NAMES = ['day', 'hour', 'minute', 'second'] as const
export type RolledNames = (typeof ROLLED_NAMES)[number]

export type RollingStrategy =
  /** Rolled before it would hold more than so much. */
  | { readonly by: 'size'; readonly maxBytes: number }
  /** Rolled by the first output after each multiple of the interval since the epoch. */
  | { readonly by: 'time'; readonly intervalMs: number; readonly names: RolledNames }

export interface LogRolling {
  readonly strategy: RollingStrategy
  /** How many rolled files are kept beside the one that is written; null for all. */
  readonly maxRetainedFiles: number | null
  /** Rolled files are compressed with gzip. */
  readonly compress: boolean
}

/** The ending of a compressed rolled file (`RollingFileAppender.GZIP_LOG_SUFFIX`). */
export const GZIP_ENDING = '.gz'

const SUFFIX = /^--\d{4}-\d\d-\d\d(?:--\d[\d-]*)?$/

/** The name of a rolled file without `.gz`; undefined when the file is not one of this log. */
export function rolledStem(log: string, file: string): string | undefined {
  const stem = file.endsWith(GZIP_ENDING) ? file.slice(0, -GZIP_ENDING.length) : file
  return stem.startsWith(log) && SUFFIX.test(stem.slice(log.length)) ? stem : undefined
}

/**
 * Orders the stems of one log's rolled files, oldest first. Numbers that were added because a name was
 * taken count as numbers: `--10` comes after `--9`, where Spark's order of texts has it before `--2`.
 */
export function compareRolled(a: string, b: string): number {
  const [left, right] = [a.split('--'), b.split('--')]
  for (const [at, part] of left.entries()) {
    const other = right[at]
    if (other === undefined) return 1
    const order = compareParts(part, other)
    if (order !== 0) return order
  }
  return left.length - right.length
}

function compareParts(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return Number(a) - Number(b)
  return a < b ? -1 : a > b ? 1 : 0
}

/** What retention has removed of a log. */
export interface RemovedLog {
  /** Bytes of the log before the first that is left; those of compressed files as they were written. */
  readonly bytes: number
  /** Stem of the newest removed file: it and all before it are gone, or about to be. */
  readonly through: string
}

/** The file beside a log that says what is gone of it, so that who follows the log keeps its place. */
export function removedLogFile(log: string): string {
  return `.${log}.removed`
}

/** With it a worker's `/log` says how many bytes are gone before byte 0, for who follows the log. */
export const REMOVED_BYTES_HEADER = 'x-hearth-log-removed-bytes'

export const MAX_REMOVED_LOG_BYTES = 1024

/** Reads that file; undefined for what is no such text: its process could have written there. */
export function parseRemovedLog(text: string): RemovedLog | undefined {
  const [, bytes, through] = /^(\d{1,15}) (\S{1,300})\n$/.exec(text) ?? []
  return bytes === undefined || through === undefined
    ? undefined
    : { bytes: Number(bytes), through }
}

export function formatRemovedLog({ bytes, through }: RemovedLog): string {
  return `${bytes} ${through}\n`
}
