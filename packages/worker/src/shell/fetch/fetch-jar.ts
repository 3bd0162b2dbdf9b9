// The jar or file of a driver into the driver's directory: whole, or not at all.
import { randomUUID } from 'node:crypto'
import { lstat, open, mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { formatBytes } from '@hearth/common/runtime/config/units.ts'
import { showJarUrl, type JarSource } from '../../doors/spark/jar-source.ts'
import { FetchError, FetchSession, type FetchLimits, type OpenedSource } from './fetch-session.ts'
import { openFile } from './file-source.ts'
import { openFtp } from './ftp-source.ts'
import { openHttp } from './http-source.ts'

export interface JarFetch {
  /** The address as it was submitted, for messages. */
  readonly jarUrl: string
  readonly source: JarSource
  /** The driver's directory; created if absent. */
  readonly directory: string
  readonly limits: FetchLimits
  /** Stops the fetch; its reason is what the fetch rejects with. */
  readonly stop: AbortSignal
}

/**
 * Fetches what is not there yet. It is written under a name of its own and renamed when it is whole; of a
 * fetch that fails or is stopped nothing is left. Rejects with a sentence that says what to do.
 */
export async function fetchJar(fetch: JarFetch): Promise<void> {
  const { source, directory, jarUrl, stop } = fetch
  try {
    if (source.kind === 'local') return await requireFile(source.path)
    await mkdir(directory, { recursive: true })
    if (source.kind === 'none' || (await isPresent(path.join(directory, source.name)))) return
    await bring(source, fetch)
  } catch (error) {
    if (stop.aborted) throw stop.reason
    const problem = error instanceof FetchError ? error.message : explainDisk(error, directory)
    throw new Error(`the driver’s jar ${showJarUrl(jarUrl)} cannot be fetched: ${problem}`, {
      cause: error,
    })
  }
}

async function bring(
  source: Exclude<JarSource, { kind: 'none' | 'local' }>,
  { directory, limits, stop }: JarFetch,
): Promise<void> {
  const draft = path.join(directory, `.fetching-${randomUUID()}`)
  const session = new FetchSession(limits, stop)
  let opened: OpenedSource | undefined
  try {
    opened = await openSource(source, session)
    await write(draft, opened, session)
    await opened.finish()
    await rename(draft, path.join(directory, source.name))
  } finally {
    opened?.close()
    session.end()
    await rm(draft, { force: true })
  }
}

function openSource(
  source: Exclude<JarSource, { kind: 'none' | 'local' }>,
  session: FetchSession,
): Promise<OpenedSource> {
  switch (source.kind) {
    case 'file':
      return session.within(openFile(source.path))
    case 'http':
      return openHttp(source.url, session)
    case 'ftp':
      return openFtp(source.url, session)
  }
}

async function write(
  file: string,
  { bytes, length }: OpenedSource,
  session: FetchSession,
): Promise<void> {
  const { maxBytes } = session.limits
  if (length !== null && length > maxBytes) throw tooLarge(`${length} bytes`, maxBytes)
  const handle = await open(file, 'wx')
  try {
    const parts = bytes[Symbol.asyncIterator]()
    let written = 0
    for (;;) {
      const part = await session.within(parts.next())
      if (part.done === true) break
      session.heard()
      written += part.value.length
      if (written > maxBytes) throw tooLarge('more bytes', maxBytes)
      await handle.writeFile(part.value)
    }
    if (length !== null && written !== length) {
      throw new FetchError(`it ended after ${written} of ${length} bytes`)
    }
  } finally {
    await handle.close()
  }
}

function tooLarge(size: string, maxBytes: number): FetchError {
  const most = formatBytes(maxBytes)
  return new FetchError(`it has ${size}; at most ${most} are taken (hearth.fetch.maxSize)`)
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() === true) return
  throw new FetchError(
    'there is no such file on this worker; local: names one that every worker has',
  )
}

async function isPresent(file: string): Promise<boolean> {
  const found = await lstat(file).catch(() => undefined)
  if (found === undefined || found.isFile()) return found !== undefined
  throw new FetchError(`${file} is in the way and is no file`)
}

/** What is wrong with the disk, and what to do about it. */
export function explainDisk(error: unknown, directory: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? `there is no space left for it in ${directory}; free some on this worker, or give its work directory a larger disk`
    : message
}
