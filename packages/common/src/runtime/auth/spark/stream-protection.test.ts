import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ProtocolError } from '../../../protocol/protocol-error.ts'
import { openCtrStream } from './ctr-stream.ts'
import { openGcmStream } from './gcm-stream.ts'
import { openSaslStream } from './sasl-stream.ts'
import { seededRandom } from './seeded-random.test-support.ts'
import type { StreamProtection } from './stream-protection.ts'

interface Pair {
  readonly near: StreamProtection
  readonly far: StreamProtection
}

const MAX_MESSAGE_BYTES = 200_000

function keys(bytes: number, isNear: boolean) {
  const random = seededRandom(7)
  const [key, one, other] = [random(bytes), random(16), random(16)]
  return { key, sendIv: isNear ? one : other, receiveIv: isNear ? other : one }
}

const gcm = (bytes: number, isNear: boolean) =>
  openGcmStream(keys(bytes, isNear), {
    random: seededRandom(isNear ? 1 : 2),
    maxMessageBytes: MAX_MESSAGE_BYTES,
  })

const sasl = (role: 'client' | 'server') =>
  openSaslStream(seededRandom(3)(16), role, { blockBytes: 4096, maxBlockBytes: 10_000 })

const kinds: readonly (readonly [string, () => Pair])[] = [
  [
    'CTR, 32 bytes of key',
    () => ({ near: openCtrStream(keys(32, true)), far: openCtrStream(keys(32, false)) }),
  ],
  [
    'CTR, 16 bytes of key',
    () => ({ near: openCtrStream(keys(16, true)), far: openCtrStream(keys(16, false)) }),
  ],
  ['GCM, 32 bytes of key', () => ({ near: gcm(32, true), far: gcm(32, false) })],
  ['GCM, 16 bytes of key', () => ({ near: gcm(16, true), far: gcm(16, false) })],
  ['SASL', () => ({ near: sasl('client'), far: sasl('server') })],
]
const authenticated = kinds.filter(([name]) => !name.startsWith('CTR'))

const filled = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff)

function openAll(protection: StreamProtection, bytes: Uint8Array): Buffer {
  return Buffer.concat([...protection.open(bytes)])
}

const sealed = (protection: StreamProtection, plain: Uint8Array) =>
  Buffer.concat(protection.seal([plain]))

describe.each(kinds)('%s', (_name, pair) => {
  test('opens what the other end has sealed, whatever the sizes and chunks', () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(4095, 4096, 4097, 32_751, 32_752, 32_753, 70_000),
    )
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(40_000), { maxLength: 8 }),
        (sizes, cuts) => {
          const { near, far } = pair()
          const messages = sizes.map(filled)
          const wire = Buffer.concat(messages.map((message) => sealed(near, message)))
          const opened: Uint8Array[] = []
          let at = 0
          for (const cut of [...cuts, wire.length]) {
            opened.push(...far.open(wire.subarray(at, at + cut)))
            at = Math.min(wire.length, at + cut)
          }
          expect(Buffer.compare(Buffer.concat(opened), Buffer.concat(messages))).toBe(0)
          expect(far.bufferedBytes).toBe(0)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('both directions are apart', () => {
    const { near, far } = pair()
    const there = sealed(near, filled(100, 1))
    const back = sealed(far, filled(100, 1))
    expect(there.equals(back)).toBe(false)
    expect([...openAll(far, there)]).toEqual([...filled(100, 1)])
    expect([...openAll(near, back)]).toEqual([...filled(100, 1)])
  })

  test('nothing of the plaintext is on the wire, and no two messages look alike', () => {
    const { near } = pair()
    const plain = Buffer.from('RegisterApplication'.repeat(4))
    const [first, second] = [sealed(near, plain), sealed(near, plain)]
    expect(first.includes('RegisterApplication')).toBe(false)
    expect(first.subarray(8).equals(second.subarray(8))).toBe(false)
  })
})

describe.each(authenticated)('%s', (_name, pair) => {
  test('a flipped bit is an error and never other plaintext, wherever it is', () => {
    const plain = filled(60, 1)
    const { near } = pair()
    const wire = sealed(near, plain)
    for (let bit = 0; bit < wire.length * 8; bit++) {
      const changed = Buffer.from(wire)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const { far } = pair()
      // A changed length may only wait for more: what comes next is then taken for the rest.
      const rest = bit < 64 ? filled(40_000, 3) : new Uint8Array(0)
      expect(() => openAll(far, Buffer.concat([changed, rest]))).toThrow(ProtocolError)
    }
  })

  test('a message that is missing, repeated or cut is an error', () => {
    const { near } = pair()
    const [first, second] = [sealed(near, filled(50, 1)), sealed(near, filled(50, 2))]
    const isOrdered = _name === 'SASL'
    if (isOrdered) {
      expect(() => openAll(pair().far, second)).toThrow('is not the next one')
      expect(() => openAll(pair().far, Buffer.concat([first, first]))).toThrow(
        'is not the next one',
      )
    }
    const cut = Buffer.concat([first.subarray(0, -1), second])
    expect(() => openAll(pair().far, Buffer.concat([cut, filled(40_000, 1)]))).toThrow(
      ProtocolError,
    )
  })

  test('plain bytes are an error', () => {
    const frame = Buffer.from('000000000000001d090000001001000568656c6c6f0000000001000a41', 'hex')
    expect(() => openAll(pair().far, Buffer.concat([frame, filled(300, 0)]))).toThrow(ProtocolError)
  })

  test('any bytes are opened, waited for or refused, and cost no more than arrived', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { far } = pair()
        try {
          expect(openAll(far, bytes)).toHaveLength(0)
          expect(far.bufferedBytes).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})

test('CTR: a flipped bit is one flipped bit of the plaintext', () => {
  const near = openCtrStream(keys(16, true))
  const far = openCtrStream(keys(16, false))
  const wire = sealed(near, filled(20, 1))
  wire[3] = (wire[3] ?? 0) ^ 0x80
  const expected = filled(20, 1)
  expected[3] = (expected[3] ?? 0) ^ 0x80
  expect([...openAll(far, wire)]).toEqual([...expected])
})

test('GCM: a segment is opened when it is whole, and no more than one is held', () => {
  const [near, far] = [gcm(16, true), gcm(16, false)]
  const wire = sealed(near, filled(150_000, 1))
  let opened = 0
  for (let at = 0; at < wire.length; at += 1_000) {
    opened += openAll(far, wire.subarray(at, at + 1_000)).length
    expect(far.bufferedBytes).toBeLessThanOrEqual(32 * 1024)
    expect(opened).toBeGreaterThanOrEqual(at - 33_000)
  }
  expect(opened).toBe(150_000)
})

test('GCM: a message may be as long as a frame, and no longer', () => {
  const wire = sealed(gcm(16, true), filled(MAX_MESSAGE_BYTES, 1))
  expect(openAll(gcm(16, false), wire)).toHaveLength(MAX_MESSAGE_BYTES)
  const long = sealed(gcm(16, true), filled(MAX_MESSAGE_BYTES + 1, 1))
  expect(() => openAll(gcm(16, false), long)).toThrow(/length 200\d+ is not between/)
})

test('SASL: a longer block than allowed is refused before it has arrived', () => {
  const length = Buffer.alloc(8)
  length.writeBigInt64BE(10_001n)
  expect(() => openAll(sasl('server'), length)).toThrow('exceeds the limit of 10000')
})
