import { compareRolled, type RollingStrategy } from '@hearth/common/domain/log-rolling.ts'

/** The name exactly, and with the number behind it that was added because it was taken. */
const NUMBERED: Readonly<Record<string, RegExp>> = {
  day: /^(.*--\d{4}-\d\d-\d\d)--(\d+)$/,
  hour: /^(.*--\d{4}-\d\d-\d\d--\d\d)--(\d+)$/,
  minute: /^(.*--\d{4}-\d\d-\d\d--\d\d-\d\d)--(\d+)$/,
  second: /^(.*--\d{4}-\d\d-\d\d--\d\d-\d\d-\d\d)--(\d+)$/,
  millisecond: /^(.*--\d{4}-\d\d-\d\d--\d\d-\d\d-\d\d--\d{4})--(\d+)$/,
}

/**
 * What the file of `log` is called that is rolled at `now`: Spark's pattern in local time, milliseconds
 * in four digits (`FileAppender.apply`, `SizeBasedRollingPolicy`). It comes after `last`, the newest there is,
 * also when the clock was set back: by a number behind that one's name, as Spark has for a name that is taken.
 */
export function nextRolledName(
  log: string,
  strategy: RollingStrategy,
  now: Date,
  last: string | undefined,
): string {
  const precision = strategy.by === 'size' ? 'millisecond' : strategy.names
  const name = `${log}${timeSuffix(precision, now)}`
  if (last === undefined || compareRolled(name, last) > 0) return name
  const [, base = last, number] = NUMBERED[precision]?.exec(last) ?? []
  return `${base}--${number === undefined ? 0 : Number(number) + 1}`
}

function timeSuffix(precision: string, at: Date): string {
  const date = `--${digits(at.getFullYear(), 4)}-${digits(at.getMonth() + 1)}-${digits(at.getDate())}`
  if (precision === 'day') return date
  const hour = `${date}--${digits(at.getHours())}`
  if (precision === 'hour') return hour
  const minute = `${hour}-${digits(at.getMinutes())}`
  if (precision === 'minute') return minute
  const second = `${minute}-${digits(at.getSeconds())}`
  return precision === 'second' ? second : `${second}--${digits(at.getMilliseconds(), 4)}`
}

function digits(value: number, count = 2): string {
  return String(value).padStart(count, '0')
}
