// The body of an authentication request with SASL (network-common, `SaslMessage`; the same in 3.5 to 4.3):
//
//   0xEA | int32 length, identity in UTF-8 | int32 length of the token | token
//
// The answer is the peer's token alone.
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { ProtocolError } from '../protocol-error.ts'
import { AUTH_LIMITS, readIdentity, writeIdentity } from './identity.ts'

/** First byte of a {@link SaslMessage}; an RPC envelope begins with 0 or 1. */
export const SASL_TAG = 0xea

export interface SaslMessage {
  /** Whose secret it is about; Spark 3.5 to 4.3 always say `sparkSaslUser`. */
  readonly identity: string
  /** What the mechanism says; empty in the first message of DIGEST-MD5. */
  readonly token: Uint8Array
}

/** Throws ProtocolError for what is no such message. The token is a view of the body. */
export function decodeSaslMessage(body: Uint8Array): SaslMessage {
  const reader = new ByteReader(body)
  if (reader.readUint8() !== SASL_TAG) throw new ProtocolError('not a SASL message')
  const identity = readIdentity(reader)
  // Redundant, and not looked at by Spark: the token is the rest.
  reader.readInt32()
  const token = reader.readRest()
  if (token.length > AUTH_LIMITS.tokenBytes) {
    throw new ProtocolError(`SASL token of ${token.length} bytes is too long`)
  }
  return { identity, token }
}

export function encodeSaslMessage({ identity, token }: SaslMessage): Uint8Array {
  const writer = new ByteWriter(64 + token.length)
  writer.writeUint8(SASL_TAG)
  writeIdentity(writer, identity)
  writer.writeInt32(token.length)
  writer.writeBytes(token)
  return writer.toBytes()
}
