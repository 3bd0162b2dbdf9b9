import { ProtocolError } from '../protocol-error.ts'
import { ByteQueue } from './byte-queue.ts'

/** Bytes of a length field, which counts itself. */
export const LENGTH_BYTES = 8

/**
 * Cuts a byte stream into pieces behind an int64 length that counts itself, whatever the chunks are. A
 * piece that lies within one chunk is a view of that chunk; one that spans chunks is joined once. A
 * declared length reserves nothing. After a ProtocolError the stream has no known boundary any more.
 */
export class LengthPrefixedDecoder {
  readonly #what: string
  readonly #maxBytes: number
  readonly #pending = new ByteQueue()
  readonly #length = new Uint8Array(LENGTH_BYTES)
  // How much of the length field of the unfinished piece has arrived, and then its value.
  #lengthBytes = 0
  #pieceBytes = 0
  #unread: Uint8Array = new Uint8Array(0)

  /** `what` names a piece in errors; `maxBytes` counts the length field too. */
  constructor(what: string, maxBytes: number) {
    this.#what = what
    this.#maxBytes = maxBytes
  }

  /** Bytes held of a piece that is not complete. */
  get bufferedBytes(): number {
    return this.#lengthBytes + this.#pending.length
  }

  /** Of the chunk that is being taken, what lies behind the piece that came last. */
  get unread(): Uint8Array {
    return this.#unread
  }

  /**
   * The pieces that this chunk completes, in order, without their length; iterate to the end, or nothing
   * of the rest is taken. Throws ProtocolError for an impossible length, after the good pieces before it.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#unread = chunk
    while (this.#unread.length > 0) {
      if (this.#lengthBytes < LENGTH_BYTES) {
        this.#takeLength()
        continue
      }
      const missing = this.#pieceBytes - this.bufferedBytes
      const part = this.#unread.subarray(0, missing)
      this.#unread = this.#unread.subarray(part.length)
      if (part.length < missing) this.#pending.push(part)
      else yield this.#complete(part)
    }
  }

  // Moves bytes into the length field; checks the length as soon as it is whole.
  #takeLength(): void {
    const part = this.#unread.subarray(0, LENGTH_BYTES - this.#lengthBytes)
    this.#length.set(part, this.#lengthBytes)
    this.#lengthBytes += part.length
    this.#unread = this.#unread.subarray(part.length)
    if (this.#lengthBytes === LENGTH_BYTES) this.#pieceBytes = this.#checkedLength()
  }

  #checkedLength(): number {
    const length = new DataView(this.#length.buffer).getBigInt64(0)
    if (length <= BigInt(LENGTH_BYTES)) {
      throw new ProtocolError(
        `${this.#what} length ${length} is impossible: it counts its own ${LENGTH_BYTES} bytes and at least one more`,
      )
    }
    if (length > BigInt(this.#maxBytes)) {
      throw new ProtocolError(
        `${this.#what} length ${length} exceeds the limit of ${this.#maxBytes}`,
      )
    }
    return Number(length)
  }

  // The piece that `last` completes; the next byte begins a length field.
  #complete(last: Uint8Array): Uint8Array {
    this.#lengthBytes = 0
    if (this.#pending.length === 0) return last
    this.#pending.push(last)
    return this.#pending.take()
  }
}
