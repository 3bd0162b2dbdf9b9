import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { RELEASES, readConversation } from '../../../../../test/fixtures/spark/recordings.ts'
import { ProtocolError } from '../protocol-error.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { encodeFrame, type Frame } from './frame.ts'

const LIMITS = { maxFrameBytes: 1024 * 1024 }

const bytesOf = (frames: readonly Frame[]) => Buffer.concat(frames.flatMap(encodeFrame))
const oneWay = (...body: number[]): Frame => ({ kind: 'one-way', body: Uint8Array.from(body) })

// Frames as plain values: a body may be a Buffer or a Uint8Array, depending on how it was cut.
const plain = (frames: readonly Frame[]) =>
  frames.map((frame) => ('body' in frame ? { ...frame, body: [...frame.body] } : frame))

const FRAMES: readonly Frame[] = [
  { kind: 'rpc-request', requestId: 9n, body: Uint8Array.of(1, 2, 3) },
  { kind: 'rpc-failure', requestId: 9n, error: 'no such endpoint' },
  oneWay(),
  oneWay(4),
]

test('a stream cut in two at any position gives the same frames', () => {
  const stream = bytesOf(FRAMES)
  for (let cut = 0; cut <= stream.length; cut++) {
    const decoder = new FrameDecoder(LIMITS)
    const frames = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))]
    expect(plain(frames)).toEqual(plain(FRAMES))
    expect(decoder.bufferedBytes).toBe(0)
  }
})

test('a stream cut anywhere, any number of times, gives the same frames', () => {
  const frame = fc.oneof(
    fc
      .uint8Array({ maxLength: 90_000, size: 'max' })
      .map((body) => ({ kind: 'one-way' as const, body })),
    fc.record({
      kind: fc.constant('rpc-failure' as const),
      requestId: fc.constant(1n),
      error: fc.string(),
    }),
  )
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 4 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
      (frames, cuts) => {
        const stream = bytesOf(frames)
        const ends = cuts.map((cut) => Math.floor(cut * stream.length)).sort((a, b) => a - b)
        const decoder = new FrameDecoder(LIMITS)
        const decoded: Frame[] = []
        let start = 0
        for (const end of [...ends, stream.length]) {
          decoded.push(...decoder.push(stream.subarray(start, end)))
          start = end
        }
        expect(bytesOf(decoded).equals(stream)).toBe(true)
        expect(decoder.bufferedBytes).toBe(0)
      },
    ),
    { numRuns: 50 },
  )
})

test.each(RELEASES)('a conversation recorded from Spark %s, byte by byte', (release) => {
  const stream = Buffer.concat(readConversation(release, 'client-mode').map(({ bytes }) => bytes))
  const decoder = new FrameDecoder(LIMITS)
  const frames: Frame[] = []
  for (const byte of stream) frames.push(...decoder.push(Uint8Array.of(byte)))
  expect(bytesOf(frames).equals(stream)).toBe(true)
})

test('counts what it holds of an unfinished frame, and only that', () => {
  const decoder = new FrameDecoder(LIMITS)
  const [first, second] = [bytesOf([oneWay(1, 2, 3)]), bytesOf([oneWay(4, 5, 6)])]
  expect([...decoder.push(first.subarray(0, 5))]).toEqual([])
  expect(decoder.bufferedBytes).toBe(5)
  expect([...decoder.push(first.subarray(5, 10))]).toEqual([])
  expect(decoder.bufferedBytes).toBe(10)
  const rest = Buffer.concat([first.subarray(10), second.subarray(0, 9)])
  expect(plain([...decoder.push(rest)])).toEqual(plain([oneWay(1, 2, 3)]))
  expect(decoder.bufferedBytes).toBe(9)
})

test('a frame within one chunk is a view of it', () => {
  const stream = bytesOf([oneWay(1, 2, 3)])
  const [frame] = [...new FrameDecoder(LIMITS).push(stream)] as [Frame & { kind: 'one-way' }]
  expect(frame.body.buffer).toBe(stream.buffer)
})

test('a declared length reserves nothing', () => {
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigInt64(0, 2n ** 30n)
  const before = process.memoryUsage().arrayBuffers
  const decoders = Array.from({ length: 50 }, () => new FrameDecoder({ maxFrameBytes: 2 ** 30 }))
  for (const decoder of decoders) {
    expect([...decoder.push(length)]).toEqual([])
    expect(decoder.bufferedBytes).toBe(8)
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
})

test.each([
  [0n, 'frame length 0 is impossible'],
  [8n, 'frame length 8 is impossible'],
  [-1n, 'frame length -1 is impossible'],
  [-(2n ** 63n), `frame length ${-(2n ** 63n)} is impossible`],
  [1_048_577n, 'frame length 1048577 exceeds the limit of 1048576'],
  [2n ** 62n, `frame length ${2n ** 62n} exceeds the limit of 1048576`],
])('length %i is refused as soon as it is there', (length, message) => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, length)
  for (let cut = 0; cut < bytes.length; cut++) {
    const decoder = new FrameDecoder(LIMITS)
    expect([...decoder.push(bytes.subarray(0, cut))]).toEqual([])
    expect(() => [...decoder.push(bytes.subarray(cut))]).toThrow(
      expect.objectContaining({
        name: 'ProtocolError',
        message: expect.stringContaining(message) as string,
      }),
    )
  }
})

test('good frames before a bad one are given out, whatever the chunks', () => {
  const stream = Buffer.concat([bytesOf([oneWay(1), oneWay(2)]), new Uint8Array(8)])
  for (let cut = 0; cut < stream.length; cut++) {
    const decoder = new FrameDecoder(LIMITS)
    const frames: Frame[] = []
    expect(() => {
      for (const frame of decoder.push(stream.subarray(0, cut))) frames.push(frame)
      for (const frame of decoder.push(stream.subarray(cut))) frames.push(frame)
    }).toThrow('frame length 0')
    expect(plain(frames)).toEqual(plain([oneWay(1), oneWay(2)]))
  }
})

test('the longest frame is accepted', () => {
  const frame: Frame = { kind: 'one-way', body: new Uint8Array(LIMITS.maxFrameBytes - 13) }
  expect([...new FrameDecoder(LIMITS).push(bytesOf([frame]))]).toHaveLength(1)
})

test('any bytes are frames or a ProtocolError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (chunks) => {
      const decoder = new FrameDecoder(LIMITS)
      try {
        // Small lengths, so that random bytes also reach the frames behind the length field.
        for (const chunk of chunks) {
          Array.from(decoder.push(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, ...chunk])))
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})
