import { describe, expect, test } from 'vitest'
import { CLUSTER_AUTH_VERSION, handshakeTranscript } from '../../protocol/cluster/handshake.ts'
import {
  AcceptorHandshake,
  DiallerHandshake,
  HandshakeError,
  refuseHello,
  UNAUTHENTICATED,
} from './cluster-handshake.ts'
import { clusterProof, deriveKey, isSameProof, sessionKeys } from './cluster-keys.ts'

const SECRET = 'correct horse battery'

/** Up to the proof of the dialler, which is the last message that is not judged yet. */
function begin(diallerSecret = SECRET, acceptorSecret = SECRET) {
  const dialler = new DiallerHandshake(diallerSecret)
  const acceptor = new AcceptorHandshake(acceptorSecret)
  const challenge = acceptor.receive(dialler.hello).reply
  const proof = dialler.receive(challenge).reply
  return { dialler, acceptor, challenge, proof }
}

test('both ends with one secret have proven it after two round trips, and have each other’s keys', () => {
  const { dialler, acceptor, proof } = begin()
  const accepted = acceptor.receive(proof)
  const { reply, keys } = dialler.receive(accepted.reply)
  expect(reply).toBeUndefined()
  expect(keys?.send).toEqual(accepted.keys?.receive)
  expect(keys?.receive).toEqual(accepted.keys?.send)
  expect(keys?.send).not.toEqual(keys?.receive)
})

test('nothing that is sent holds the secret, and no two handshakes are alike', () => {
  const [first, second] = [begin(), begin()]
  expect(JSON.stringify(first)).not.toContain(SECRET)
  expect(first.dialler.hello).not.toEqual(second.dialler.hello)
  expect(first.challenge).not.toEqual(second.challenge)
  expect(first.proof).not.toEqual(second.proof)
})

describe('what an acceptor refuses', () => {
  test('the proof of another secret, in a sentence that says what to set', () => {
    const { acceptor, proof } = begin('another secret', SECRET)
    expect(() => acceptor.receive(proof)).toThrow(
      /^the worker's secret is not the master's: .*spark\.authenticate\.secret.*HEARTH_SECRET.*secretFile/,
    )
  })

  test('a whole handshake that was recorded', () => {
    const { dialler, proof } = begin()
    const another = new AcceptorHandshake(SECRET)
    another.receive(dialler.hello)
    expect(() => another.receive(proof)).toThrow(HandshakeError)
  })

  test.each([
    ['a registration', { type: 'register-worker' }],
    ['a proof without a hello', { type: 'auth-proof', proof: '0'.repeat(64) }],
    ['a hello with a short nonce', { type: 'auth-hello', version: 1, nonce: '00' }],
    ['a hello with a nonce in capitals', { type: 'auth-hello', version: 1, nonce: 'A'.repeat(64) }],
    ['no object', null],
  ])('%s as the first message', (_what, message) => {
    expect(() => new AcceptorHandshake(SECRET).receive(message)).toThrow(UNAUTHENTICATED)
  })

  test('a second hello', () => {
    const { acceptor, dialler } = begin()
    expect(() => acceptor.receive(dialler.hello)).toThrow(UNAUTHENTICATED)
  })

  test('another version, with what to do', () => {
    const { hello } = new DiallerHandshake(SECRET)
    const newer = { ...hello, version: CLUSTER_AUTH_VERSION + 1 }
    expect(() => new AcceptorHandshake(SECRET).receive(newer)).toThrow(
      "version 2 of the cluster's authentication, only 1 is spoken here: install the same release",
    )
  })
})

describe('what a dialler refuses', () => {
  test('its own proof, sent back', () => {
    const { dialler, proof } = begin()
    const reflected = {
      type: 'auth-accepted',
      proof: proof?.type === 'auth-proof' ? proof.proof : '',
    }
    expect(() => dialler.receive(reflected)).toThrow('the master did not prove the secret')
  })

  test('its own challenge, answered by itself', () => {
    // Whoever listens without the secret opens a second handshake to have its nonce answered.
    const { dialler, proof } = begin()
    const second = new DiallerHandshake(SECRET)
    const hello = dialler.hello
    const answer = second.receive({ type: 'auth-challenge', version: 1, nonce: hello.nonce }).reply
    expect(answer).not.toEqual(proof)
    const stolen = {
      type: 'auth-accepted',
      proof: answer?.type === 'auth-proof' ? answer.proof : '',
    }
    expect(() => dialler.receive(stolen)).toThrow(HandshakeError)
  })

  test.each([
    ['acceptance without a challenge', { type: 'auth-accepted', proof: '0'.repeat(64) }],
    ['a registration', { type: 'registered' }],
    ['nothing', undefined],
  ])('%s', (_what, message) => {
    const dialler = new DiallerHandshake(SECRET)
    expect(() => dialler.receive(message)).toThrow('the master did not prove the secret')
  })

  test('a refusal is told in the words of the master, fit for a terminal', () => {
    const reason = '\u001b[2Jno\nsecret' + 'x'.repeat(2000)
    const receive = () =>
      new DiallerHandshake(SECRET).receive({ type: 'registration-refused', reason })
    expect(receive).toThrow(/^refused: {2}\[2Jno secretx{987}$/)
  })
})

test('without a secret only a hello is refused', () => {
  expect(() => refuseHello(new DiallerHandshake(SECRET).hello)).toThrow(
    'asks for proof of a secret and the master has none',
  )
  expect(() => refuseHello({ type: 'register-worker' })).not.toThrow()
})

// Computed with Python's hmac from the words of docs/authentication.md.
const VECTORS = [
  '2791ebb3eaabdf7657150be39ace6714262ffe834bb071cbe2df3afd346c09bc',
  '96398f12d75fe4765222c641430e330109e03a9d1389f94526d9f4aca48f96bb',
  'd986a3e2d479b194ad3614d9c775abafa4ae75675c0f6829de6704ac9cb7f008',
  '2ec15b8f032d22caa08223ce4f060aa54e14072523fd5244446b03453204d612',
  '2165373b3b6aa91ea39668423fd5e0df74fca1cab9d97b8e7be59fee47f4e1b9',
]

// A release that computes anything else cannot talk to those before it.
test('proofs and keys are what the documentation says', () => {
  const transcript = handshakeTranscript('11'.repeat(32), '22'.repeat(32))
  expect(transcript).toBe(`hearth-cluster framing 1 auth 1 ${'11'.repeat(32)} ${'22'.repeat(32)}`)
  const hex = (key: Uint8Array) => Buffer.from(key).toString('hex')
  const { send, receive } = sessionKeys(SECRET, 'dialler', transcript)
  expect([
    clusterProof(SECRET, 'dialler', transcript),
    clusterProof(SECRET, 'acceptor', transcript),
    hex(send),
    hex(receive),
    hex(deriveKey(SECRET, 'http actions 1')),
  ]).toEqual(VECTORS)
})

test('proofs are compared whole', () => {
  expect(isSameProof('abc', 'abc')).toBe(true)
  expect(isSameProof('abc', 'abd')).toBe(false)
  expect(isSameProof('abc', 'abcd')).toBe(false)
  expect(isSameProof('', 'abc')).toBe(false)
})
