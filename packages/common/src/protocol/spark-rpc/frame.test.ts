import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import {
  CONVERSATIONS,
  RELEASES,
  fromHex,
  readConversation,
} from '../../../../../test/fixtures/spark/recordings.ts'
import { ProtocolError } from '../protocol-error.ts'
import { LENGTH_BYTES } from '../bytes/length-prefixed.ts'
import { decodeFrame, encodeFrame, type Frame } from './frame.ts'

const anyFrame: fc.Arbitrary<Frame> = (() => {
  const requestId = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
  const streamNumber = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const body = fc.uint8Array({ maxLength: 400 })
  const text = fc.string({ unit: 'grapheme', maxLength: 40 })
  const chunkIndex = fc.integer()
  return fc.oneof(
    fc.record({ kind: fc.constant('rpc-request' as const), requestId, body }),
    fc.record({ kind: fc.constant('rpc-response' as const), requestId, body }),
    fc.record({ kind: fc.constant('rpc-failure' as const), requestId, error: text }),
    fc.record({ kind: fc.constant('one-way' as const), body }),
    fc.record({ kind: fc.constant('stream-request' as const), streamId: text }),
    fc.record({ kind: fc.constant('stream-failure' as const), streamId: text, error: text }),
    fc.record({
      kind: fc.constant('chunk-fetch-request' as const),
      streamId: streamNumber,
      chunkIndex,
    }),
    fc.record({
      kind: fc.constant('chunk-fetch-failure' as const),
      streamId: streamNumber,
      chunkIndex,
      error: text,
    }),
  )
})()

const content = (frame: Frame) => Buffer.concat(encodeFrame(frame)).subarray(LENGTH_BYTES)

test('every frame comes back as it was, and its length counts every byte', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const bytes = Buffer.concat(encodeFrame(frame))
      expect(bytes.readBigInt64BE(0)).toBe(BigInt(bytes.length))
      const decoded = decodeFrame(content(frame))
      expect(Buffer.concat(encodeFrame(decoded))).toEqual(bytes)
      expect(decoded.kind).toBe(frame.kind)
    }),
  )
})

// The layouts of network-common's message classes, written by hand.
test.each<[string, Frame]>([
  [
    '0000000000000017 03 0000000000000102 00000002 abcd',
    { kind: 'rpc-request', requestId: 0x102n, body: Uint8Array.of(0xab, 0xcd) },
  ],
  [
    '0000000000000015 04 7fffffffffffffff 00000000',
    { kind: 'rpc-response', requestId: 2n ** 63n - 1n, body: new Uint8Array(0) },
  ],
  [
    '0000000000000018 05 0000000000000001 00000003 e282ac',
    { kind: 'rpc-failure', requestId: 1n, error: '€' },
  ],
  ['000000000000000e 09 00000001 ff', { kind: 'one-way', body: Uint8Array.of(0xff) }],
  ['0000000000000010 06 00000003 2f6a6b', { kind: 'stream-request', streamId: '/jk' }],
  [
    '0000000000000013 08 00000001 61 00000001 62',
    { kind: 'stream-failure', streamId: 'a', error: 'b' },
  ],
  [
    '0000000000000015 00 0000000000000005 00000007',
    { kind: 'chunk-fetch-request', streamId: 5n, chunkIndex: 7 },
  ],
  [
    '000000000000001a 02 0000000000000005 00000007 00000001 63',
    { kind: 'chunk-fetch-failure', streamId: 5n, chunkIndex: 7, error: 'c' },
  ],
])('%s', (hex, frame) => {
  const bytes = fromHex(hex)
  expect(Buffer.concat(encodeFrame(frame)).toString('hex')).toBe(hex.replaceAll(' ', ''))
  expect(decodeFrame(bytes.subarray(LENGTH_BYTES))).toEqual(frame)
})

const KINDS = {
  RpcRequest: 'rpc-request',
  RpcResponse: 'rpc-response',
  RpcFailure: 'rpc-failure',
  OneWayMessage: 'one-way',
}

test.each(RELEASES)('frames recorded from Spark %s are re-encoded byte for byte', (release) => {
  for (const name of CONVERSATIONS) {
    for (const recorded of readConversation(release, name)) {
      const frame = decodeFrame(recorded.bytes.subarray(LENGTH_BYTES))
      expect(frame.kind).toBe(KINDS[recorded.type])
      if ('requestId' in frame) expect(frame.requestId).toBe(BigInt(recorded.requestId ?? -1))
      expect(Buffer.compare(Buffer.concat(encodeFrame(frame)), recorded.bytes)).toBe(0)
    }
  }
})

test('bodies are not copied, neither in nor out', () => {
  const body = new Uint8Array(100_000)
  const [head, tail] = encodeFrame({ kind: 'one-way', body })
  expect(head).toHaveLength(13)
  expect(tail).toBe(body)
  const bytes = content({ kind: 'one-way', body })
  const frame = decodeFrame(bytes) as Frame & { kind: 'one-way' }
  expect(frame.body.buffer).toBe(bytes.buffer)
})

test('the body size in the header is ignored, as Spark ignores it', () => {
  const bytes = content({ kind: 'one-way', body: Uint8Array.of(1, 2, 3) })
  bytes.writeInt32BE(-7, 1)
  expect(decodeFrame(bytes)).toEqual({ kind: 'one-way', body: Buffer.from([1, 2, 3]) })
})

test.each([
  [1, 'ChunkFetchSuccess'],
  [7, 'StreamResponse'],
  [10, 'UploadStream'],
  [11, 'MergedBlockMetaRequest'],
  [12, 'MergedBlockMetaSuccess'],
])('type %i (%s) is refused by name', (type, name) => {
  const bytes = new Uint8Array(40)
  bytes[0] = type
  expect(() => decodeFrame(bytes)).toThrow(ProtocolError)
  expect(() => decodeFrame(bytes)).toThrow(`frame type ${type} (${name}) is not served here`)
})

test('an unknown type is refused by its number', () => {
  expect(() => decodeFrame(Uint8Array.of(0xff))).toThrow('frame type -1 is unknown')
  expect(() => decodeFrame(Uint8Array.of(13))).toThrow('frame type 13 is unknown')
})

test('a header that ends early is a ProtocolError at every truncation', () => {
  const headers: [Frame, number][] = [
    [{ kind: 'rpc-request', requestId: 1n, body: new Uint8Array(0) }, 13],
    [{ kind: 'one-way', body: new Uint8Array(0) }, 5],
    [{ kind: 'rpc-failure', requestId: 1n, error: 'no' }, 15],
    [{ kind: 'stream-failure', streamId: 'a', error: 'b' }, 11],
    [{ kind: 'chunk-fetch-failure', streamId: 1n, chunkIndex: 2, error: 'c' }, 18],
  ]
  for (const [frame, length] of headers) {
    const bytes = content(frame)
    expect(bytes).toHaveLength(length)
    for (let end = 0; end < length; end++) {
      expect(() => decodeFrame(bytes.subarray(0, end))).toThrow(ProtocolError)
    }
  }
})

test('any bytes are a frame or a ProtocolError', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: -2, max: 13 }),
      (rest, type) => {
        try {
          decodeFrame(Uint8Array.from([type, ...rest]))
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      },
    ),
  )
})
