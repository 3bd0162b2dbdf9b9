import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ProtocolError } from '../protocol-error.ts'
import { ClusterFrameDecoder } from './frame-decoder.ts'
import { CLUSTER_MAGIC, encodeClusterFrame } from './frame.ts'

const LIMITS = { maxMessageBytes: 100_000, maxDepth: 10, maxValues: 1_000 }

const bytesOf = (...messages: unknown[]) =>
  Buffer.concat(messages.flatMap((one) => encodeClusterFrame(one, LIMITS.maxMessageBytes)))

const acceptor = () => new ClusterFrameDecoder(LIMITS, { expectMagic: true })
const dialler = () => new ClusterFrameDecoder(LIMITS, { expectMagic: false })

const MESSAGES = [
  { type: 'heartbeat', workerId: 'w-1' },
  { type: 'reregister' },
  { text: 'Grüße €' },
]

test('the magic starts with 0xF1, HRTH and the version', () => {
  expect(Buffer.from(CLUSTER_MAGIC).toString('latin1')).toBe('\xf1HRTH\x01')
})

test('a document stands behind its length', () => {
  expect(bytesOf({ a: 1 })).toEqual(Buffer.from('\0\0\0\x07{"a":1}', 'latin1'))
})

test('a stream cut in two at any position gives the same messages', () => {
  const stream = Buffer.concat([CLUSTER_MAGIC, bytesOf(...MESSAGES)])
  for (let cut = 0; cut <= stream.length; cut++) {
    const decoder = acceptor()
    const first = [...decoder.push(stream.subarray(0, cut))]
    expect([...first, ...decoder.push(stream.subarray(cut))]).toEqual(MESSAGES)
    expect(decoder.bufferedBytes).toBe(0)
  }
})

test('a stream byte by byte gives the same messages, and counts what it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }), (messages) => {
      // Left out by the reader: json-document.test.ts.
      fc.pre(!JSON.stringify(messages).includes('__proto__'))
      const decoder = dialler()
      const decoded: unknown[] = []
      const stream = bytesOf(...messages)
      for (const byte of stream) decoded.push(...decoder.push(Uint8Array.of(byte)))
      expect(bytesOf(...decoded)).toEqual(stream)
      expect([...decoder.push(Uint8Array.of(0, 0, 1))]).toEqual([])
      expect(decoder.bufferedBytes).toBe(3)
    }),
  )
})

test('a dialler expects no magic back', () => {
  expect([...dialler().push(bytesOf(...MESSAGES))]).toEqual(MESSAGES)
})

test('another magic or version is refused by name', () => {
  for (let at = 1; at < CLUSTER_MAGIC.length; at++) {
    const magic = Uint8Array.from(CLUSTER_MAGIC)
    magic[at] = 0x7f
    const expected =
      at === CLUSTER_MAGIC.length - 1
        ? 'cluster framing version 127 is not spoken here, only 1'
        : `byte ${at} of the magic is wrong`
    expect(() => [...acceptor().push(magic)]).toThrow(ProtocolError)
    expect(() => [...acceptor().push(magic)]).toThrow(expected)
  }
})

test('lengths of zero and beyond the limit are refused as soon as they are there', () => {
  expect(() => [...dialler().push(Uint8Array.of(0, 0, 0, 0))]).toThrow('message length 0')
  expect(() => [...dialler().push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))]).toThrow(
    'message length 4294967295 exceeds the limit of 100000',
  )
})

test('a message that the peer would refuse is not sent', () => {
  expect(() => encodeClusterFrame('x'.repeat(100_000), 100_000)).toThrow(
    'message of 100002 bytes exceeds the limit of 100000',
  )
})
