import { lstat, open, rename, rm, utimes } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { GZIP_ENDING } from '@hearth/common/domain/log-rolling.ts'
import { openPlainFile } from './plain-file.ts'

// The last four bytes of a gzip file hold its length as it was written, modulo 2^32: who reads a range of a
// log relies on them.
const LENGTH_BYTES = 4
const MAX_LENGTH = 2 ** (8 * LENGTH_BYTES)

/**
 * Replaces a file by FILE.gz, with its time. At every moment one of the two is there, whole. What is no
 * regular file, or too large for the format's length field, is left as it is. Throws when it fails or is
 * aborted; the file is as it was then.
 */
export async function compressFile(file: string, signal: AbortSignal): Promise<void> {
  const input = await openPlainFile(file)
  if (input === undefined) return
  const draft = path.join(path.dirname(file), `.${path.basename(file)}${GZIP_ENDING}.new`)
  try {
    const { size, mode, atime, mtime } = await input.stat()
    if (size >= MAX_LENGTH) return
    await rm(draft, { force: true })
    const output = await open(draft, 'wx', mode & 0o777)
    // The streams close what they read and write.
    await pipeline(input.createReadStream(), createGzip(), output.createWriteStream(), { signal })
    await utimes(draft, atime, mtime)
    await rename(draft, `${file}${GZIP_ENDING}`)
    await rm(file, { force: true })
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  } finally {
    await input.close()
  }
}

/** How many bytes a rolled file held when it was written; 0 when it is gone. */
export async function rolledLength(file: string): Promise<number> {
  const plain = await lstat(file).catch(() => undefined)
  if (plain !== undefined) return plain.size
  const handle = await openPlainFile(`${file}${GZIP_ENDING}`)
  if (handle === undefined) return 0
  try {
    const { size } = await handle.stat()
    const trailer = Buffer.alloc(LENGTH_BYTES)
    await handle.read(trailer, 0, LENGTH_BYTES, Math.max(0, size - LENGTH_BYTES))
    return trailer.readUInt32LE()
  } finally {
    await handle.close()
  }
}
