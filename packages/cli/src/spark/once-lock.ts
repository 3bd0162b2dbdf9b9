// A lock between processes for work that should be done once: a directory entry that its holder
// touches again and again, and that anybody may take when it was not touched for long.
import { mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const TOUCH_MS = 2000
const STALE_MS = 20_000
const POLL_MS = 300

export interface OnceOptions<Result> {
  readonly lockFile: string
  /** The result if somebody has done the work already. */
  readonly check: () => Promise<Result | undefined>
  readonly work: () => Promise<Result>
  /** Told once when another process is at work. */
  readonly onWait?: () => void
}

/**
 * Does the work unless it is done, one process at a time. The lock spares double work; it does not
 * guard the result, so `work` must put its result in place with one rename.
 */
export async function doOnce<Result>(options: OnceOptions<Result>): Promise<Result> {
  const { lockFile, check, work, onWait } = options
  await mkdir(path.dirname(lockFile), { recursive: true })
  for (let waited = false; ; waited = true) {
    const done = await check()
    if (done !== undefined) return done
    if (await take(lockFile)) {
      const touching = setInterval(() => {
        const now = new Date()
        // A lock that somebody has taken for stale is not ours to complain about.
        utimes(lockFile, now, now).catch(() => undefined)
      }, TOUCH_MS)
      try {
        return (await check()) ?? (await work())
      } finally {
        clearInterval(touching)
        await rm(lockFile, { force: true })
      }
    }
    if (!waited) onWait?.()
    await removeStale(lockFile)
    await delay(POLL_MS)
  }
}

async function take(lockFile: string): Promise<boolean> {
  try {
    const file = await open(lockFile, 'wx')
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function removeStale(lockFile: string): Promise<void> {
  const entry = await stat(lockFile).catch(() => undefined)
  if (entry === undefined || Date.now() - entry.mtimeMs < STALE_MS) return
  // Renamed first: of two that find it stale, only one removes it.
  const aside = `${lockFile}.${process.pid}.stale`
  await rename(lockFile, aside).then(
    () => rm(aside, { force: true }),
    () => undefined,
  )
}
