import { encodeModifiedUtf8Into } from './modified-utf8.ts'

// Most messages fit.
const INITIAL_CAPACITY = 1024

/** Appends big-endian values to a growing buffer. Integers are taken modulo their size. */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacity: number = INITIAL_CAPACITY) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length
  }

  writeUint8(value: number): void {
    const at = this.#grow(1)
    this.#view.setUint8(at, value)
  }

  writeUint16(value: number): void {
    const at = this.#grow(2)
    this.#view.setUint16(at, value)
  }

  writeInt32(value: number): void {
    const at = this.#grow(4)
    this.#view.setInt32(at, value)
  }

  writeInt64(value: bigint): void {
    const at = this.#grow(8)
    this.#view.setBigInt64(at, value)
  }

  writeFloat32(value: number): void {
    const at = this.#grow(4)
    this.#view.setFloat32(at, value)
  }

  writeFloat64(value: number): void {
    const at = this.#grow(8)
    this.#view.setFloat64(at, value)
  }

  writeBytes(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** The text, without a length before it. `length` is its modifiedUtf8Length, which goes before it on most wires. */
  writeModifiedUtf8(text: string, length: number): void {
    const at = this.#grow(length)
    encodeModifiedUtf8Into(text, this.#bytes, at)
  }

  /** What was written, as a view of the writer's buffer: valid until the next write. */
  toBytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  // Makes room for `count` bytes and returns where they start. May replace the view, so callers look
  // the view up only afterwards.
  #grow(count: number): number {
    const at = this.#length
    const needed = at + count
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
      larger.set(this.toBytes())
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    this.#length = needed
    return at
  }
}
