import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  GZIP_ENDING,
  MAX_REMOVED_LOG_BYTES,
  compareRolled,
  formatRemovedLog,
  parseRemovedLog,
  removedLogFile,
  rolledStem,
  type LogRolling,
  type RemovedLog,
} from '@hearth/common/domain/log-rolling.ts'
import { compressFile, rolledLength } from './compress-file.ts'
import { readSmallFile } from './plain-file.ts'
import { nextRolledName } from './rolled-name.ts'

/** The rolled files of one log: their names, how many are kept, and their compression. */
export class RolledFiles {
  readonly #directory: string
  readonly #log: string
  readonly #rolling: LogRolling
  /** Stems, oldest first; without retention only the newest. */
  #stems: readonly string[]
  #removed: RemovedLog | undefined
  readonly #stop = new AbortController()

  private constructor(
    file: string,
    rolling: LogRolling,
    stems: readonly string[],
    removed: RemovedLog | undefined,
  ) {
    this.#directory = path.dirname(file)
    this.#log = path.basename(file)
    this.#rolling = rolling
    this.#stems = stems
    this.#removed = removed
  }

  /** Finds what was rolled before: an earlier run of a driver wrote to the same log. */
  static async find(file: string, rolling: LogRolling): Promise<RolledFiles> {
    const [directory, log] = [path.dirname(file), path.basename(file)]
    const stems = new Set<string>()
    for (const name of await readdir(directory)) {
      const stem = rolledStem(log, name)
      if (stem !== undefined) stems.add(stem)
    }
    const record = path.join(directory, removedLogFile(log))
    const text = await readSmallFile(record, MAX_REMOVED_LOG_BYTES)
    return new RolledFiles(file, rolling, [...stems].toSorted(compareRolled), parseRemovedLog(text))
  }

  /** Gives the log the name of a rolled file; undefined when there is no log. Throws when it cannot be done. */
  async take(now: number): Promise<string | undefined> {
    const last = this.#stems.at(-1) ?? this.#removed?.through
    const stem = nextRolledName(this.#log, this.#rolling.strategy, new Date(now), last)
    try {
      await rename(this.#pathOf(this.#log), this.#pathOf(stem))
    } catch (error) {
      // Whoever removed it meant to be rid of it.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    return stem
  }

  /** Undoes {@link take}. */
  async giveBack(stem: string): Promise<void> {
    await rename(this.#pathOf(stem), this.#pathOf(this.#log))
  }

  /** Keeps what {@link take} has made, removes what is too much, and compresses if that is wanted. */
  async keep(stem: string): Promise<void> {
    const { maxRetainedFiles, compress } = this.#rolling
    this.#stems = maxRetainedFiles === null ? [stem] : [...this.#stems, stem]
    const most = maxRetainedFiles ?? this.#stems.length
    for (let surplus = this.#stems.length - most; surplus > 0; surplus--) {
      await this.#removeOldest()
    }
    const { signal } = this.#stop
    if (!compress || signal.aborted) return
    await compressFile(this.#pathOf(stem), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }

  /** Ends a compression under way and begins no more; files stay as they are. */
  stopCompressing(): void {
    this.#stop.abort()
  }

  // Written down before it is done: a reader that finds the file all the same passes it over. On a disk that
  // is too full for a line, removing files is what helps, and who reads the log meanwhile loses the place.
  async #removeOldest(): Promise<void> {
    const [oldest, ...newer] = this.#stems
    if (oldest === undefined) return
    const file = this.#pathOf(oldest)
    const bytes = (this.#removed?.bytes ?? 0) + (await rolledLength(file))
    this.#removed = { bytes, through: oldest }
    this.#stems = newer
    const written = await this.#record(this.#removed).then(
      () => undefined,
      (error: unknown) => error,
    )
    await rm(file, { force: true })
    await rm(`${file}${GZIP_ENDING}`, { force: true })
    if (written !== undefined) throw written as Error
  }

  async #record(removed: RemovedLog): Promise<void> {
    const record = this.#pathOf(removedLogFile(this.#log))
    await rm(`${record}.new`, { force: true })
    await writeFile(`${record}.new`, formatRemovedLog(removed), { flag: 'wx' })
    await rename(`${record}.new`, record)
  }

  #pathOf(name: string): string {
    return path.join(this.#directory, name)
  }
}
