// Ranges of processes' log files. An application owns its directory and may put links there: what is
// opened must lie where its name says, whatever the directory holds.
import { constants } from 'node:fs'
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { processDirectory } from '@hearth/common/domain/process-key.ts'
import type { LogName, LogRequest } from './log-request.ts'

export interface LogRange {
  readonly bytes: Uint8Array
  /** First byte of the range. */
  readonly start: number
  /** One past its last byte. */
  readonly end: number
  /** Length of the file when it was looked at. */
  readonly total: number
  readonly path: string
}

/** The log cannot be shown; the message says why and is safe to send. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable'
}

// Not blocking: opening a pipe that somebody put there would wait for its writer.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Reads at most `byteLength` bytes from `offset`, or the tail; offsets are clamped to the file. */
export async function readLogRange(workDir: string, request: LogRequest): Promise<LogRange> {
  const file = logPath(workDir, request)
  const handle = await openLog(workDir, request, file)
  try {
    const { size: total } = await handle.stat()
    const { offset, byteLength } = request
    const start = offset === null ? Math.max(0, total - byteLength) : Math.min(offset, total)
    const wanted = Math.min(byteLength, total - start)
    const bytes = Buffer.alloc(wanted)
    const { bytesRead } = await handle.read(bytes, 0, wanted, start)
    return { bytes: bytes.subarray(0, bytesRead), start, end: start + bytesRead, total, path: file }
  } finally {
    await handle.close()
  }
}

function logPath(workDir: string, { owner, logType }: LogName): string {
  return path.join(workDir, processDirectory(owner), logType)
}

async function openLog(workDir: string, name: LogName, file: string): Promise<FileHandle> {
  const expected = logPath(await realpath(workDir), name)
  const handle = await open(file, OPEN_FLAGS).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new LogUnavailable(`there is no ${file}; it may have been cleaned up`)
    }
    if (error.code === 'ELOOP')
      throw new LogUnavailable(`${file} is a link; links are not followed`)
    throw error
  })
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new LogUnavailable(`${file} is not a file`)
    if ((await placeOf(handle, file)) !== expected) {
      throw new LogUnavailable(`${file} leads out of the work directory`)
    }
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

// Where the open file really is: asked of the kernel, since directories on its path may be swapped for
// links at any moment. Without /proc the path is resolved again.
async function placeOf(handle: FileHandle, file: string): Promise<string> {
  return await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(file))
}
