import { execFile } from 'node:child_process'
import { close, constants, open } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const openFile = promisify(open)
export const closeDescriptor = promisify(close)

export interface PipeEnds {
  /** Not blocking. */
  readonly reader: number
  /** Blocking, as a process expects of its standard output. */
  readonly writer: number
}

/** Named pipes stand in such a directory until both ends are open. */
const PREFIX = 'pipes-'

/**
 * Makes `count` pipes, by way of named ones in a private directory: what Node itself would give a child are
 * sockets, and a program that opens /dev/stdout fails on those. Throws when they cannot be made.
 */
export async function makePipes(directory: string, count: number): Promise<readonly PipeEnds[]> {
  const place = await mkdtemp(path.join(directory, PREFIX))
  const made: PipeEnds[] = []
  try {
    const names = Array.from({ length: count }, (_, at) => path.join(place, String(at)))
    await run('mkfifo', ['-m', '600', ...names], { env: { PATH: programPath() } })
    for (const name of names) {
      const reader = await openFile(name, constants.O_RDONLY | constants.O_NONBLOCK)
      // There is a reader, so that this does not wait for one.
      const writer = await openFile(name, constants.O_WRONLY).catch(async (error: unknown) => {
        await closeDescriptor(reader)
        throw error
      })
      made.push({ reader, writer })
    }
    return made
  } catch (error) {
    for (const { reader, writer } of made) {
      await closeDescriptor(reader)
      await closeDescriptor(writer)
    }
    throw new Error(`cannot make pipes for its output: ${(error as Error).message}`, {
      cause: error,
    })
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** Removes what a launcher left that died while it made some. */
export async function removeLeftPipes(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(PREFIX))
      await rm(path.join(directory, name), { recursive: true, force: true })
  }
}

function programPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/bin:/bin`
}
