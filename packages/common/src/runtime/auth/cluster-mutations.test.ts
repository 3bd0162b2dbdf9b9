// Mutations of an authenticated conversation: whatever happens to its bytes, nothing is heard but a
// beginning of what was said, and what is thrown is a ProtocolError.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClusterFrameDecoder } from '../../protocol/cluster/frame-decoder.ts'
import { encodeClusterFrame, frameClusterDocument } from '../../protocol/cluster/frame.ts'
import { MAX_HANDSHAKE_BYTES } from '../../protocol/cluster/handshake.ts'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import {
  AcceptorHandshake,
  DiallerHandshake,
  HandshakeError,
  type Handshake,
} from './cluster-handshake.ts'
import { FrameOpener, FrameSealer } from './sealed-frames.ts'

const SECRET = 'correct horse battery'
const SAID = ['one', { two: 2 }, [3, 3, 3]]
const LIMITS = { maxMessageBytes: MAX_HANDSHAKE_BYTES, maxDepth: 32, maxValues: 1000 }

/** An end as ClusterConnection makes it of these parts, without a socket. */
class End {
  readonly heard: unknown[] = []
  readonly replies: unknown[] = []
  sealer: FrameSealer | undefined
  #handshake: Handshake | undefined
  readonly #decoder = new ClusterFrameDecoder(LIMITS, { expectMagic: false })

  constructor(handshake: Handshake) {
    this.#handshake = handshake
  }

  push(bytes: Uint8Array): void {
    for (const message of this.#decoder.push(bytes)) {
      if (this.#handshake === undefined) {
        this.heard.push(message)
        continue
      }
      const { reply, keys } = this.#handshake.receive(message)
      if (reply !== undefined) this.replies.push(reply)
      if (keys === undefined) continue
      this.#handshake = undefined
      this.sealer = new FrameSealer(keys.send)
      const opener = new FrameOpener(keys.receive)
      this.#decoder.expectSealed((sealed) => opener.open(sealed), LIMITS)
    }
  }
}

const plain = (message: unknown) =>
  Buffer.concat(encodeClusterFrame(message, LIMITS.maxMessageBytes))

/** A whole conversation; `bend` sees each of the dialler's frames on its way. */
function converse(bend: (frame: Buffer, number: number) => Buffer): readonly unknown[] {
  const handshake = new DiallerHandshake(SECRET)
  const [dialler, acceptor] = [new End(handshake), new End(new AcceptorHandshake(SECRET))]
  try {
    acceptor.push(bend(plain(handshake.hello), 0))
    for (const reply of acceptor.replies.splice(0)) dialler.push(plain(reply))
    for (const reply of dialler.replies.splice(0)) acceptor.push(bend(plain(reply), 1))
    for (const reply of acceptor.replies.splice(0)) dialler.push(plain(reply))
    for (const [at, message] of SAID.entries()) {
      const document = Buffer.from(JSON.stringify(message))
      const frame = frameClusterDocument(dialler.sealer?.seal(document) ?? document)
      acceptor.push(bend(Buffer.concat(frame), 2 + at))
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
  return acceptor.heard
}

const mutation = fc.record({
  frame: fc.nat({ max: 4 }),
  at: fc.nat(),
  kind: fc.constantFrom('flip', 'cut', 'insert', 'double'),
  byte: fc.integer({ min: 1, max: 255 }),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never

function mutate(frame: Buffer, { at, kind, byte }: Mutation): Buffer {
  const place = at % frame.length
  const [before, after] = [frame.subarray(0, place), frame.subarray(place)]
  if (kind === 'cut') return Buffer.concat([before, after.subarray(1 + (byte % 8))])
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(byte), after])
  if (kind === 'double') return Buffer.concat([frame, frame])
  const copy = Buffer.from(frame)
  copy[place] = (copy[place] ?? 0) ^ byte
  return copy
}

test('unbent, everything is heard', () => {
  expect(converse((frame) => frame)).toEqual(SAID)
})

test('bent anywhere, a beginning is heard and nothing else', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const heard = converse((frame, number) =>
        mutations.filter((one) => one.frame === number).reduce(mutate, frame),
      )
      expect(heard).toEqual(SAID.slice(0, heard.length))
    }),
    { numRuns: 2000 },
  )
})

test('any value in place of a message of a handshake is refused as such', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const end of [new AcceptorHandshake(SECRET), new DiallerHandshake(SECRET)]) {
        expect(() => end.receive(value)).toThrow(HandshakeError)
      }
    }),
  )
})
