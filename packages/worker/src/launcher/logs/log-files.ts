import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import { RollingLog } from './rolling-log.ts'

interface Entry {
  readonly log: Promise<RollingLog>
  users: number
}

/**
 * The rolling logs that are open, one for each file: what an earlier run of a driver left running may still
 * write while the next run writes too.
 */
export class LogFiles {
  readonly #entries = new Map<string, Entry>()
  /** Those being closed too. */
  readonly #open = new Set<RollingLog>()
  readonly #closings = new Set<Promise<void>>()
  readonly #onProblem: (problem: string) => void

  constructor(onProblem: (problem: string) => void) {
    this.#onProblem = onProblem
  }

  /** The log of a file, to be given back with {@link release}; throws when it cannot be opened. */
  async acquire(file: string, rolling: LogRolling): Promise<RollingLog> {
    const entry = this.#entries.get(file) ?? this.#add(file, rolling)
    entry.users++
    try {
      return await entry.log
    } catch (error) {
      if (this.#entries.get(file) === entry) this.#entries.delete(file)
      throw error
    }
  }

  /** Closes the log when nobody else writes to it. */
  release(file: string): void {
    const entry = this.#entries.get(file)
    if (entry === undefined || --entry.users > 0) return
    this.#entries.delete(file)
    const closing: Promise<void> = this.#close(entry).finally(() => this.#closings.delete(closing))
    this.#closings.add(closing)
  }

  /** Resolves when what was released is closed; compressions are broken off. */
  async closed(): Promise<void> {
    for (const log of this.#open) log.stopCompressing()
    await Promise.all(this.#closings)
  }

  #add(file: string, rolling: LogRolling): Entry {
    const options = { now: Date.now, onProblem: this.#onProblem }
    const log = RollingLog.open(file, rolling, options).then((opened) => {
      this.#open.add(opened)
      return opened
    })
    const entry = { log, users: 0 }
    this.#entries.set(file, entry)
    return entry
  }

  async #close(entry: Entry): Promise<void> {
    const log = await entry.log
    await log.close()
    this.#open.delete(log)
  }
}
