import { ProtocolError } from '../protocol-error.ts'

/**
 * A bounds-checked cursor over bytes from a peer. Every integer is big-endian, as on all of Spark's
 * wires. Reading past the end throws a ProtocolError that names the offset.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** The next byte, which stays unread. */
  peekUint8(): number {
    const at = this.#take(1)
    this.#offset = at
    return this.#view.getUint8(at)
  }

  readUint8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  readInt8(): number {
    return this.#view.getInt8(this.#take(1))
  }

  readUint16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  readInt16(): number {
    return this.#view.getInt16(this.#take(2))
  }

  readInt32(): number {
    return this.#view.getInt32(this.#take(4))
  }

  readInt64(): bigint {
    return this.#view.getBigInt64(this.#take(8))
  }

  readFloat32(): number {
    return this.#view.getFloat32(this.#take(4))
  }

  readFloat64(): number {
    return this.#view.getFloat64(this.#take(8))
  }

  /** The next `count` bytes as a view of the input, not a copy. */
  readBytes(count: number): Uint8Array {
    const at = this.#take(count)
    return this.#bytes.subarray(at, at + count)
  }

  /** What `read` makes of the next `count` bytes, of which it gets the range: a view for each would cost more. */
  readRange<Result>(
    count: number,
    read: (bytes: Uint8Array, from: number, to: number) => Result,
  ): Result {
    const at = this.#take(count)
    return read(this.#bytes, at, at + count)
  }

  /** Everything not yet read, as a view of the input. */
  readRest(): Uint8Array {
    return this.readBytes(this.remaining)
  }

  // Moves past `count` bytes and returns where they start.
  #take(count: number): number {
    const at = this.#offset
    if (count < 0) throw new ProtocolError(`length ${count} at offset ${at} is negative`)
    if (count > this.#bytes.length - at) {
      throw new ProtocolError(
        `bytes end early: ${count} needed at offset ${at}, ${this.#bytes.length - at} left`,
      )
    }
    this.#offset = at + count
    return at
  }
}
