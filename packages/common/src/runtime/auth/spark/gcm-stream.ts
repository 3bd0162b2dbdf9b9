// AES/GCM/NoPadding (`GcmTransportCipher`, Spark 3.5 to 4.3): each write is one message,
//
//   int64 length of all of this | header | segments
//
// and header and segments are Tink's AesGcmHkdfStreaming with segments of 32 KiB:
//
//   header:  its own length (1 byte) | salt, as long as the key | 7 bytes of nonce
//   key:     HKDF-SHA256(session key, salt, info = the int64 length above), as long as the session key
//   segment: AES-GCM, 16 bytes of tag behind it; its nonce is the 7 bytes | int32 number of the segment
//            | 1 in the last segment, else 0
//
// A changed byte is noticed, and a segment that is missing. Nothing binds one message to another: order
// and completeness of messages are TCP's.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { ByteQueue } from '../../../protocol/bytes/byte-queue.ts'
import { LENGTH_BYTES } from '../../../protocol/bytes/length-prefixed.ts'
import { ProtocolError } from '../../../protocol/protocol-error.ts'
import type { StreamKeys } from './auth-engine.ts'
import type { RandomBytes } from './random-bytes.ts'
import type { StreamProtection } from './stream-protection.ts'

const SEGMENT_BYTES = 32 * 1024
const TAG_BYTES = 16
const PLAIN_SEGMENT_BYTES = SEGMENT_BYTES - TAG_BYTES
const NONCE_PREFIX_BYTES = 7

export interface GcmOptions {
  readonly random: RandomBytes
  /** Plaintext of a message, at most. */
  readonly maxMessageBytes: number
}

export function openGcmStream({ key }: StreamKeys, options: GcmOptions): StreamProtection {
  const opener = new GcmOpener(key, sealedBytes(options.maxMessageBytes, key.length))
  return {
    name: 'AES/GCM/NoPadding',
    get bufferedBytes() {
      return opener.bufferedBytes
    },
    seal: (parts) => seal(Buffer.concat(parts), key, options.random),
    open: (chunk) => opener.open(chunk),
  }
}

function headerBytes(keyBytes: number): number {
  return 1 + keyBytes + NONCE_PREFIX_BYTES
}

function sealedBytes(plainBytes: number, keyBytes: number): number {
  const tags = Math.ceil(plainBytes / PLAIN_SEGMENT_BYTES) * TAG_BYTES
  return LENGTH_BYTES + headerBytes(keyBytes) + plainBytes + tags
}

function seal(plain: Uint8Array, key: Uint8Array, random: RandomBytes): Uint8Array[] {
  const salt = random(key.length)
  const noncePrefix = random(NONCE_PREFIX_BYTES)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeBigInt64BE(BigInt(sealedBytes(plain.length, key.length)))
  const segments = new SegmentCipher(key, salt, noncePrefix, length)
  const sealed: Uint8Array[] = [length, Uint8Array.of(headerBytes(key.length)), salt, noncePrefix]
  for (let at = 0; at < plain.length; at += PLAIN_SEGMENT_BYTES) {
    const part = plain.subarray(at, at + PLAIN_SEGMENT_BYTES)
    sealed.push(...segments.seal(part, at + part.length === plain.length))
  }
  return sealed
}

/** The segments of one message, in order. */
class SegmentCipher {
  readonly #algorithm: 'aes-256-gcm' | 'aes-128-gcm'
  readonly #key: Uint8Array
  readonly #nonce = Buffer.alloc(NONCE_PREFIX_BYTES + 5)
  #count = 0

  constructor(key: Uint8Array, salt: Uint8Array, noncePrefix: Uint8Array, lengthField: Uint8Array) {
    this.#algorithm = key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm'
    this.#key = new Uint8Array(hkdfSync('sha256', key, salt, lengthField, key.length))
    this.#nonce.set(noncePrefix)
  }

  seal(plain: Uint8Array, isLast: boolean): Uint8Array[] {
    const cipher = createCipheriv(this.#algorithm, this.#key, this.#nextNonce(isLast))
    return [cipher.update(plain), cipher.final(), cipher.getAuthTag()]
  }

  open(segment: Uint8Array, isLast: boolean): Uint8Array {
    const body = segment.subarray(0, -TAG_BYTES)
    const nonce = this.#nextNonce(isLast)
    const decipher = createDecipheriv(this.#algorithm, this.#key, nonce, {
      authTagLength: TAG_BYTES,
    })
    decipher.setAuthTag(segment.subarray(body.length))
    const plain = decipher.update(body)
    try {
      decipher.final()
    } catch {
      throw new ProtocolError(
        'encrypted bytes were changed on their way or sealed with another key',
      )
    }
    return plain
  }

  #nextNonce(isLast: boolean): Uint8Array {
    this.#nonce.writeUInt32BE(this.#count++, NONCE_PREFIX_BYTES)
    this.#nonce.writeUInt8(isLast ? 1 : 0, NONCE_PREFIX_BYTES + 4)
    return this.#nonce
  }
}

/** Takes a byte stream apart into messages and segments; holds at most one segment. */
class GcmOpener {
  readonly #key: Uint8Array
  readonly #maxBytes: number
  readonly #pending = new ByteQueue()
  readonly #length = new Uint8Array(LENGTH_BYTES)
  #phase: 'length' | 'header' | 'segment' = 'length'
  #neededBytes = LENGTH_BYTES
  // Of the current message, what has not been taken yet.
  #leftBytes = 0
  #segments: SegmentCipher | undefined

  constructor(key: Uint8Array, maxBytes: number) {
    this.#key = key
    this.#maxBytes = maxBytes
  }

  get bufferedBytes(): number {
    return this.#pending.length
  }

  *open(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let rest = chunk
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#neededBytes - this.#pending.length)
      rest = rest.subarray(part.length)
      this.#pending.push(part)
      if (this.#pending.length < this.#neededBytes) return
      const plain = this.#take(this.#pending.take())
      if (plain !== undefined && plain.length > 0) yield plain
    }
  }

  #take(bytes: Uint8Array): Uint8Array | undefined {
    switch (this.#phase) {
      case 'length':
        this.#takeLength(bytes)
        return undefined
      case 'header':
        this.#takeHeader(bytes)
        return undefined
      case 'segment':
        return this.#takeSegment(bytes)
    }
  }

  #takeLength(bytes: Uint8Array): void {
    this.#length.set(bytes)
    const length = new DataView(this.#length.buffer).getBigInt64(0)
    const header = headerBytes(this.#key.length)
    if (length < BigInt(LENGTH_BYTES + header) || length > BigInt(this.#maxBytes)) {
      throw new ProtocolError(
        `encrypted message length ${length} is not between ${LENGTH_BYTES + header} and ${this.#maxBytes}`,
      )
    }
    this.#leftBytes = Number(length) - LENGTH_BYTES - header
    this.#phase = 'header'
    this.#neededBytes = header
  }

  #takeHeader(bytes: Uint8Array): void {
    if (bytes[0] !== bytes.length) {
      throw new ProtocolError(
        `encrypted message has a header of ${bytes[0]} bytes, not ${bytes.length}`,
      )
    }
    const salt = bytes.subarray(1, 1 + this.#key.length)
    const noncePrefix = bytes.subarray(1 + this.#key.length)
    this.#segments = new SegmentCipher(this.#key, salt, noncePrefix, this.#length)
    this.#expectSegment()
  }

  #takeSegment(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length < TAG_BYTES) {
      throw new ProtocolError(`encrypted segment of ${bytes.length} bytes is shorter than its tag`)
    }
    const segments = this.#segments
    this.#leftBytes -= bytes.length
    this.#expectSegment()
    return segments?.open(bytes, this.#leftBytes === 0)
  }

  #expectSegment(): void {
    if (this.#leftBytes > 0) {
      this.#phase = 'segment'
      this.#neededBytes = Math.min(SEGMENT_BYTES, this.#leftBytes)
    } else {
      this.#segments = undefined
      this.#phase = 'length'
      this.#neededBytes = LENGTH_BYTES
    }
  }
}
