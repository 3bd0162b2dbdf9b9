// SPARK_MASTER_OPTS, SPARK_WORKER_OPTS and SPARK_DAEMON_JAVA_OPTS hold options for a JVM. Hearth has
// none, but run books set Spark's properties there as -Dkey=value, and those are honoured.
import { ConfigError } from './read-config.ts'

export interface JavaOptions {
  /** Every `-Dkey=value` of a `spark.*` or `hearth.*` key; the last of equal keys wins, as in a JVM. */
  readonly properties: ReadonlyMap<string, string>
  /** What else stood there (`-Xmx2g`, `-Dlog4j…`): without effect in Hearth. */
  readonly ignored: readonly string[]
}

/** Reads one variable; throws a {@link ConfigError} naming it when a quote is not closed. */
export function parseJavaOptions(variable: string, text: string): JavaOptions {
  const words = splitWords(text)
  if (words === undefined) {
    throw new ConfigError([
      `${variable}: a quote is opened and not closed in ${JSON.stringify(text)}`,
    ])
  }
  const properties = new Map<string, string>()
  const ignored: string[] = []
  for (const word of words) {
    const match = /^-D((?:spark|hearth)\.[^=]+)(?:=([\s\S]*))?$/.exec(word)
    if (match?.[1] === undefined) ignored.push(word)
    else properties.set(match[1], match[2] ?? '')
  }
  return { properties, ignored }
}

/**
 * Splits options into words as Spark's launcher does (CommandBuilderUtils.parseOptionString): white
 * space parts words, single and double quotes group, and a backslash outside single quotes takes
 * the next character as it is. Undefined when a quote stays open.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  let escaped = false
  for (const char of text) {
    if (escaped) {
      word = (word ?? '') + char
      escaped = false
    } else if (char === '\\' && quote !== "'") {
      escaped = true
    } else if (quote !== undefined) {
      if (char === quote) quote = undefined
      else word = (word ?? '') + char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote !== undefined || escaped) return undefined
  if (word !== undefined) words.push(word)
  return words
}
