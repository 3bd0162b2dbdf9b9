// How Spark's worker rolls the logs of executors, out of its keys (FileAppender, Spark 3.5 to 4.3). Spark
// leaves the output of drivers in one file; here it is rolled too.
import type { LogRolling, RollingStrategy } from '@hearth/common/domain/log-rolling.ts'

const SECOND_MS = 1000
const DAY_MS = 86_400 * SECOND_MS

/** Ten of Spark's buffers; less is raised to it (`SizeBasedRollingPolicy.MINIMUM_SIZE_BYTES`). */
export const LEAST_SIZE_BYTES = 81_920
/** The same of intervals (`TimeBasedRollingPolicy.MINIMUM_INTERVAL_SECONDS`). */
const LEAST_INTERVAL_MS = 60 * SECOND_MS

export interface LogRollingKeys {
  /** `none` or empty, `size`, `time`. */
  readonly rollingStrategy: string
  readonly rollingMaxBytes: number
  readonly rollingInterval: string
  /** 0 or less keeps all. */
  readonly rollingRetainedFiles: number
  readonly rollingCompression: boolean
}

/**
 * Reads the keys; null when logs are not rolled. `warn` hears of what is raised to Spark's least. Throws a
 * sentence for what Spark would pass over, for then nothing would be rolled and the disk fill up.
 */
export function readLogRolling(
  keys: LogRollingKeys,
  warn: (text: string) => void,
): LogRolling | null {
  const { rollingRetainedFiles, rollingCompression } = keys
  const strategy = strategyOf(keys, warn)
  if (strategy === null) return null
  return {
    strategy,
    maxRetainedFiles: rollingRetainedFiles > 0 ? rollingRetainedFiles : null,
    compress: rollingCompression,
  }
}

function strategyOf(keys: LogRollingKeys, warn: (text: string) => void): RollingStrategy | null {
  switch (keys.rollingStrategy.trim()) {
    case '':
    case 'none':
      return null
    case 'size':
      return sizeStrategy(keys, warn)
    case 'time':
      return timeStrategy(keys, warn)
    default:
      throw badValue('spark.executor.logs.rolling.strategy', keys.rollingStrategy, [
        'none',
        'size',
        'time',
      ])
  }
}

function sizeStrategy(
  { rollingMaxBytes }: LogRollingKeys,
  warn: (text: string) => void,
): RollingStrategy {
  if (rollingMaxBytes < LEAST_SIZE_BYTES) {
    const key = 'spark.executor.logs.rolling.maxSize'
    warn(`${key}: ${rollingMaxBytes} is too small; logs are rolled at ${LEAST_SIZE_BYTES} bytes`)
  }
  return { by: 'size', maxBytes: Math.max(rollingMaxBytes, LEAST_SIZE_BYTES) }
}

function timeStrategy(
  { rollingInterval }: LogRollingKeys,
  warn: (text: string) => void,
): RollingStrategy {
  const key = 'spark.executor.logs.rolling.time.interval'
  const text = rollingInterval.trim()
  if (text === 'daily') return { by: 'time', intervalMs: DAY_MS, names: 'day' }
  if (text === 'hourly') return { by: 'time', intervalMs: DAY_MS / 24, names: 'hour' }
  if (text === 'minutely') return { by: 'time', intervalMs: 60 * SECOND_MS, names: 'minute' }
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    throw badValue(key, rollingInterval, ['daily', 'hourly', 'minutely', 'a number of seconds'])
  }
  const intervalMs = Number(text) * SECOND_MS
  if (intervalMs < LEAST_INTERVAL_MS) {
    warn(`${key}: ${text} s is too short; logs are rolled every ${LEAST_INTERVAL_MS / SECOND_MS} s`)
  }
  return { by: 'time', intervalMs: Math.max(intervalMs, LEAST_INTERVAL_MS), names: 'second' }
}

function badValue(key: string, text: string, allowed: readonly string[]): Error {
  return new Error(
    `${key}: ${JSON.stringify(text.slice(0, 80))} is not one of ${allowed.join(', ')}`,
  )
}
