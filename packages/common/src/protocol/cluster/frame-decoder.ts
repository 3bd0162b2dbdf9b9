import { ByteQueue } from '../bytes/byte-queue.ts'
import { ProtocolError } from '../protocol-error.ts'
import { CLUSTER_LENGTH_BYTES, CLUSTER_MAGIC, checkClusterMagic } from './frame.ts'
import { parseJsonDocument, type JsonLimits } from './json-document.ts'

export interface ClusterFrameLimits extends JsonLimits {
  /** Longest JSON document accepted. */
  readonly maxMessageBytes: number
}

/**
 * Cuts a byte stream into Hearth's messages, whatever its chunks are. It reads three kinds of part, one
 * after the other: the magic (once, on the accepting side), a length, a document, a length … After a
 * ProtocolError drop the decoder and its connection.
 */
export class ClusterFrameDecoder {
  #limits: ClusterFrameLimits
  #unseal: ((sealed: Uint8Array) => Uint8Array) | undefined
  readonly #pending = new ByteQueue()
  #part: 'magic' | 'length' | 'document'
  #partBytes: number

  constructor(limits: ClusterFrameLimits, { expectMagic }: { readonly expectMagic: boolean }) {
    this.#limits = limits
    this.#part = expectMagic ? 'magic' : 'length'
    this.#partBytes = expectMagic ? CLUSTER_MAGIC.length : CLUSTER_LENGTH_BYTES
  }

  /** Bytes held of a part that is not complete. */
  get bufferedBytes(): number {
    return this.#pending.length
  }

  /**
   * From the next frame on, each is opened by `unseal` before it is read, and may be as long as these
   * limits say. `unseal` throws ProtocolError for what the peer has not sealed.
   */
  expectSealed(unseal: (sealed: Uint8Array) => Uint8Array, limits: ClusterFrameLimits): void {
    this.#unseal = unseal
    this.#limits = limits
  }

  /**
   * The messages that this chunk completes, in order: JSON values of unknown shape. Iterate to the end, or
   * nothing of the rest is taken. Throws ProtocolError after the good messages before it.
   */
  *push(chunk: Uint8Array): Generator<unknown, void, undefined> {
    let rest = chunk
    while (rest.length > 0) {
      const missing = this.#partBytes - this.#pending.length
      const bytes = rest.subarray(0, missing)
      rest = rest.subarray(bytes.length)
      if (bytes.length < missing) this.#pending.push(bytes)
      else yield* this.#onPart(this.#whole(bytes))
    }
  }

  #whole(last: Uint8Array): Uint8Array {
    if (this.#pending.length === 0) return last
    this.#pending.push(last)
    return this.#pending.take()
  }

  *#onPart(bytes: Uint8Array): Generator<unknown, void, undefined> {
    switch (this.#part) {
      case 'magic':
        checkClusterMagic(bytes)
        this.#expectLength()
        return
      case 'length':
        this.#part = 'document'
        this.#partBytes = this.#checkedLength(bytes)
        return
      case 'document':
        this.#expectLength()
        yield parseJsonDocument(this.#unseal?.(bytes) ?? bytes, this.#limits)
    }
  }

  #expectLength(): void {
    this.#part = 'length'
    this.#partBytes = CLUSTER_LENGTH_BYTES
  }

  #checkedLength(bytes: Uint8Array): number {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    const { maxMessageBytes } = this.#limits
    if (length === 0) throw new ProtocolError('message length 0: a message is at least one byte')
    if (length > maxMessageBytes) {
      throw new ProtocolError(`message length ${length} exceeds the limit of ${maxMessageBytes}`)
    }
    return length
  }
}
