import { ProtocolError } from '../protocol-error.ts'

/** A name and its value, in the order of the text; a name may come more than once. */
export type Directives = readonly (readonly [name: string, value: string])[]

// One `name=value` or `name="quoted value"` (RFC 2831, section 7.1), with the white space and the comma
// that may follow. Sticky: each match begins where the one before it has ended, so the time is linear.
const DIRECTIVE = /\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))\s*(?:,\s*|$)/sy

const MAX_DIRECTIVES = 32

/** Reads the directives of a DIGEST-MD5 message; ProtocolError for anything else. */
export function parseDirectives(text: string): Directives {
  const directives: [string, string][] = []
  DIRECTIVE.lastIndex = 0
  while (DIRECTIVE.lastIndex < text.length) {
    const at = DIRECTIVE.lastIndex
    const match = DIRECTIVE.exec(text)
    if (match === null) throw new ProtocolError(`DIGEST-MD5 message is malformed at offset ${at}`)
    const [, name = '', inQuotes, plain = ''] = match
    directives.push([name.toLowerCase(), inQuotes?.replace(/\\(.)/gs, '$1') ?? plain])
    if (directives.length > MAX_DIRECTIVES) {
      throw new ProtocolError('DIGEST-MD5 message has too many directives')
    }
  }
  return directives
}

/** The only value of a directive, or undefined; ProtocolError when it comes twice. */
export function onlyValue(directives: Directives, name: string): string | undefined {
  const values = directives.filter(([one]) => one === name)
  if (values.length > 1) throw new ProtocolError(`DIGEST-MD5 message says '${name}' twice`)
  return values[0]?.[1]
}

/** As {@link onlyValue}; ProtocolError when the directive is missing or empty too. */
export function requiredValue(directives: Directives, name: string): string {
  const value = onlyValue(directives, name)
  if (value === undefined || value === '')
    throw new ProtocolError(`DIGEST-MD5 message has no '${name}'`)
  return value
}

export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
