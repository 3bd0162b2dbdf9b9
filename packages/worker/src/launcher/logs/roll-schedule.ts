import type { RollingStrategy } from '@hearth/common/domain/log-rolling.ts'

/** Spark reads so much at once and rolls between two reads (`RollingFileAppender.DEFAULT_BUFFER_SIZE`). */
const STEP_BYTES = 8192

/** When the file that is written is to be rolled (`RollingPolicy`, Spark 3.5 to 4.3). */
export interface RollSchedule {
  /** How many of so many bytes may go into the file as it is; 0 when it is to be rolled first. */
  room(bytes: number, now: number): number
  wrote(bytes: number): void
  rolled(now: number): void
}

/** `size` is what the file holds already; `now` is wall-clock time, in milliseconds since the epoch. */
export function createRollSchedule(
  strategy: RollingStrategy,
  size: number,
  now: number,
): RollSchedule {
  return strategy.by === 'size'
    ? new SizeSchedule(strategy.maxBytes, size)
    : new TimeSchedule(strategy.intervalMs, now)
}

/** For what is no file of its own, such as a terminal or `/dev/null` behind a link. */
export const NEVER: RollSchedule = {
  room: (bytes) => bytes,
  wrote: () => undefined,
  rolled: () => undefined,
}

class SizeSchedule implements RollSchedule {
  readonly #maxBytes: number
  #bytes: number

  constructor(maxBytes: number, size: number) {
    this.#maxBytes = maxBytes
    this.#bytes = size
  }

  room(bytes: number): number {
    const left = this.#maxBytes - this.#bytes
    if (bytes <= left) return bytes
    if (this.#bytes === 0) return this.#maxBytes
    return Math.max(0, left - (left % STEP_BYTES))
  }

  wrote(bytes: number): void {
    this.#bytes += bytes
  }

  rolled(): void {
    this.#bytes = 0
  }
}

class TimeSchedule implements RollSchedule {
  readonly #intervalMs: number
  #next: number

  constructor(intervalMs: number, now: number) {
    this.#intervalMs = intervalMs
    this.#next = this.#nextAfter(now)
  }

  room(bytes: number, now: number): number {
    return now > this.#next ? 0 : bytes
  }

  wrote(): void {}

  rolled(now: number): void {
    this.#next = this.#nextAfter(now)
  }

  // Multiples since the epoch: `daily` is midnight of UTC, whatever the time zone, as in Spark.
  #nextAfter(now: number): number {
    return Math.ceil(now / this.#intervalMs) * this.#intervalMs
  }
}
