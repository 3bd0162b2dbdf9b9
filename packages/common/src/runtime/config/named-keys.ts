// Keys with a name of the user's choice in them, such as spark.worker.resource.{name}.amount.
import { ConfigError, readConfig } from './read-config.ts'
import type { ConfigKey, ConfigOf, ConfigTable } from './table.ts'

const PLACEHOLDER = '{name}'

/** True for a key of which there is one per name. */
export function isNamedKey({ key }: ConfigKey): boolean {
  return key.includes(PLACEHOLDER)
}

/** Matches the spellings of a named key; the first group is the name. */
export function keyPattern(key: string): RegExp {
  const [before = '', after = ''] = key.split(PLACEHOLDER).map((part) => escape(part))
  return new RegExp(`^${before}(.+)${after}$`)
}

/**
 * Reads a table of named keys out of Spark's properties: the values by name, in the order in which names
 * first stand. All bad values are reported at once, in one ConfigError.
 */
export function readNamedConfig<Table extends ConfigTable>(
  table: Table,
  properties: ReadonlyMap<string, string>,
): ReadonlyMap<string, ConfigOf<Table>> {
  const patterns = Object.values(table).map(({ key }) => keyPattern(key))
  const names = [...properties.keys()].flatMap((key) =>
    patterns.flatMap((pattern) => pattern.exec(key)?.[1] ?? []),
  )
  const problems: string[] = []
  const values = new Map<string, ConfigOf<Table>>()
  for (const name of new Set(names)) {
    try {
      values.set(name, readConfig(tableFor(table, name), properties))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return values
}

/** The table with `name` in the place of the placeholder. */
function tableFor<Table extends ConfigTable>(table: Table, name: string): Table {
  const entries = Object.entries(table).map(
    ([property, key]) =>
      [property, { ...key, key: key.key.replace(PLACEHOLDER, () => name) }] as const,
  )
  // Only the spelling of the keys differs.
  return Object.fromEntries(entries) as unknown as Table
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
