import { ProtocolError } from '../protocol-error.ts'

export interface JsonLimits {
  /** Deepest nesting of arrays and objects: whoever walks the value recursively must not overflow. */
  readonly maxDepth: number
  /** Most values together: an empty object takes two bytes here and dozens in memory. */
  readonly maxValues: number
}

const decoder = new TextDecoder('utf-8', { fatal: true })

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const COMMA = 0x2c

// However the letters of `__proto__` are escaped in a key, one of these remains.
const SUSPICIOUS = /__|\\u005[fF]/

/**
 * Parses UTF-8 JSON from a peer. What exceeds the limits is refused before it is parsed. Keys `__proto__`
 * are left out, because copying one by assignment would replace a prototype.
 */
export function parseJsonDocument(bytes: Uint8Array, limits: JsonLimits): unknown {
  checkLimits(bytes, limits)
  try {
    const text = decoder.decode(bytes)
    return SUSPICIOUS.test(text) ? JSON.parse(text, withoutPrototypeKeys) : JSON.parse(text)
  } catch (error) {
    throw new ProtocolError(`not a JSON document: ${(error as Error).message}`)
  }
}

// JSON syntax is ASCII, so nesting and commas show in the bytes without decoding them.
function checkLimits(bytes: Uint8Array, { maxDepth, maxValues }: JsonLimits): void {
  let depth = 0
  let values = 1
  let inText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (inText) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inText = false
      continue
    }
    if (byte === QUOTE) inText = true
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--
    else if (byte === COMMA) values++
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth++
      values++
    }
    if (depth > maxDepth) {
      throw new ProtocolError(`JSON nests deeper than ${maxDepth} at offset ${at}`)
    }
    if (values > maxValues) throw new ProtocolError(`JSON holds more than ${maxValues} values`)
  }
}

function withoutPrototypeKeys(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}
