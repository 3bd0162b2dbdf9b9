import { lstat, mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { ensurePrivateDirectory, problemOfPrivateDirectory } from './private-directory.ts'

export interface ScratchOutcome {
  readonly created: readonly string[]
  /** One sentence per directory that could not be created. */
  readonly problems: readonly string[]
}

/**
 * Creates scratch directories `ROOT/spark-<uuid>/executor-<uuid>`, the last two levels for the owner
 * alone. A root that fails (a dead disk) does not spoil the others: an executor passes over directories
 * that are not there.
 */
export async function createScratchDirs(dirs: readonly string[]): Promise<ScratchOutcome> {
  const created: string[] = []
  const problems: string[] = []
  for (const dir of dirs) {
    try {
      await ensurePrivateDirectory(path.dirname(dir))
      await ensurePrivateDirectory(dir)
      created.push(dir)
    } catch (error) {
      problems.push(`cannot create scratch directory ${dir}: ${(error as Error).message}`)
    }
  }
  return { created, problems }
}

/**
 * Removes an application's scratch directories with all they hold; one that is not there is no failure,
 * one that is not ours alone is left alone. Returns one sentence per failure.
 */
export async function removeScratchDirs(dirs: readonly string[]): Promise<string[]> {
  const problems: string[] = []
  for (const dir of dirs) {
    try {
      await removeOne(dir)
    } catch (error) {
      problems.push(`cannot remove scratch directory ${dir}: ${(error as Error).message}`)
    }
  }
  return problems
}

async function removeOne(dir: string): Promise<void> {
  const found = await lstat(dir).catch(() => undefined)
  if (found === undefined) return
  const problem = await problemOfPrivateDirectory(dir)
  if (problem !== undefined) throw new Error(`it ${problem}`)
  await rm(dir, { recursive: true, force: true })
}

/** Creates the directory in which a process runs and logs. */
export async function createWorkDir(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
}
