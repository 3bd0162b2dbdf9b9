import { ProtocolError } from '../protocol-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

// A key may be written with escapes, and every spelling of `__proto__` has either a plain or an escaped
// underscore twice in a row.
const SUSPICIOUS = /__|\\u005[fF]/

/**
 * Parses UTF-8 JSON from a peer. Refuses nesting deeper than `maxDepth` before parsing, because whoever
 * walks the value recursively would overflow the stack; leaves out `__proto__` keys, because copying one
 * by assignment would replace a prototype.
 */
export function parseJsonDocument(bytes: Uint8Array, maxDepth: number): unknown {
  checkDepth(bytes, maxDepth)
  try {
    const text = decoder.decode(bytes)
    return SUSPICIOUS.test(text) ? JSON.parse(text, withoutPrototypeKeys) : JSON.parse(text)
  } catch (error) {
    throw new ProtocolError(`not a JSON document: ${(error as Error).message}`)
  }
}

// JSON syntax is ASCII, so nesting shows in the bytes without decoding them.
function checkDepth(bytes: Uint8Array, maxDepth: number): void {
  let depth = 0
  let inText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (inText) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++depth > maxDepth) {
        throw new ProtocolError(`JSON nests deeper than ${maxDepth} at offset ${at}`)
      }
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--
  }
}

function withoutPrototypeKeys(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}
