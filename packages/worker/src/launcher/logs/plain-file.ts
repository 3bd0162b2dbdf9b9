import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'

// Not blocking: a process owns its directory, and the opening of a pipe that it put there would wait for ever.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/** Opens a regular file for reading; undefined when there is none, or something else of that name. */
export async function openPlainFile(file: string): Promise<FileHandle | undefined> {
  const handle = await open(file, READ).catch(() => undefined)
  if (handle === undefined || (await handle.stat()).isFile()) return handle
  await handle.close()
  return undefined
}

/** Opens a file to append to it, creating it if it is not there. A link is followed, a pipe refused. */
export async function openToAppend(file: string): Promise<FileHandle> {
  return await open(file, APPEND, 0o666)
}

/** Reads at most `maxBytes` of a small file; empty when there is none. */
export async function readSmallFile(file: string, maxBytes: number): Promise<string> {
  const handle = await openPlainFile(file)
  if (handle === undefined) return ''
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(maxBytes), 0, maxBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
