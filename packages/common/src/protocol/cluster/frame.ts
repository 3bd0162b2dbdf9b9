// The framing of Hearth's own protocol. The side that dials sends the magic once; then, in both
// directions, each message is
//
//   uint32 length of the document | one JSON document in UTF-8
//
// With a secret the first documents are those of handshake.ts, and the documents behind them are sealed.
import { ProtocolError } from '../protocol-error.ts'

/** Its first byte tells a Hearth peer from Spark (0x00), TLS (0x16) and text; the last is the version. */
export const CLUSTER_MAGIC: Uint8Array = Uint8Array.of(0xf1, 0x48, 0x52, 0x54, 0x48, 0x01)

/** Bytes of the length field, which does not count itself. */
export const CLUSTER_LENGTH_BYTES = 4

/** Throws ProtocolError when the six bytes are not the magic; says so when only the version differs. */
export function checkClusterMagic(bytes: Uint8Array): void {
  const version = CLUSTER_MAGIC.length - 1
  for (const [at, expected] of CLUSTER_MAGIC.entries()) {
    if (bytes[at] === expected) continue
    throw new ProtocolError(
      at === version
        ? `cluster framing version ${bytes[at]} is not spoken here, only ${expected}`
        : `connection starts like a Hearth peer's but byte ${at} of the magic is wrong`,
    )
  }
}

/** The message as one frame. Throws ProtocolError when its document exceeds `maxMessageBytes`. */
export function encodeClusterFrame(message: unknown, maxMessageBytes: number): Uint8Array[] {
  return frameClusterDocument(encodeClusterDocument(message, maxMessageBytes))
}

/** The message as a document that is not framed yet. Throws ProtocolError as `encodeClusterFrame` does. */
export function encodeClusterDocument(message: unknown, maxMessageBytes: number): Uint8Array {
  const document = new TextEncoder().encode(JSON.stringify(message))
  if (document.length > maxMessageBytes) {
    throw new ProtocolError(
      `message of ${document.length} bytes exceeds the limit of ${maxMessageBytes}`,
    )
  }
  return document
}

/** A document, sealed or not, behind its length. */
export function frameClusterDocument(document: Uint8Array): Uint8Array[] {
  const length = new Uint8Array(CLUSTER_LENGTH_BYTES)
  new DataView(length.buffer).setUint32(0, document.length)
  return [length, document]
}
