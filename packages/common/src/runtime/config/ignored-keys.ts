import { isNamedKey, keyPattern } from './named-keys.ts'
import type { ConfigKey, ConfigTable } from './table.ts'

// Only what an operator sets for daemons: an application's own keys (spark.executor.*, spark.sql.*)
// stand in the same spark-defaults.conf, and belong to spark-submit.
const DAEMON_KEYS =
  /^spark\.(?:deploy|master|worker|dead|shuffle\.service|history|metrics|acls|admin|ssl|authenticate|network\.crypto|decommission)(?:\.|$)|^spark\.ui\.(?:reverseProxy|reverseProxyUrl|proxyRedirectUri|killEnabled|filters|allowFramingFrom)$/
const LONGEST_TYPO = 3

/** Daemon keys of Spark that are set and that no table honours, sorted. */
export function ignoredKeys(
  tables: readonly ConfigTable[],
  properties: ReadonlyMap<string, string>,
): readonly string[] {
  const known = spellings(tables)
  const named = namedKeys(tables).map(({ key }) => keyPattern(key))
  const isHonoured = (key: string) => known.has(key) || named.some((pattern) => pattern.test(key))
  return [...properties.keys()]
    .filter((key) => DAEMON_KEYS.test(key) && !isHonoured(key))
    .toSorted()
}

/**
 * One sentence for each `hearth.*` key that no table has, with the nearest key that exists. Unlike
 * Spark's keys these can only be mistakes.
 */
export function unknownOwnKeys(
  tables: readonly ConfigTable[],
  properties: ReadonlyMap<string, string>,
): readonly string[] {
  const known = spellings(tables)
  return [...properties.keys()]
    .filter((key) => key.startsWith('hearth.') && !known.has(key))
    .map((key) => {
      const near = nearest(key, [...known])
      return `${key} is not a key of Hearth${near === undefined ? '' : `; did you mean ${near}?`}`
    })
}

function spellings(tables: readonly ConfigTable[]): ReadonlySet<string> {
  const keys = tables.flatMap((table) => Object.values(table))
  return new Set(keys.flatMap((key) => [key.key, ...(key.aliases ?? [])]))
}

function namedKeys(tables: readonly ConfigTable[]): readonly ConfigKey[] {
  return tables.flatMap((table) => Object.values(table)).filter(isNamedKey)
}

function nearest(key: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(key, candidate) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= LONGEST_TYPO ? best.candidate : undefined
}

// Levenshtein's distance, one row at a time.
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
