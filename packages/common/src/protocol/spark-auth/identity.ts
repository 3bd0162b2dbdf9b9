import type { ByteReader } from '../bytes/byte-reader.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'
import { ProtocolError } from '../protocol-error.ts'

/** The name under which Spark 3.5 to 4.3 prove the cluster's secret (`SecurityManager.getSaslUser`). */
export const SPARK_IDENTITY = 'sparkSaslUser'

/** What may be long in the messages of somebody who has proven nothing yet. */
export const AUTH_LIMITS = {
  identityBytes: 256,
  /** RFC 2831 allows 4095 bytes for a response and 2047 for a challenge. */
  tokenBytes: 4096,
  /** A whole frame: far more than any of the messages needs. */
  frameBytes: 16 * 1024,
} as const

const text = {
  encoder: new TextEncoder(),
  decoder: new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }),
}

/**
 * Throws ProtocolError for what is no UTF-8 too: proofs are bound to the bytes of the identity, which
 * would not be those that were sent, nor as few.
 */
export function readIdentity(reader: ByteReader): string {
  const bytes = readBounded(reader, AUTH_LIMITS.identityBytes, 'identity')
  try {
    return text.decoder.decode(bytes)
  } catch {
    throw new ProtocolError('identity is not UTF-8')
  }
}

export function writeIdentity(writer: ByteWriter, identity: string): void {
  writeSized(writer, text.encoder.encode(identity))
}

/** Bytes behind an int32 with their count; ProtocolError when they are more than `limit`. */
export function readBounded(reader: ByteReader, limit: number, what: string): Uint8Array {
  const length = reader.readInt32()
  if (length > limit) {
    throw new ProtocolError(`${what} of ${length} bytes is too long: at most ${limit}`)
  }
  return reader.readBytes(length)
}

export function writeSized(writer: ByteWriter, bytes: Uint8Array): void {
  writer.writeInt32(bytes.length)
  writer.writeBytes(bytes)
}
