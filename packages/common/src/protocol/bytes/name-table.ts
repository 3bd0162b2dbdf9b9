import { decodeModifiedUtf8 } from './modified-utf8.ts'

/** A power of two, some times as many as a version of Spark has names on the wire. */
const SLOTS = 4096
const MAX_LENGTH = 128

/**
 * Texts that stand in one message after the other, such as the names of classes and fields: a text that was read
 * before is given again, instead of making one more that lives as long as a message. Holds at most 4096 short
 * texts, whatever peers send, so it is not for what may be a secret.
 */
export class NameTable {
  readonly #slots: string[] = Array.from({ length: SLOTS }, () => '')

  /** The text of `bytes` from `from` to before `to`, which are modified UTF-8 as {@link decodeModifiedUtf8} takes it. */
  read(bytes: Uint8Array, from: number, to: number): string {
    if (to - from > MAX_LENGTH) return decodeModifiedUtf8(bytes, from, to)
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
