// The directories of executors under the work directory. Which of them this worker created is written
// down, one file per application with the numbers of its executors, because only those may be removed:
// other workers, and people, may use the same work directory.
import { appendFileSync, mkdirSync } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { parseApplicationId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import type { ExecutorKey } from '../core/events.ts'

/** Creates the work directory if it is absent; throws a sentence when it cannot be used. */
export async function ensureWorkDir(workDir: string): Promise<void> {
  try {
    await fs.mkdir(workDir, { recursive: true })
    await fs.access(workDir, fs.constants.W_OK | fs.constants.X_OK)
  } catch (error) {
    const { message } = error as Error
    throw new Error(
      `the work directory ${workDir} cannot be used: ${message}; name another with --work-dir`,
      {
        cause: error,
      },
    )
  }
}

export class WorkDirs {
  readonly #workDir: string
  readonly #records: string

  constructor(workDir: string, stateDir: string) {
    this.#workDir = workDir
    this.#records = path.join(stateDir, 'applications')
  }

  /** Remembers that the executor's directory is about to be created here. */
  noteLaunch({ applicationId, executor }: ExecutorKey): void {
    mkdirSync(this.#records, { recursive: true })
    appendFileSync(path.join(this.#records, applicationId), `${executor}\n`)
  }

  /**
   * Removes the directories of applications that are not `isLive` and hold nothing newer than `ttlMs`.
   * Returns the applications whose directories went, and one sentence per failure.
   */
  async removeOld(
    isLive: (applicationId: ApplicationId) => boolean,
    ttlMs: number,
    now: number,
  ): Promise<{ readonly removed: readonly ApplicationId[]; readonly problems: readonly string[] }> {
    const removed: ApplicationId[] = []
    const problems: string[] = []
    for (const name of await fs.readdir(this.#records).catch(() => [])) {
      const applicationId = parseApplicationId(name)
      if (applicationId === undefined || isLive(applicationId)) continue
      try {
        if (await this.#removeIfOld(applicationId, now - ttlMs)) removed.push(applicationId)
      } catch (error) {
        problems.push(`cannot clean up after ${applicationId}: ${(error as Error).message}`)
      }
    }
    return { removed, problems }
  }

  async #removeIfOld(applicationId: ApplicationId, before: number): Promise<boolean> {
    const record = path.join(this.#records, applicationId)
    const numbers = new Set((await fs.readFile(record, 'utf8')).match(/^\d+$/gm))
    const directory = path.join(this.#workDir, applicationId)
    const owned = [...numbers].map((number) => path.join(directory, number))
    for (const dir of owned) if (await holdsNewer(dir, before)) return false
    for (const dir of owned) await fs.rm(dir, { recursive: true, force: true })
    await fs.rmdir(directory).catch(ignoreInUse)
    await fs.rm(record)
    return true
  }
}

// Links are judged by themselves and never followed: they may lead anywhere.
async function holdsNewer(entry: string, before: number): Promise<boolean> {
  const found = await fs.lstat(entry).catch(() => undefined)
  if (found === undefined) return false
  if (!found.isDirectory()) return found.mtimeMs >= before
  if (found.mtimeMs >= before) return true
  for await (const child of await fs.opendir(entry)) {
    if (await holdsNewer(path.join(entry, child.name), before)) return true
  }
  return false
}

// Another worker's executors of the same application may have their directories beside ours.
function ignoreInUse(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error
}
