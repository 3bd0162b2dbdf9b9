// What a request or one-way frame carries (Spark's `RequestMessage`, 3.5 to 4.3): who sends, to whom,
// and the message itself. Replies have no envelope.
//
//   byte 0, or byte 1 + writeUTF host + int32 port    sender's listening address; executors have none
//   the same                                          receiver's address, as the sender knows it
//   writeUTF                                          name of the receiving endpoint
//   rest                                              the message, one Java serialization stream
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { decodeModifiedUtf8, modifiedUtf8Length } from '../bytes/modified-utf8.ts'
import { ProtocolError } from '../protocol-error.ts'
import { isAuthentication } from '../spark-auth/authentication-kind.ts'

/** Host and port as the peer wrote them; a Spark process compares them as they stand. */
export interface RpcAddress {
  readonly host: string
  readonly port: number
}

export interface Envelope {
  /** Where the sender listens; null for one that does not, such as an executor. */
  readonly sender: RpcAddress | null
  /** The address that the sender dialled: the only place that tells by which name it knows us. */
  readonly receiver: RpcAddress | null
  readonly endpoint: string
  readonly content: Uint8Array
}

// Read as an envelope, such a message would only be called malformed, and its sender not know why.
const NO_SECRET =
  'the peer wants to authenticate, but this cluster has no secret: leave spark.authenticate unset, or set spark.authenticate.secret here too'

const MAX_TEXT_BYTES = 0xffff

/** Reads an envelope; `content` is a view of the body, not a copy. */
export function decodeEnvelope(body: Uint8Array): Envelope {
  if (isAuthentication(body)) throw new ProtocolError(NO_SECRET)
  const reader = new ByteReader(body)
  const sender = readAddress(reader, 'sender')
  const receiver = readAddress(reader, 'receiver')
  return { sender, receiver, endpoint: readText(reader), content: reader.readRest() }
}

/** The body of a request or one-way frame; copies the content once. */
export function encodeEnvelope({ sender, receiver, endpoint, content }: Envelope): Uint8Array {
  const writer = new ByteWriter(128 + content.length)
  writeAddress(writer, sender)
  writeAddress(writer, receiver)
  writeText(writer, endpoint)
  writer.writeBytes(content)
  return writer.toBytes()
}

function readAddress(reader: ByteReader, whose: string): RpcAddress | null {
  const present = reader.readUint8()
  if (present === 0) return null
  if (present !== 1) {
    throw new ProtocolError(`envelope's ${whose} address starts with ${present}, not 0 or 1`)
  }
  return { host: readText(reader), port: reader.readInt32() }
}

function writeAddress(writer: ByteWriter, address: RpcAddress | null): void {
  writer.writeUint8(address === null ? 0 : 1)
  if (address === null) return
  writeText(writer, address.host)
  writer.writeInt32(address.port)
}

function readText(reader: ByteReader): string {
  return reader.readRange(reader.readUint16(), decodeModifiedUtf8)
}

function writeText(writer: ByteWriter, value: string): void {
  const length = modifiedUtf8Length(value)
  if (length > MAX_TEXT_BYTES) {
    throw new ProtocolError(`envelope text of ${length} bytes exceeds ${MAX_TEXT_BYTES}`)
  }
  writer.writeUint16(length)
  writer.writeModifiedUtf8(value, length)
}
