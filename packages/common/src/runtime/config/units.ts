import type { DurationUnit, SizeUnit } from './table.ts'

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
  p: 1024 ** 5,
  pb: 1024 ** 5,
}

export const MIB = 1024 ** 2

/**
 * A duration in whole milliseconds: `100ms`, `60s`, `2min`, or a bare number of `bareUnit`s. The
 * suffixes are those of Spark's JavaUtils.timeStringAs. Undefined for anything else, fractions too.
 */
export function parseDurationMs(text: string, bareUnit: DurationUnit): number | undefined {
  return parseQuantity(text, MS_PER_UNIT, bareUnit)
}

/**
 * A size in bytes: `512m`, `1g`, `64kb`, or a bare number of `bareUnit`s, powers of 1024. The
 * suffixes are those of Spark's JavaUtils.byteStringAs. Undefined for anything else, fractions too.
 */
export function parseBytes(text: string, bareUnit: SizeUnit): number | undefined {
  return parseQuantity(text, BYTES_PER_UNIT, bareUnit)
}

function parseQuantity(
  text: string,
  factors: Readonly<Record<string, number>>,
  bareUnit: string,
): number | undefined {
  const match = /^(-?\d+)([a-z]*)$/.exec(text.trim().toLowerCase())
  if (match === null) return undefined
  const [, digits = '', suffix = ''] = match
  const unit = suffix === '' ? bareUnit : suffix
  if (!Object.hasOwn(factors, unit)) return undefined
  const value = Math.floor(Number(digits) * (factors[unit] ?? Number.NaN))
  return Number.isSafeInteger(value) ? value : undefined
}

/** The shortest exact text for a duration: `90000` is `90s`, `120000` is `2min`. */
export function formatDurationMs(ms: number): string {
  return formatQuantity(ms, MS_PER_UNIT, ['d', 'h', 'min', 's', 'ms'])
}

/** The shortest exact text for a size: `1048576` is `1m`. */
export function formatBytes(bytes: number): string {
  return formatQuantity(bytes, BYTES_PER_UNIT, ['t', 'g', 'm', 'k', 'b'])
}

function formatQuantity(
  value: number,
  factors: Readonly<Record<string, number>>,
  units: readonly string[],
): string {
  const unit = units.find((name) => value !== 0 && value % (factors[name] ?? 1) === 0)
  return unit === undefined ? String(value) : `${value / (factors[unit] ?? 1)}${unit}`
}
