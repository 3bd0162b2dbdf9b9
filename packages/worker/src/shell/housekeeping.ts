// What is removed while the worker runs: scratch directories of ended applications, and old directories
// of executors and drivers.
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { Scratch } from './scratch.ts'
import type { LiveOwners, WorkDirs } from './work-dirs.ts'

export interface HousekeepingOptions {
  readonly scratch: Scratch
  readonly workDirs: WorkDirs
  /** Undefined: old directories are kept. */
  readonly cleanup: { readonly intervalMs: number; readonly ttlMs: number } | undefined
  readonly isLive: LiveOwners
  readonly log: Logger
}

export class Housekeeping {
  readonly #options: HousekeepingOptions
  readonly #timer: NodeJS.Timeout | undefined
  /** One after the other: two removals of one directory would trip over each other. */
  #work: Promise<void> = Promise.resolve()

  constructor(options: HousekeepingOptions) {
    this.#options = options
    if (options.cleanup === undefined) return
    this.#timer = setInterval(() => this.#removeOld(), options.cleanup.intervalMs)
    this.#timer.unref()
  }

  removeScratch(applicationId: ApplicationId): void {
    this.#do(async () => this.#complain(await this.#options.scratch.remove(applicationId)))
  }

  /** Removes what no application of these left behind. */
  removeScratchOfAllBut(applications: readonly ApplicationId[]): void {
    const { scratch } = this.#options
    this.#do(async () => this.#complain(await scratch.removeAllBut(applications)))
  }

  /** Resolves when what was begun is done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#work
  }

  #removeOld(): void {
    const { cleanup, isLive, log, workDirs } = this.#options
    if (cleanup === undefined) return
    this.#do(async () => {
      const { removed, problems } = await workDirs.removeOld(isLive, cleanup.ttlMs, Date.now())
      for (const id of removed) log.info(`removed the old directories of ${id}`)
      this.#complain(problems)
    })
  }

  #do(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'cleaning up failed')
    })
  }

  #complain(problems: readonly string[]): void {
    for (const problem of problems) this.#options.log.warn(problem)
  }
}
