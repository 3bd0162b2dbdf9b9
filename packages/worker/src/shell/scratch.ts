// The scratch directories of applications: executors fill them, the worker removes them.
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import { scratchPaths } from '../doors/spark/scratch-paths.ts'
import { removeScratchDirs } from '../launcher/scratch-dirs.ts'

export class Scratch {
  readonly roots: readonly string[]
  /** Names this worker's own directories under the roots. */
  readonly id: string

  constructor(roots: readonly string[], id: string) {
    this.roots = roots
    this.id = id
  }

  /** Removes what the application left behind. Returns one sentence per failure. */
  remove(applicationId: ApplicationId): Promise<string[]> {
    return removeScratchDirs(scratchPaths(this.roots, this.id, applicationId))
  }

  /**
   * Removes what earlier lives of this worker left behind, but for the applications that still have a
   * process here. Returns one sentence per failure.
   */
  async removeAllBut(applications: readonly ApplicationId[]): Promise<string[]> {
    const kept = new Set(applications.flatMap((id) => scratchPaths(this.roots, this.id, id)))
    const problems: string[] = []
    for (const parent of this.#parents()) {
      if (kept.size === 0) {
        problems.push(...(await removeScratchDirs([parent])))
        continue
      }
      const found = await readdir(parent).catch(() => [])
      const dirs = found.map((name) => path.join(parent, name)).filter((dir) => !kept.has(dir))
      problems.push(...(await removeScratchDirs(dirs)))
    }
    return problems
  }

  // They are the same for every application.
  #parents(): string[] {
    return scratchPaths(this.roots, this.id, '').map((dir) => path.dirname(dir))
  }
}
