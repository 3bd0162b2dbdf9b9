// Flags and variables that hold numbers, and which of several places wins.
import { usageFailure } from '../command-failure.ts'

/** Where a setting may stand, the strongest first. */
export interface SettingSource {
  /** As the user wrote it: `--port` or `SPARK_MASTER_PORT`. */
  readonly name: string
  readonly text: string | undefined
}

export interface FoundSetting {
  readonly name: string
  readonly text: string
}

/** The first source that says something; a variable that is set to nothing says nothing. */
export function firstSet(sources: readonly SettingSource[]): FoundSetting | undefined {
  for (const { name, text } of sources) {
    if (text !== undefined && text.trim() !== '') return { name, text: text.trim() }
  }
  return undefined
}

/** A port from the first source that says something; 0 means any free one. */
export function portFrom(sources: readonly SettingSource[], fallback: number): number {
  return integerFrom(sources, {
    fallback,
    min: 0,
    max: 65_535,
    what: 'a port from 0 (any) to 65535',
  })
}

export interface IntegerRange {
  readonly fallback: number
  readonly min: number
  readonly max: number
  /** What is allowed, as it stands behind "is not". */
  readonly what: string
}

export function integerFrom(sources: readonly SettingSource[], range: IntegerRange): number {
  const source = firstSet(sources)
  if (source === undefined) return range.fallback
  const value = /^\d{1,10}$/.test(source.text) ? Number(source.text) : Number.NaN
  if (value >= range.min && value <= range.max) return value
  throw usageFailure(`${source.name}: '${source.text}' is not ${range.what}`)
}
