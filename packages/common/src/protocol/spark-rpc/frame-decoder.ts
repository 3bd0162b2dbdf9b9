import { ByteQueue } from '../bytes/byte-queue.ts'
import { ProtocolError } from '../protocol-error.ts'
import { LENGTH_BYTES, decodeFrame, type Frame } from './frame.ts'

export interface FrameLimits {
  /** Longest frame accepted, its length field included. */
  readonly maxFrameBytes: number
}

/**
 * Cuts a byte stream into frames, whatever its chunks are. A frame that lies within one chunk is a view
 * of that chunk; one that spans chunks is joined once. A declared length reserves nothing. After a
 * ProtocolError the stream has no known frame boundary any more: drop the decoder and its connection.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number
  readonly #pending = new ByteQueue()
  readonly #length = new Uint8Array(LENGTH_BYTES)
  // How much of the length field of the unfinished frame has arrived, and then its value.
  #lengthBytes = 0
  #frameBytes = 0

  constructor({ maxFrameBytes }: FrameLimits) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Bytes held of a frame that is not complete. */
  get bufferedBytes(): number {
    return this.#lengthBytes + this.#pending.length
  }

  /**
   * The frames that this chunk completes, in order; iterate to the end, or nothing of the rest is taken.
   * Throws ProtocolError for what is no frame, after the good frames before it.
   */
  *push(chunk: Uint8Array): Generator<Frame, void, undefined> {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#lengthBytes < LENGTH_BYTES) {
        rest = this.#takeLength(rest)
        continue
      }
      const missing = this.#frameBytes - this.bufferedBytes
      const part = rest.subarray(0, missing)
      rest = rest.subarray(part.length)
      if (part.length < missing) this.#pending.push(part)
      else yield decodeFrame(this.#complete(part))
    }
  }

  // Moves bytes into the length field; checks the length as soon as it is whole.
  #takeLength(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, LENGTH_BYTES - this.#lengthBytes)
    this.#length.set(part, this.#lengthBytes)
    this.#lengthBytes += part.length
    if (this.#lengthBytes === LENGTH_BYTES) this.#frameBytes = this.#checkedLength()
    return chunk.subarray(part.length)
  }

  #checkedLength(): number {
    const length = new DataView(this.#length.buffer).getBigInt64(0)
    if (length <= BigInt(LENGTH_BYTES)) {
      throw new ProtocolError(
        `frame length ${length} is impossible: it counts its own ${LENGTH_BYTES} bytes and a type`,
      )
    }
    if (length > BigInt(this.#maxFrameBytes)) {
      throw new ProtocolError(`frame length ${length} exceeds the limit of ${this.#maxFrameBytes}`)
    }
    return Number(length)
  }

  // The content of the frame that `last` completes; the next byte begins a length field.
  #complete(last: Uint8Array): Uint8Array {
    this.#lengthBytes = 0
    if (this.#pending.length === 0) return last
    this.#pending.push(last)
    return this.#pending.take()
  }
}
