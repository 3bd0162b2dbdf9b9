import type { FileHandle } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'

const LENGTH_BYTES = 4

/** What a gzip file of one member holds, below 4 GiB: its last four bytes say it. 0 when it is damaged. */
export async function readGzipLength(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat()
  const trailer = Buffer.alloc(LENGTH_BYTES)
  if (size <= LENGTH_BYTES) return 0
  await handle.read(trailer, 0, LENGTH_BYTES, size - LENGTH_BYTES)
  return trailer.readUInt32LE()
}

/**
 * Some bytes of what a gzip file holds, fewer when it ends before. All before them is uncompressed too, a
 * piece at a time. Throws when the file is damaged. Closes the handle.
 */
export async function readGzipRange(
  handle: FileHandle,
  start: number,
  length: number,
): Promise<Buffer> {
  const source = handle.createReadStream({ start: 0 })
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  source.pipe(gunzip)
  const found: Buffer[] = []
  let at = 0
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, start + length - at))
      if (wanted.length > 0) found.push(Buffer.from(wanted))
      at += piece.length
      if (at >= start + length) break
    }
  } finally {
    source.destroy()
    await handle.close()
  }
  return Buffer.concat(found)
}
