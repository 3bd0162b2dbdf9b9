// Spark's frames (network-common, `Message.Type`; the same in 3.5, 4.0, 4.1 and 4.3). All integers are
// big-endian. The length counts itself:
//
//   int64 length | int8 type | header of that type | body
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { ProtocolError } from '../protocol-error.ts'

/**
 * The frames of a control plane. `requestId` is 0 … 2^63 - 1 and unique per asker and connection; every
 * `rpc-request` is answered by exactly one `rpc-response` or `rpc-failure`, a `one-way` by nothing.
 * Stream and chunk frames occur only as requests and as their refusals: Hearth serves no files.
 */
export type Frame =
  | { readonly kind: 'rpc-request'; readonly requestId: bigint; readonly body: Uint8Array }
  | { readonly kind: 'rpc-response'; readonly requestId: bigint; readonly body: Uint8Array }
  | { readonly kind: 'rpc-failure'; readonly requestId: bigint; readonly error: string }
  | { readonly kind: 'one-way'; readonly body: Uint8Array }
  | { readonly kind: 'stream-request'; readonly streamId: string }
  | { readonly kind: 'stream-failure'; readonly streamId: string; readonly error: string }
  | {
      readonly kind: 'chunk-fetch-request'
      readonly streamId: bigint
      readonly chunkIndex: number
    }
  | {
      readonly kind: 'chunk-fetch-failure'
      readonly streamId: bigint
      readonly chunkIndex: number
      readonly error: string
    }

const CHUNK_FETCH_REQUEST = 0
const CHUNK_FETCH_FAILURE = 2
const RPC_REQUEST = 3
const RPC_RESPONSE = 4
const RPC_FAILURE = 5
const STREAM_REQUEST = 6
const STREAM_FAILURE = 8
const ONE_WAY = 9

// Types 7 and 10 announce raw bytes that follow the frame uncounted. Whoever skipped such a frame would
// read those bytes as frames, so each type below is refused and its connection closed.
const REFUSED_TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'ChunkFetchSuccess'],
  [7, 'StreamResponse'],
  [10, 'UploadStream'],
  [11, 'MergedBlockMetaRequest'],
  [12, 'MergedBlockMetaSuccess'],
])

const text = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { ignoreBOM: true }) }
const NO_BODY = new Uint8Array(0)

/**
 * Decodes one frame from everything behind its length field. A body is a view of the input, not a copy.
 * `bodySize` is ignored, as Spark does: the body is the rest of the frame.
 */
export function decodeFrame(content: Uint8Array): Frame {
  const reader = new ByteReader(content)
  const type = reader.readInt8()
  switch (type) {
    case RPC_REQUEST:
      return { kind: 'rpc-request', requestId: reader.readInt64(), body: readBody(reader) }
    case RPC_RESPONSE:
      return { kind: 'rpc-response', requestId: reader.readInt64(), body: readBody(reader) }
    case RPC_FAILURE:
      return { kind: 'rpc-failure', requestId: reader.readInt64(), error: readText(reader) }
    case ONE_WAY:
      return { kind: 'one-way', body: readBody(reader) }
    case STREAM_REQUEST:
      return { kind: 'stream-request', streamId: readText(reader) }
    case STREAM_FAILURE:
      return { kind: 'stream-failure', streamId: readText(reader), error: readText(reader) }
    case CHUNK_FETCH_REQUEST:
      return {
        kind: 'chunk-fetch-request',
        streamId: reader.readInt64(),
        chunkIndex: reader.readInt32(),
      }
    case CHUNK_FETCH_FAILURE:
      return {
        kind: 'chunk-fetch-failure',
        streamId: reader.readInt64(),
        chunkIndex: reader.readInt32(),
        error: readText(reader),
      }
    default: {
      const name = REFUSED_TYPES.get(type)
      throw new ProtocolError(
        name === undefined
          ? `frame type ${type} is unknown`
          : `frame type ${type} (${name}) is not served here`,
      )
    }
  }
}

/** The frame as parts to be written one after the other; a body is the frame's own, not a copy. */
export function encodeFrame(frame: Frame): Uint8Array[] {
  const head = new ByteWriter(64)
  head.writeInt64(0n)
  const body = writeHead(head, frame)
  const bytes = head.toBytes()
  const length = BigInt(bytes.length + body.length)
  new DataView(bytes.buffer, bytes.byteOffset).setBigInt64(0, length)
  return body.length === 0 ? [bytes] : [bytes, body]
}

// Writes type and header; returns the body that follows them.
function writeHead(head: ByteWriter, frame: Frame): Uint8Array {
  switch (frame.kind) {
    case 'rpc-request':
    case 'rpc-response':
      head.writeUint8(frame.kind === 'rpc-request' ? RPC_REQUEST : RPC_RESPONSE)
      head.writeInt64(frame.requestId)
      head.writeInt32(frame.body.length)
      return frame.body
    case 'rpc-failure':
      head.writeUint8(RPC_FAILURE)
      head.writeInt64(frame.requestId)
      writeText(head, frame.error)
      return NO_BODY
    case 'one-way':
      head.writeUint8(ONE_WAY)
      head.writeInt32(frame.body.length)
      return frame.body
    case 'stream-request':
      head.writeUint8(STREAM_REQUEST)
      writeText(head, frame.streamId)
      return NO_BODY
    case 'stream-failure':
      head.writeUint8(STREAM_FAILURE)
      writeText(head, frame.streamId)
      writeText(head, frame.error)
      return NO_BODY
    case 'chunk-fetch-request':
      head.writeUint8(CHUNK_FETCH_REQUEST)
      head.writeInt64(frame.streamId)
      head.writeInt32(frame.chunkIndex)
      return NO_BODY
    case 'chunk-fetch-failure':
      head.writeUint8(CHUNK_FETCH_FAILURE)
      head.writeInt64(frame.streamId)
      head.writeInt32(frame.chunkIndex)
      writeText(head, frame.error)
      return NO_BODY
  }
}

function readBody(reader: ByteReader): Uint8Array {
  reader.readInt32()
  return reader.readRest()
}

// Plain UTF-8 behind its byte count, not Java's modified form.
function readText(reader: ByteReader): string {
  return text.decoder.decode(reader.readBytes(reader.readInt32()))
}

function writeText(writer: ByteWriter, value: string): void {
  const bytes = text.encoder.encode(value)
  writer.writeInt32(bytes.length)
  writer.writeBytes(bytes)
}
