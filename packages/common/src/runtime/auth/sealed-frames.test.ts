import { createDecipheriv } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import { FrameOpener, FrameSealer, SEAL_BYTES } from './sealed-frames.ts'

const KEY = new Uint8Array(32).fill(7)
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
const bytes = (content: string) => Buffer.from(content)

test('messages come out as they went in, in order, and no two seals are alike', () => {
  const [sealer, opener] = [new FrameSealer(KEY), new FrameOpener(KEY)]
  const sealed = ['same', 'same', '', 'x'.repeat(100_000)].map((one) => sealer.seal(bytes(one)))
  expect(sealed[0]).not.toEqual(sealed[1])
  expect(sealed[2]).toHaveLength(SEAL_BYTES)
  expect(sealed.map((one) => text(opener.open(one)))).toEqual([
    'same',
    'same',
    '',
    'x'.repeat(100_000),
  ])
})

test('the layout: AES-256-GCM, the message number as nonce, the tag at the end', () => {
  const sealer = new FrameSealer(KEY)
  sealer.seal(bytes('zero'))
  const sealed = sealer.seal(bytes('one'))
  const nonce = Buffer.from('000000000000000000000001', 'hex')
  const decipher = createDecipheriv('aes-256-gcm', KEY, nonce)
  decipher.setAuthTag(sealed.subarray(3))
  expect(decipher.update(sealed.subarray(0, 3)).toString('utf8') + decipher.final('utf8')).toBe(
    'one',
  )
})

test('one flipped bit anywhere is noticed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(), (message, at) => {
      const sealed = new FrameSealer(KEY).seal(message)
      const bit = at % (sealed.length * 8)
      sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => new FrameOpener(KEY).open(sealed)).toThrow(ProtocolError)
    }),
  )
})

test.each([
  ['repeated', [0, 0]],
  ['swapped', [1, 0]],
  ['left out', [0, 2]],
])('a message that is %s is noticed', (_what, order) => {
  const sealer = new FrameSealer(KEY)
  const sealed = ['a', 'b', 'c'].map((one) => sealer.seal(bytes(one)))
  const opener = new FrameOpener(KEY)
  expect(() => order.map((at) => opener.open(sealed[at] ?? new Uint8Array()))).toThrow(
    'it was changed, repeated or moved on its way',
  )
})

test('one of the other direction, a shortened one, and none at all', () => {
  const sealed = new FrameSealer(new Uint8Array(32).fill(8)).seal(bytes('order'))
  expect(() => new FrameOpener(KEY).open(sealed)).toThrow(ProtocolError)
  const short = new FrameSealer(KEY).seal(bytes('order')).subarray(1)
  expect(() => new FrameOpener(KEY).open(short)).toThrow(ProtocolError)
  expect(() => new FrameOpener(KEY).open(bytes('{}'))).toThrow(
    'message 0 is too short to be sealed',
  )
})
