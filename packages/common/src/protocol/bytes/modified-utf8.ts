// Java's modified UTF-8 (java.io.DataInput): U+0000 is the two bytes C0 80, and every UTF-16 code unit
// is coded by itself, so a character outside the basic plane takes six bytes, three per surrogate.
import { ProtocolError } from '../protocol-error.ts'

const CHUNK = 8192
const ASCII = new TextDecoder()

/** Bytes that {@link encodeModifiedUtf8} makes of the text; Java counts lengths in these bytes. */
export function modifiedUtf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7ff) length += 2
    else if (unit > 0x7f || unit === 0) length += 1
  }
  return length
}

/** The text as modified UTF-8, without a length before it. Lone surrogates are kept. */
export function encodeModifiedUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(modifiedUtf8Length(text))
  encodeModifiedUtf8Into(text, bytes, 0)
  return bytes
}

/** Writes what {@link encodeModifiedUtf8} gives into `bytes` from `start` on; the caller has made room for all of it. */
export function encodeModifiedUtf8Into(text: string, bytes: Uint8Array, start: number): void {
  let at = start
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7ff) {
      bytes[at++] = 0xe0 | (unit >> 12)
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f)
      bytes[at++] = 0x80 | (unit & 0x3f)
    } else if (unit > 0x7f || unit === 0) {
      bytes[at++] = 0xc0 | (unit >> 6)
      bytes[at++] = 0x80 | (unit & 0x3f)
    } else {
      bytes[at++] = unit
    }
  }
}

/**
 * The text of modified UTF-8 bytes, from `from` to before `to`; the inverse of {@link encodeModifiedUtf8}. Forms that
 * Java's own reader takes (a plain zero byte, over-long forms) are taken too; what it refuses is a ProtocolError.
 */
export function decodeModifiedUtf8(bytes: Uint8Array, from = 0, to = bytes.length): string {
  // Nearly every text is plain ASCII, which is the same in UTF-8.
  if (isAscii(bytes, from, to)) return ASCII.decode(bytes.subarray(from, to))
  let text = ''
  // In pieces, because String.fromCharCode takes its units as arguments, and those live on the stack.
  const units: number[] = []
  for (let at = from; at < to;) {
    const first = bytes[at] ?? 0
    if (first < 0x80) {
      units.push(first)
      at += 1
    } else if (first >> 5 === 0b110) {
      units.push(((first & 0x1f) << 6) | continuation(bytes, at + 1, from, to))
      at += 2
    } else if (first >> 4 === 0b1110) {
      const high = ((first & 0x0f) << 12) | (continuation(bytes, at + 1, from, to) << 6)
      units.push(high | continuation(bytes, at + 2, from, to))
      at += 3
    } else {
      throw new ProtocolError(
        `byte ${at - from} of a string cannot start a modified UTF-8 character`,
      )
    }
    if (units.length === CHUNK) {
      text += String.fromCharCode(...units)
      units.length = 0
    }
  }
  return text + String.fromCharCode(...units)
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  let all = 0
  for (let at = from; at < to; at++) all |= bytes[at] ?? 0
  return all < 0x80
}

function continuation(bytes: Uint8Array, at: number, from: number, to: number): number {
  const byte = bytes[at]
  if (byte === undefined || at >= to) {
    throw new ProtocolError('a string ends within a modified UTF-8 character')
  }
  if (byte >> 6 !== 0b10) {
    throw new ProtocolError(
      `byte ${at - from} of a string does not continue a modified UTF-8 character`,
    )
  }
  return byte & 0x3f
}
