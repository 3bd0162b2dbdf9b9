import type { FileHandle } from 'node:fs/promises'
import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import { openToAppend } from './plain-file.ts'
import { NEVER, createRollSchedule, type RollSchedule } from './roll-schedule.ts'
import { RolledFiles } from './rolled-files.ts'

export interface RollingLogOptions {
  /** Wall-clock time, in milliseconds since the epoch. */
  readonly now: () => number
  /** What keeps the log from being written or rolled; said once for each log, however long it lasts. */
  readonly onProblem: (problem: string) => void
}

/**
 * A log file that is rolled. Whatever is appended arrives in the order of the calls, over all files; what
 * cannot be written is dropped and counted, for whoever wrote it is not to wait for a disk that is full.
 */
export class RollingLog {
  readonly #file: string
  readonly #files: RolledFiles
  readonly #options: RollingLogOptions
  readonly #schedule: RollSchedule
  #handle: FileHandle
  #work: Promise<void> = Promise.resolve()
  /** What becomes of the file that was rolled last: one at a time, so that no more wait than one. */
  #keeping: Promise<void> = Promise.resolve()
  #hasProblem = false
  #droppedBytes = 0

  private constructor(
    file: string,
    files: RolledFiles,
    schedule: RollSchedule,
    handle: FileHandle,
    options: RollingLogOptions,
  ) {
    this.#file = file
    this.#files = files
    this.#schedule = schedule
    this.#handle = handle
    this.#options = options
  }

  /** Opens the log, which goes on where it ended; throws when that cannot be. */
  static async open(
    file: string,
    rolling: LogRolling,
    options: RollingLogOptions,
  ): Promise<RollingLog> {
    const handle = await openToAppend(file)
    try {
      const found = await handle.stat()
      const schedule = found.isFile()
        ? createRollSchedule(rolling.strategy, found.size, options.now())
        : NEVER
      const files = await RolledFiles.find(file, rolling)
      return new RollingLog(file, files, schedule, handle, options)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Resolves when the bytes and all before them are in the file, or are dropped. Never rejects. */
  append(bytes: Uint8Array): Promise<void> {
    return this.#next(async () => {
      const written = await this.#write(bytes)
      this.#droppedBytes += bytes.length - written
    })
  }

  /** The same for what must not be missing: rejects when not all could be written. */
  appendOrFail(bytes: Uint8Array): Promise<void> {
    return this.#next(async () => {
      let failure: unknown
      const written = await this.#write(bytes, (error) => {
        failure = error
      })
      if (written < bytes.length) throw failure
    })
  }

  /** Ends compressions, now and later: what they would replace stays as it is. */
  stopCompressing(): void {
    this.#files.stopCompressing()
  }

  /** Writes what was appended and closes the file, once nothing of it is being compressed. */
  async close(): Promise<void> {
    await this.#next(async () => {
      await this.#keeping
      if (this.#droppedBytes > 0) {
        this.#options.onProblem(`${this.#droppedBytes} bytes of ${this.#file} were dropped`)
      }
      await this.#handle.close().catch((error: unknown) => this.#complain(error))
    })
  }

  #next(task: () => Promise<void>): Promise<void> {
    const done = this.#work.then(task)
    this.#work = done.catch(() => undefined)
    return done
  }

  /** How many of the bytes have been written; the rest could not be. */
  async #write(
    bytes: Uint8Array,
    onError = (error: unknown) => this.#complain(error),
  ): Promise<number> {
    let written = 0
    try {
      while (written < bytes.length) {
        const room = this.#schedule.room(bytes.length - written, this.#options.now())
        if (room === 0) {
          await this.#roll()
          continue
        }
        const { bytesWritten } = await this.#handle.write(bytes, written, room)
        written += bytesWritten
        this.#schedule.wrote(bytesWritten)
      }
    } catch (error) {
      onError(error)
    }
    return written
  }

  // When it cannot be rolled, it goes on as it is until it is to be rolled again, as in Spark.
  async #roll(): Promise<void> {
    await this.#keeping
    try {
      const now = this.#options.now()
      const stem = await this.#files.take(now)
      await this.#openAnew(stem)
      if (stem !== undefined) {
        this.#keeping = this.#files.keep(stem).catch((error: unknown) => this.#complain(error))
      }
    } catch (error) {
      this.#complain(error)
    }
    this.#schedule.rolled(this.#options.now())
  }

  async #openAnew(stem: string | undefined): Promise<void> {
    let handle: FileHandle
    try {
      handle = await openToAppend(this.#file)
    } catch (error) {
      // The file that is open goes on being the log.
      if (stem !== undefined) await this.#files.giveBack(stem)
      throw error
    }
    const former = this.#handle
    this.#handle = handle
    await former.close()
  }

  #complain(error: unknown): void {
    if (this.#hasProblem) return
    this.#hasProblem = true
    const { message } = error as Error
    this.#options.onProblem(
      `${this.#file} cannot be written or rolled as it should: ${message}; what cannot be written is dropped`,
    )
  }
}
