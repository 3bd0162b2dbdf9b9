import { LengthPrefixedDecoder } from '../bytes/length-prefixed.ts'
import { decodeFrame, type Frame } from './frame.ts'

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
  readonly #pieces: LengthPrefixedDecoder

  constructor({ maxFrameBytes }: FrameLimits) {
    this.#pieces = new LengthPrefixedDecoder('frame', maxFrameBytes)
  }

  /** Bytes held of a frame that is not complete. */
  get bufferedBytes(): number {
    return this.#pieces.bufferedBytes
  }

  /** Of the chunk that is being taken, what lies behind the frame that came last. */
  get unread(): Uint8Array {
    return this.#pieces.unread
  }

  /**
   * The frames that this chunk completes, in order; iterate to the end, or nothing of the rest is taken.
   * Throws ProtocolError for what is no frame, after the good frames before it.
   */
  *push(chunk: Uint8Array): Generator<Frame, void, undefined> {
    for (const piece of this.#pieces.push(chunk)) yield decodeFrame(piece)
  }
}
