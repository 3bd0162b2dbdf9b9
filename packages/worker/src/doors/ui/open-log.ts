// Opening what lies in a process's directory. An application owns its directory and may put links there: what
// is opened must lie where its name says, whatever the directory holds.
import { constants } from 'node:fs'
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises'
import path from 'node:path'

/** The log cannot be shown; the message says why and is safe to send. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable'
}

// Not blocking: opening a pipe that somebody put there would wait for its writer.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Opens the regular file `name` of `directory`, a path below `workDir`; undefined when there is none. Throws
 * LogUnavailable when it is something else or lies elsewhere.
 */
export async function openInside(
  workDir: string,
  directory: string,
  name: string,
): Promise<FileHandle | undefined> {
  const file = path.join(workDir, directory, name)
  const handle = await open(file, OPEN_FLAGS).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    if (error.code === 'ELOOP')
      throw new LogUnavailable(`${file} is a link; links are not followed`)
    throw error
  })
  if (handle === undefined) return undefined
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new LogUnavailable(`${file} is not a file`)
    const expected = path.join(await realpath(workDir), directory)
    if (path.dirname(await placeOf(handle, file)) !== expected) {
      throw new LogUnavailable(`${file} leads out of the work directory`)
    }
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

// Where the open file really is: asked of the kernel, since directories on its path may be swapped for
// links at any moment. Its name may be another one by now, when it was rolled. Without /proc the path is
// resolved again.
async function placeOf(handle: FileHandle, file: string): Promise<string> {
  return await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(file))
}
