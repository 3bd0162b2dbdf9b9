import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { FetchError, type OpenedSource } from './fetch-session.ts'

const CHUNK_BYTES = 1024 * 1024

/** Opens a file of this machine; a directory, a device or a pipe is refused. Throws FetchError. */
export async function openFile(file: string): Promise<OpenedSource> {
  // Not blocking: opening a pipe would wait for its writer.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw new FetchError(
        error.code === 'ENOENT'
          ? 'there is no such file on this worker; put it on every worker, or where http(s): can name it'
          : `it cannot be read on this worker: ${error.message}`,
      )
    },
  )
  const found = await handle.stat()
  if (!found.isFile()) {
    await handle.close()
    throw new FetchError('it is not a plain file')
  }
  const stream = handle.createReadStream({ highWaterMark: CHUNK_BYTES })
  return {
    bytes: stream as AsyncIterable<Uint8Array>,
    length: found.size,
    finish: async () => {},
    close: () => void stream.destroy(),
  }
}
