// The messages of an authenticated connection between Hearth daemons: AES-256-GCM, one key a direction.
// The nonce is the number of the message, which is not sent: a message that is changed, left out,
// repeated or moved cannot be opened, and neither can any after it.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { ProtocolError } from '../../protocol/protocol-error.ts'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
/** What sealing adds to a message: the tag at its end. */
export const SEAL_BYTES = 16

/** Seals messages in the order in which they are sent. */
export class FrameSealer {
  readonly #key: Uint8Array
  #sequence = 0n

  constructor(key: Uint8Array) {
    this.#key = key
  }

  seal(message: Uint8Array): Uint8Array {
    const cipher = createCipheriv(ALGORITHM, this.#key, nonceOf(this.#sequence++), {
      authTagLength: SEAL_BYTES,
    })
    return Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()])
  }
}

/** Opens messages in the order in which they come. */
export class FrameOpener {
  readonly #key: Uint8Array
  #sequence = 0n

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** Throws ProtocolError for anything but the next message that the peer has sealed. */
  open(sealed: Uint8Array): Uint8Array {
    const sequence = this.#sequence++
    const end = sealed.length - SEAL_BYTES
    if (end < 0) throw new ProtocolError(`message ${sequence} is too short to be sealed`)
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonceOf(sequence), {
      authTagLength: SEAL_BYTES,
    })
    decipher.setAuthTag(sealed.subarray(end))
    const message = decipher.update(sealed.subarray(0, end))
    try {
      decipher.final()
    } catch {
      throw new ProtocolError(
        `message ${sequence} is not the one that the peer has sealed: it was changed, repeated or moved on its way`,
      )
    }
    return message
  }
}

function nonceOf(sequence: bigint): Uint8Array {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeBigUInt64BE(sequence, NONCE_BYTES - 8)
  return nonce
}
