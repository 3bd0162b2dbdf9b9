// The syntax of java.util.Properties, which is what spark-defaults.conf and every file given with
// --properties-file are read as (Spark's Utils.getPropertiesFromFile).
import { readFile } from 'node:fs/promises'
import { ConfigError } from './read-config.ts'

const OWN_KEY = /^(?:spark|hearth)\./
const MAX_FILE_BYTES = 1024 * 1024

/**
 * The `spark.*` and `hearth.*` keys of a properties file; other keys are not ours to read. Throws a
 * {@link ConfigError} that names the file when it cannot be read.
 */
export async function readPropertiesFile(path: string): Promise<ReadonlyMap<string, string>> {
  let content: Buffer
  try {
    content = await readFile(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([`properties file ${path} cannot be read: ${reason}`])
  }
  if (content.length > MAX_FILE_BYTES) {
    throw new ConfigError([`properties file ${path} is larger than ${MAX_FILE_BYTES} bytes`])
  }
  return parseProperties(content.toString('utf8'))
}

/**
 * Reads properties: key and value parted by white space, `=` or `:`; comments with `#` or `!`; a
 * line that ends in an odd number of backslashes goes on; `\t \n \r \f \uXXXX` and escaped
 * separators. As in Spark, values lose the white space round them, and the last of equal keys wins.
 */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const [key, value] = splitLine(line)
    if (OWN_KEY.test(key)) properties.set(key, value.trim())
  }
  return properties
}

function* logicalLines(text: string): Generator<string> {
  let pending: string | undefined
  for (const line of text.split(/\r\n|\n|\r/)) {
    const stripped = line.replace(/^[ \t\f]+/, '')
    // Comments are only seen where a line begins: within a continued line `#` is text.
    if (pending === undefined && (stripped === '' || /^[#!]/.test(stripped))) continue
    const whole: string = (pending ?? '') + stripped
    if (endsInOddBackslashes(stripped)) {
      pending = whole.slice(0, -1)
    } else {
      pending = undefined
      yield whole
    }
  }
  if (pending !== undefined) yield pending
}

function endsInOddBackslashes(line: string): boolean {
  const tail = /\\+$/.exec(line)
  return tail !== null && tail[0].length % 2 === 1
}

function splitLine(line: string): readonly [key: string, value: string] {
  const match = /^((?:\\.|[^\\=:\s])*)[ \t\f]*(?:[=:][ \t\f]*)?([\s\S]*)$/.exec(line)
  return [unescape(match?.[1] ?? ''), unescape(match?.[2] ?? '')]
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/g, (_whole, hex?: string, one?: string) =>
    hex === undefined ? (ESCAPES[one ?? ''] ?? one ?? '') : String.fromCharCode(parseInt(hex, 16)),
  )
}
