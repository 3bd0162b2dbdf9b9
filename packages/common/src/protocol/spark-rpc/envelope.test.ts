import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import {
  CONVERSATIONS,
  RELEASES,
  fromHex,
  readConversation,
} from '../../../../../test/fixtures/spark/recordings.ts'
import { ProtocolError } from '../protocol-error.ts'
import { decodeEnvelope, encodeEnvelope, type Envelope } from './envelope.ts'
import { LENGTH_BYTES } from '../bytes/length-prefixed.ts'
import { decodeFrame } from './frame.ts'

test('every envelope comes back as it was', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 })
  const address = fc.option(fc.record({ host: text, port: fc.integer() }))
  const envelope = fc.record({
    sender: address,
    receiver: address,
    endpoint: text,
    content: fc.uint8Array({ maxLength: 300 }),
  })
  fc.assert(
    fc.property(envelope, (one) => {
      expect(decodeEnvelope(encodeEnvelope(one))).toEqual(one)
    }),
  )
})

test.each(RELEASES)('envelopes recorded from Spark %s are re-encoded byte for byte', (release) => {
  let count = 0
  for (const name of CONVERSATIONS) {
    for (const { bytes, envelope } of readConversation(release, name)) {
      if (envelope === null) continue
      const frame = decodeFrame(bytes.subarray(LENGTH_BYTES))
      if (!('body' in frame)) throw new Error(`frame ${frame.kind} has no envelope`)
      expect(Buffer.compare(encodeEnvelope(decodeEnvelope(frame.body)), frame.body)).toBe(0)
      count++
    }
  }
  expect(count).toBeGreaterThan(50)
})

// RequestMessage.serialize: a flag, writeUTF and writeInt for each address; writeUTF for the name.
const HEX = '01 0001 68 00001b9d 00 0006 4d6173746572 aced0005'
const ENVELOPE: Envelope = {
  sender: { host: 'h', port: 7069 },
  receiver: null,
  endpoint: 'Master',
  content: fromHex('aced0005'),
}

test('the layout is the one of Spark', () => {
  expect(decodeEnvelope(fromHex(HEX))).toEqual(ENVELOPE)
  expect(encodeEnvelope(ENVELOPE)).toEqual(fromHex(HEX))
})

test('the content is a view of the body', () => {
  const body = fromHex(HEX)
  expect(decodeEnvelope(body).content.buffer).toBe(body.buffer)
})

test('an envelope that ends early is a ProtocolError at every truncation', () => {
  const body = fromHex(HEX)
  for (let end = 0; end < body.length - 4; end++) {
    expect(() => decodeEnvelope(body.subarray(0, end))).toThrow(ProtocolError)
  }
})

test('an address flag that is neither 0 nor 1 names whose address it is', () => {
  expect(() => decodeEnvelope(Uint8Array.of(2))).toThrow('sender address starts with 2, not 0 or 1')
  expect(() => decodeEnvelope(Uint8Array.of(0, 9))).toThrow('receiver address starts with 9')
})

test('a text that its length field cannot count is refused', () => {
  const longest = 'x'.repeat(0xffff)
  const envelope = (endpoint: string) => ({
    sender: null,
    receiver: null,
    endpoint,
    content: new Uint8Array(0),
  })
  expect(decodeEnvelope(encodeEnvelope(envelope(longest))).endpoint).toBe(longest)
  expect(() => encodeEnvelope(envelope(`${longest}x`))).toThrow(ProtocolError)
})

test('any bytes are an envelope or a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeEnvelope(Uint8Array.from([1, 0, 3, ...bytes]))
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})
