import { decodeModifiedUtf8 } from './modified-utf8.ts'

/** A power of two, some times as many as a version of Spark has names on the wire. */
const SLOTS = 4096
const MAX_BYTES = 128

/**
 * Interns texts that stand in one message after the other, such as the names of classes and fields: one that was
 * read before is given again, instead of a new string for each message. Keeps at most 4096 texts of at most 128
 * bytes, whatever peers send, until others take their places: not for what may be a secret.
 */
export class InternTable {
  readonly #slots: string[] = Array.from({ length: SLOTS }, () => '')

  /** What {@link decodeModifiedUtf8} gives for the bytes from `from` to before `to`; throws as it does. */
  read(bytes: Uint8Array, from: number, to: number): string {
    if (to - from > MAX_BYTES) return decodeModifiedUtf8(bytes, from, to)
    // FNV-1a.
    let hash = 0x811c9dc5
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1)
    const known = this.#slots[slot]
    if (known !== undefined && isText(known, bytes, from, to)) return known
    const text = decodeModifiedUtf8(bytes, from, to)
    this.#slots[slot] = text
    return text
  }
}

// True for plain ASCII only: one byte for each unit, and the same.
function isText(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte > 0x7f || text.charCodeAt(at - from) !== byte) return false
  }
  return true
}
