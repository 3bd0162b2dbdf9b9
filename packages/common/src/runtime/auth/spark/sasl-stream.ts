// SASL encryption (`SaslEncryption`, Spark 3.5 to 4.3): what is written is cut into blocks,
//
//   int64 length of all of this | sealed block
//
// and a block is sealed by DIGEST-MD5's `auth-conf` layer as Java has it (RFC 2831, section 2.4, without
// the length field of its own):
//
//   3DES-CBC( message | 1 to 8 bytes of padding, each its number | first 10 bytes of HMAC-MD5 )
//   | int16 1 | int32 sequence number
//
// The HMAC is over sequence number and message. The cipher goes on from block to block.
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { LENGTH_BYTES, LengthPrefixedDecoder } from '../../../protocol/bytes/length-prefixed.ts'
import { ProtocolError } from '../../../protocol/protocol-error.ts'
import { sealingKey, sign, signingKey, type Direction } from './digest-md5-keys.ts'
import type { StreamProtection } from './stream-protection.ts'

const MAC_BYTES = 10
const MESSAGE_TYPE = Uint8Array.of(0, 1)
const SEQUENCE_BYTES = 4
const TRAILER_BYTES = MESSAGE_TYPE.length + SEQUENCE_BYTES
const CIPHER_BLOCK_BYTES = 8

export interface SaslStreamOptions {
  /** Plaintext of a block that we write, at most. */
  readonly blockBytes: number
  /** A block of the peer, at most; it cuts by a setting of its own. */
  readonly maxBlockBytes: number
}

/** `hash` is DIGEST-MD5's H(A1); `role` says which direction is whose. */
export function openSaslStream(
  hash: Uint8Array,
  role: 'client' | 'server',
  { blockBytes, maxBlockBytes }: SaslStreamOptions,
): StreamProtection {
  const [sending, receiving]: [Direction, Direction] =
    role === 'client'
      ? ['client-to-server', 'server-to-client']
      : ['server-to-client', 'client-to-server']
  const sealer = new BlockSealer(hash, sending)
  const opener = new BlockOpener(hash, receiving)
  const blocks = new LengthPrefixedDecoder('encrypted block', maxBlockBytes)
  return {
    name: 'SASL 3DES',
    get bufferedBytes() {
      return blocks.bufferedBytes
    },
    seal: (parts) => cut(Buffer.concat(parts), blockBytes).flatMap((block) => sealer.seal(block)),
    *open(chunk) {
      for (const block of blocks.push(chunk)) yield opener.open(block)
    },
  }
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

class BlockSealer {
  readonly #signingKey: Uint8Array
  readonly #cipher
  #sequence = 0

  constructor(hash: Uint8Array, direction: Direction) {
    this.#signingKey = signingKey(hash, direction)
    const { key, iv } = tripleDesKey(sealingKey(hash, direction))
    this.#cipher = createCipheriv('des-ede3-cbc', key, iv).setAutoPadding(false)
  }

  seal(message: Uint8Array): Uint8Array[] {
    const sequence = sequenceBytes(this.#sequence++)
    const mac = sign(this.#signingKey, [sequence, message]).subarray(0, MAC_BYTES)
    const count = CIPHER_BLOCK_BYTES - ((message.length + MAC_BYTES) % CIPHER_BLOCK_BYTES)
    const padding = new Uint8Array(count).fill(count)
    const sealed = this.#cipher.update(Buffer.concat([message, padding, mac]))
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeBigInt64BE(BigInt(LENGTH_BYTES + sealed.length + TRAILER_BYTES))
    return [length, sealed, MESSAGE_TYPE, sequence]
  }
}

class BlockOpener {
  readonly #signingKey: Uint8Array
  readonly #decipher
  #sequence = 0

  constructor(hash: Uint8Array, direction: Direction) {
    this.#signingKey = signingKey(hash, direction)
    const { key, iv } = tripleDesKey(sealingKey(hash, direction))
    this.#decipher = createDecipheriv('des-ede3-cbc', key, iv).setAutoPadding(false)
  }

  open(block: Uint8Array): Uint8Array {
    const sealedBytes = block.length - TRAILER_BYTES
    if (sealedBytes < 2 * CIPHER_BLOCK_BYTES || sealedBytes % CIPHER_BLOCK_BYTES !== 0) {
      throw new ProtocolError(`encrypted block of ${block.length} bytes has no possible length`)
    }
    const sequence = sequenceBytes(this.#sequence++)
    const isNext = Buffer.concat([MESSAGE_TYPE, sequence]).equals(block.subarray(sealedBytes))
    if (!isNext) throw new ProtocolError('encrypted block is not the next one')
    const plain = this.#decipher.update(block.subarray(0, sealedBytes))
    const macAt = plain.length - MAC_BYTES
    const padding = plain[macAt - 1] ?? 0
    // A padding that cannot be is told only by the MAC, which is computed in any case.
    const isPossible = padding >= 1 && padding <= CIPHER_BLOCK_BYTES && padding <= macAt
    const message = plain.subarray(0, macAt - (isPossible ? padding : 0))
    const mac = sign(this.#signingKey, [sequence, message]).subarray(0, MAC_BYTES)
    if (!timingSafeEqual(mac, plain.subarray(macAt)) || !isPossible) {
      throw new ProtocolError(
        'encrypted bytes were changed on their way or sealed with another key',
      )
    }
    return message
  }
}

function sequenceBytes(sequence: number): Uint8Array {
  const bytes = Buffer.alloc(SEQUENCE_BYTES)
  // Java counts in an int, which wraps.
  bytes.writeInt32BE(sequence | 0)
  return bytes
}

// Two keys of 56 bits, as triple DES in the order 1, 2, 1; the IV is the last half of the material.
function tripleDesKey(material: Uint8Array) {
  const first = desKey(material.subarray(0, 7))
  const second = desKey(material.subarray(7, 14))
  return { key: Buffer.concat([first, second, first]), iv: material.subarray(8, 16) }
}

// DES wants its 56 bits as 8 bytes with 7 each; the eighth, a parity bit, is looked at by nobody.
function desKey(bits: Uint8Array): Uint8Array {
  const all = bits.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return Uint8Array.from(
    { length: 8 },
    (_, at) => Number((all >> BigInt(49 - 7 * at)) & 0x7fn) << 1,
  )
}
