// Both messages of AuthEngine (network-common, `AuthMessage`; the same in 3.5 to 4.3):
//
//   0xFB | int32 length, identity in UTF-8 | int32 length, salt | int32 length, ciphertext
//
// The ciphertext is an X25519 public key under AES-GCM: 12 bytes of IV, 32 of key, 16 of tag.
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { ProtocolError } from '../protocol-error.ts'
import { readBounded, readIdentity, writeIdentity, writeSized } from './identity.ts'

/** First byte of an {@link AuthMessage}; an RPC envelope begins with 0 or 1. */
export const AUTH_ENGINE_TAG = 0xfb

export const SALT_BYTES = 16
const CIPHERTEXT_BYTES = 12 + 32 + 16

export interface AuthMessage {
  readonly identity: string
  readonly salt: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Throws ProtocolError for what is no such message. Salt and ciphertext are views of the body. */
export function decodeAuthMessage(body: Uint8Array): AuthMessage {
  const reader = new ByteReader(body)
  if (reader.readUint8() !== AUTH_ENGINE_TAG) throw new ProtocolError('not an AuthEngine message')
  const identity = readIdentity(reader)
  const salt = readBounded(reader, SALT_BYTES, 'salt')
  const ciphertext = readBounded(reader, CIPHERTEXT_BYTES, 'encrypted key')
  if (salt.length !== SALT_BYTES || ciphertext.length !== CIPHERTEXT_BYTES) {
    throw new ProtocolError(
      `AuthEngine message has ${salt.length} bytes of salt and ${ciphertext.length} of encrypted key, not ${SALT_BYTES} and ${CIPHERTEXT_BYTES}`,
    )
  }
  if (reader.remaining > 0) {
    throw new ProtocolError(`${reader.remaining} bytes behind an AuthEngine message`)
  }
  return { identity, salt, ciphertext }
}

export function encodeAuthMessage({ identity, salt, ciphertext }: AuthMessage): Uint8Array {
  const writer = new ByteWriter(128)
  writer.writeUint8(AUTH_ENGINE_TAG)
  writeIdentity(writer, identity)
  writeSized(writer, salt)
  writeSized(writer, ciphertext)
  return writer.toBytes()
}
