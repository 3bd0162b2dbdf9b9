import type { ConfigKey, ConfigOf, ConfigTable, DurationUnit, SizeUnit } from './table.ts'
import { MIB, formatBytes, formatDurationMs, parseBytes, parseDurationMs } from './units.ts'

const MAX_INTEGER = 2_147_483_647
const SHOWN_VALUE_LENGTH = 80

/** Bad configuration: one sentence per bad value, each naming the key, the value and what is allowed. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/**
 * Reads the keys of a table out of Spark's properties. All bad values are reported at once, in one
 * {@link ConfigError}; keys that are not in the table are left alone. The result is frozen.
 */
export function readConfig<Table extends ConfigTable>(
  table: Table,
  properties: ReadonlyMap<string, string>,
): ConfigOf<Table> {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, key] of Object.entries(table)) {
    const spelling = [key.key, ...(key.aliases ?? [])].find((one) => properties.has(one))
    const text = spelling === undefined ? undefined : properties.get(spelling)
    if (spelling === undefined || text === undefined) {
      values[name] = key.default
      continue
    }
    const value = parseValue(key, text)
    if (value === undefined) problems.push(describeProblem(key, spelling, text))
    values[name] = value
  }
  if (problems.length > 0) throw new ConfigError(problems)
  // Each value was parsed by its key's kind or is its key's default, which is what ConfigOf says.
  return Object.freeze(values) as ConfigOf<Table>
}

function parseValue(key: ConfigKey, text: string): string | number | boolean | undefined {
  switch (key.kind) {
    case 'string':
      return key.choices === undefined ? text : pickChoice(key.choices, text)
    case 'boolean':
      return parseBoolean(text)
    case 'integer':
    case 'fraction':
    case 'duration-ms':
    case 'memory-mb':
    case 'bytes':
      return inRange(key, parseNumber(key, text))
  }
}

function pickChoice(choices: readonly string[], text: string): string | undefined {
  const wanted = text.trim().toLowerCase()
  return choices.find((choice) => choice.toLowerCase() === wanted)
}

function parseBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

function parseNumber(key: ConfigKey, text: string): number | undefined {
  switch (key.kind) {
    case 'duration-ms':
      return parseDurationMs(text, (key.bareUnit ?? 'ms') as DurationUnit)
    case 'bytes':
      return parseBytes(text, (key.bareUnit ?? 'b') as SizeUnit)
    case 'memory-mb': {
      const bytes = parseBytes(text, (key.bareUnit ?? 'm') as SizeUnit)
      return bytes === undefined ? undefined : Math.floor(bytes / MIB)
    }
    case 'fraction':
      return /^\d(?:\.\d{1,9})?$/.test(text.trim()) ? Number(text) : undefined
    default:
      return /^-?\d{1,10}$/.test(text.trim()) ? Number(text) : undefined
  }
}

function inRange(key: ConfigKey, value: number | undefined): number | undefined {
  if (value === undefined || value < minimum(key) || value > maximum(key)) return undefined
  return value
}

// Negative amounts mean nothing except where a table says so (Spark's -1 for "no limit").
function minimum(key: ConfigKey): number {
  return key.min ?? 0
}

function maximum(key: ConfigKey): number {
  return key.max ?? (key.kind === 'integer' ? MAX_INTEGER : Number.MAX_SAFE_INTEGER)
}

function describeProblem(key: ConfigKey, spelling: string, text: string): string {
  const shown = text.length > SHOWN_VALUE_LENGTH ? `${text.slice(0, SHOWN_VALUE_LENGTH)}…` : text
  return `${spelling}: ${JSON.stringify(shown)} is not ${describeAllowed(key)}`
}

/** What a key accepts, as it stands behind "is not" in an error and in the documentation. */
export function describeAllowed(key: ConfigKey): string {
  switch (key.kind) {
    case 'string':
      return key.choices === undefined ? 'a text' : `one of ${key.choices.join(', ')}`
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `a whole number${describeRange(key, String)}`
    case 'fraction':
      return `a number such as 0.25${describeRange(key, String)}`
    case 'duration-ms':
      return `a duration such as 500ms, 60s or 2min${describeRange(key, formatDurationMs)}`
    case 'memory-mb':
      return `an amount of memory such as 512m or 4g${describeRange(key, (mb) => formatBytes(mb * MIB))}`
    case 'bytes':
      return `a size such as 64k or 16m${describeRange(key, formatBytes)}`
  }
}

function describeRange(key: ConfigKey, format: (value: number) => string): string {
  if (key.max === undefined) return key.min === undefined ? '' : ` of at least ${format(key.min)}`
  return ` from ${format(minimum(key))} to ${format(key.max)}`
}
