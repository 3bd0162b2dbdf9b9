// The directories of executors and drivers under the work directory. Which of them this worker created is
// written down, one file per application with the numbers of its executors and an empty one per driver,
// because only those may be removed: other workers, and people, may use the same work directory.
import { appendFileSync, mkdirSync } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import {
  parseApplicationId,
  parseDriverId,
  type ApplicationId,
  type DriverId,
} from '@hearth/common/domain/ids.ts'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'

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

/** What owns directories here for as long as one of its processes lives. */
export interface LiveOwners {
  application(applicationId: ApplicationId): boolean
  driver(driverId: DriverId): boolean
}

export interface Removal {
  /** Applications and drivers whose directories went. */
  readonly removed: readonly string[]
  /** One sentence per failure. */
  readonly problems: readonly string[]
}

export class WorkDirs {
  readonly #workDir: string
  readonly #applications: string
  readonly #drivers: string

  constructor(workDir: string, stateDir: string) {
    this.#workDir = workDir
    this.#applications = path.join(stateDir, 'applications')
    this.#drivers = path.join(stateDir, 'drivers')
  }

  /** Remembers that the process's directory is about to be created here. */
  noteLaunch(key: ProcessKey): void {
    const [records, name, line] =
      key.kind === 'executor'
        ? [this.#applications, key.applicationId, `${key.executor}\n`]
        : [this.#drivers, key.driverId, '']
    mkdirSync(records, { recursive: true })
    appendFileSync(path.join(records, name), line)
  }

  /** Removes the directories of applications and drivers that do not live and hold nothing newer than `ttlMs`. */
  async removeOld(isLive: LiveOwners, ttlMs: number, now: number): Promise<Removal> {
    const removed: string[] = []
    const problems: string[] = []
    const attempt = async (id: string, remove: Promise<boolean>) => {
      try {
        if (await remove) removed.push(id)
      } catch (error) {
        problems.push(`cannot clean up after ${id}: ${(error as Error).message}`)
      }
    }
    for (const name of await fs.readdir(this.#applications).catch(() => [])) {
      const id = parseApplicationId(name)
      if (id === undefined || isLive.application(id)) continue
      await attempt(id, this.#removeApplicationIfOld(id, now - ttlMs))
    }
    for (const name of await fs.readdir(this.#drivers).catch(() => [])) {
      const id = parseDriverId(name)
      if (id === undefined || isLive.driver(id)) continue
      await attempt(id, this.#removeDriverIfOld(id, now - ttlMs))
    }
    return { removed, problems }
  }

  async #removeApplicationIfOld(applicationId: ApplicationId, before: number): Promise<boolean> {
    const record = path.join(this.#applications, applicationId)
    const numbers = new Set((await fs.readFile(record, 'utf8')).match(/^\d+$/gm))
    const directory = path.join(this.#workDir, applicationId)
    const owned = [...numbers].map((number) => path.join(directory, number))
    for (const dir of owned) if (await holdsNewer(dir, before)) return false
    for (const dir of owned) await fs.rm(dir, { recursive: true, force: true })
    await fs.rmdir(directory).catch(ignoreInUse)
    await fs.rm(record)
    return true
  }

  async #removeDriverIfOld(driverId: DriverId, before: number): Promise<boolean> {
    const directory = path.join(this.#workDir, driverId)
    if (await holdsNewer(directory, before)) return false
    await fs.rm(directory, { recursive: true, force: true })
    await fs.rm(path.join(this.#drivers, driverId))
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
