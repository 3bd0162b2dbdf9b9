// Both ends against each other, and each against ends that break the rules.
import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { decodeAuthMessage, encodeAuthMessage } from '../../../protocol/spark-auth/auth-message.ts'
import { decodeSaslMessage, encodeSaslMessage } from '../../../protocol/spark-auth/sasl-message.ts'
import type { Frame } from '../../../protocol/spark-rpc/frame.ts'
import { SparkAcceptor } from './spark-acceptor.ts'
import { defaultAuthSettings, type AuthSettings } from '../auth-settings.ts'
import { SparkDialler } from './spark-dialler.ts'
import type { SparkHandshake, Verdict } from './spark-handshake.ts'
import { seededRandom } from './seeded-random.test-support.ts'

const SECRET = 's3cret'
const maxFrameBytes = 1 << 20

function options(changes: Partial<AuthSettings>, seed: number) {
  const auth = { ...defaultAuthSettings(SECRET), ...changes }
  return { auth, random: seededRandom(seed), maxFrameBytes }
}

const acceptor = (changes: Partial<AuthSettings> = {}, seed = 1) =>
  new SparkAcceptor(options(changes, seed))
const dialler = (changes: Partial<AuthSettings> = {}, seed = 2) =>
  new SparkDialler(options(changes, seed))

interface Outcome {
  readonly near: Verdict
  readonly far: Verdict
  readonly frames: readonly Frame[]
}

// Carries frames to and fro until nobody has anything to say.
function converse(near: SparkHandshake, far: SparkHandshake): Outcome {
  const verdicts: [Verdict, Verdict] = [{ kind: 'pending' }, { kind: 'pending' }]
  const frames: Frame[] = []
  let queue = [...near.begin()]
  for (let turn = 1; queue.length > 0; turn++) {
    const taker = turn % 2 === 1 ? far : near
    const next: Frame[] = []
    for (const frame of queue) {
      frames.push(frame)
      if (verdicts[turn % 2]?.kind !== 'pending') break
      const step = taker.take(frame)
      next.push(...step.frames)
      verdicts[turn % 2] = step.verdict
    }
    queue = next
  }
  return { near: verdicts[0], far: verdicts[1], frames }
}

function nameOf(verdict: Verdict): string {
  if (verdict.kind === 'refused') return `refused: ${verdict.reason}`
  return verdict.kind === 'pending' ? 'pending' : (verdict.protection?.name ?? 'plain')
}

const failureTexts = (frames: readonly Frame[]) =>
  frames.flatMap((frame) => (frame.kind === 'rpc-failure' ? [frame.error] : []))

const GCM = { isCryptoEnabled: true, cipher: 'AES/GCM/NoPadding' } as const

const agreeing: readonly (readonly [
  string,
  Partial<AuthSettings>,
  Partial<AuthSettings>,
  string,
])[] = [
  ['SASL', {}, {}, 'plain'],
  ['SASL encryption, as the dialler asks', { encryptsSasl: true }, {}, 'SASL 3DES'],
  ['SASL encryption, as the acceptor asks', {}, { requiresSaslEncryption: true }, 'SASL 3DES'],
  ['AuthEngine 1', { isCryptoEnabled: true }, { isCryptoEnabled: true }, 'AES/CTR/NoPadding'],
  [
    'AuthEngine 2 with GCM',
    { ...GCM, authEngineVersion: 2 },
    { ...GCM, authEngineVersion: 2 },
    'AES/GCM/NoPadding',
  ],
  ['AuthEngine where only SASL is spoken', { isCryptoEnabled: true }, {}, 'plain'],
  ['SASL where AuthEngine is spoken too', {}, { isCryptoEnabled: true }, 'plain'],
]

describe.each(agreeing)('%s', (_name, near, far, protection) => {
  test('both ends agree', () => {
    const outcome = converse(dialler(near), acceptor(far))
    expect([nameOf(outcome.near), nameOf(outcome.far)]).toEqual([protection, protection])
    if (outcome.near.kind !== 'authenticated' || outcome.far.kind !== 'authenticated') return
    const [one, other] = [outcome.near.protection, outcome.far.protection]
    if (one === null || other === null) return
    const plain = Buffer.from('there and back')
    expect(Buffer.concat([...other.open(Buffer.concat(one.seal([plain])))]).equals(plain)).toBe(
      true,
    )
    expect(Buffer.concat([...one.open(Buffer.concat(other.seal([plain])))]).equals(plain)).toBe(
      true,
    )
  })

  test('a wrong secret is refused, and the dialler hears what to check', () => {
    const outcome = converse(dialler({ ...near, secret: 'wrong' }), acceptor(far))
    expect(nameOf(outcome.far)).toBe(
      'refused: its proof is refused: it was not made with the secret of this cluster',
    )
    expect(nameOf(outcome.near)).toContain('check spark.authenticate.secret')
    expect(JSON.stringify([outcome.near, outcome.far, failureTexts(outcome.frames)])).not.toMatch(
      /s3cret|wrong/,
    )
  })

  test('an end that only echoes is refused', () => {
    const frames = dialler(near).begin()
    const echoed = frames.map((frame) => ({ ...frame, kind: 'rpc-response' }) as Frame)
    const client = dialler(near)
    client.begin()
    const verdicts = echoed.map((frame) => nameOf(client.take(frame).verdict))
    expect(verdicts.join()).toMatch(/^refused: /)
  })
})

const disagreeing: readonly (readonly [
  string,
  Partial<AuthSettings>,
  Partial<AuthSettings>,
  string,
])[] = [
  [
    'AuthEngine alone where only SASL is spoken',
    { isCryptoEnabled: true, hasSaslFallback: false },
    {},
    'spark.network.crypto.enabled is not set on this cluster',
  ],
  [
    'SASL where only AuthEngine is taken',
    {},
    { isCryptoEnabled: true, hasSaslFallback: false },
    'set spark.network.crypto.enabled=true',
  ],
]

test.each(disagreeing)('%s: the dialler hears what to set', (_name, near, far, text) => {
  const outcome = converse(dialler(near), acceptor(far))
  expect(nameOf(outcome.near)).toMatch(/^refused: the peer refuses/)
  expect(failureTexts(outcome.frames).join()).toContain(text)
})

describe('somebody who does not authenticate', () => {
  const body = Uint8Array.of(0, 0)

  test('is told what to set, in the form of its question', () => {
    const asked = acceptor().take({ kind: 'rpc-request', requestId: 9n, body })
    expect(asked.verdict).toEqual({ kind: 'refused', reason: 'it did not authenticate' })
    expect(asked.frames).toEqual([
      {
        kind: 'rpc-failure',
        requestId: 9n,
        error: expect.stringContaining(
          'set spark.authenticate=true and spark.authenticate.secret',
        ) as string,
      },
    ])
    const streamed = acceptor().take({ kind: 'stream-request', streamId: '/jars/x.jar' })
    expect(streamed).toMatchObject({
      frames: [{ kind: 'stream-failure', streamId: '/jars/x.jar' }],
      verdict: { kind: 'refused' },
    })
    const fetched = acceptor().take({ kind: 'chunk-fetch-request', streamId: 1n, chunkIndex: 2 })
    expect(fetched).toMatchObject({
      frames: [{ kind: 'chunk-fetch-failure', streamId: 1n, chunkIndex: 2 }],
      verdict: { kind: 'refused' },
    })
  })

  test('is refused without a word where no answer exists', () => {
    const answerless: Frame[] = [
      { kind: 'one-way', body },
      { kind: 'rpc-response', requestId: 1n, body },
      { kind: 'rpc-failure', requestId: 1n, error: '' },
    ]
    for (const frame of answerless) {
      expect(acceptor().take(frame)).toMatchObject({ frames: [], verdict: { kind: 'refused' } })
    }
  })
})

describe('an acceptor', () => {
  const request = (body: Uint8Array, requestId = 1n): Frame => ({
    kind: 'rpc-request',
    requestId,
    body,
  })
  const firstSasl = () => encodeSaslMessage({ identity: 'x', token: new Uint8Array(0) })

  // A whole conversation of a dialler with an acceptor, as somebody on the wire has it.
  function recorded(changes: Partial<AuthSettings>): Uint8Array[] {
    const { frames } = converse(dialler(changes), acceptor(changes))
    return frames.flatMap((frame) => (frame.kind === 'rpc-request' ? [frame.body] : []))
  }

  test('takes no response that answers an earlier challenge', () => {
    const [first = firstSasl(), second = firstSasl()] = recorded({})
    const later = acceptor({}, 99)
    expect(nameOf(later.take(request(first)).verdict)).toBe('pending')
    expect(nameOf(later.take(request(second)).verdict)).toBe(
      'refused: its proof is refused: it answers another challenge than the one it was given',
    )
  })

  test('answers a repeated AuthEngine message with keys that its repeater does not have', () => {
    const [message = firstSasl()] = recorded({ isCryptoEnabled: true })
    const [one, other] = [1, 99].map((seed) => {
      const { verdict } = acceptor({ isCryptoEnabled: true }, seed).take(request(message))
      if (verdict.kind !== 'authenticated') throw new Error(verdict.kind)
      return Buffer.concat(verdict.protection?.seal([new Uint8Array(32)]) ?? []).toString('hex')
    })
    expect(one).not.toBe(other)
  })

  test('takes no response before the challenge, and no second challenge', () => {
    const [, response = firstSasl()] = recorded({})
    expect(nameOf(acceptor().take(request(response)).verdict)).toContain(
      'it answers a challenge that nobody sent',
    )
    const asked = acceptor()
    asked.take(request(firstSasl()))
    expect(nameOf(asked.take(request(firstSasl(), 2n)).verdict)).toMatch(/^refused/)
  })

  test('takes one attempt of AuthEngine, and none behind SASL', () => {
    const settings = { isCryptoEnabled: true }
    const [message = firstSasl()] = recorded({ ...settings, secret: 'wrong' })
    const tried = acceptor(settings)
    expect(nameOf(tried.take(request(message)).verdict)).toBe('pending')
    expect(nameOf(tried.take(request(message, 2n)).verdict)).toContain(
      'begins with AuthEngine again',
    )
    const mixed = acceptor(settings)
    mixed.take(request(firstSasl()))
    expect(nameOf(mixed.take(request(message, 2n)).verdict)).toContain(
      'begins with AuthEngine again',
    )
  })

  test('refuses a response without encryption where that is required', () => {
    const [first = firstSasl(), second = firstSasl()] = recorded({})
    const strict = acceptor({ requiresSaslEncryption: true })
    strict.take(request(first))
    expect(nameOf(strict.take(request(second)).verdict)).toContain('it does not encrypt')
  })

  test('refuses a response for another service, realm or cipher', () => {
    const [first = firstSasl(), second = firstSasl()] = recorded({ encryptsSasl: true })
    const written = Buffer.from(decodeSaslMessage(second).token).toString()
    const changes: readonly (readonly [string, string, string])[] = [
      ['digest-uri="null/default"', 'digest-uri="imap/x"', 'meant for another service'],
      ['realm="default"', 'realm="other"', 'names another realm'],
      ['cipher="3des"', 'cipher="rc4"', 'cipher that was not offered'],
    ]
    for (const [from, to, problem] of changes) {
      expect(written).toContain(from)
      const server = acceptor({ encryptsSasl: true })
      server.take(request(first))
      const token = Buffer.from(written.replace(from, to))
      const verdict = server.take(request(encodeSaslMessage({ identity: 'x', token }))).verdict
      expect(nameOf(verdict)).toContain(problem)
    }
  })

  test('refuses every truncation and every flipped bit of every message', () => {
    const modes = [{}, { encryptsSasl: true }, { isCryptoEnabled: true, hasSaslFallback: false }]
    for (const changes of modes) {
      const bodies = recorded(changes)
      const last = bodies.at(-1) ?? firstSasl()
      const damaged = [...truncations(last), ...flips(last)]
      for (const body of damaged) {
        const server = acceptor(changes)
        for (const before of bodies.slice(0, -1)) server.take(request(before))
        const verdict = server.take(request(body, 2n)).verdict
        // Whom the message names and how long its token is are not part of what is proven.
        if (verdict.kind !== 'refused') expect(sameProof(body, last)).toBe(true)
      }
    }
  })

  test('survives any bytes behind the first one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0xea, 0xfb, 0x00),
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }),
        fc.boolean(),
        (tag, rests, isCryptoEnabled) => {
          const server = acceptor({ isCryptoEnabled })
          for (const rest of rests) {
            const { verdict } = server.take(request(Uint8Array.from([tag, ...rest])))
            expect(verdict.kind).not.toBe('authenticated')
            if (verdict.kind === 'refused') return
          }
        },
      ),
    )
  })
})

describe('a dialler', () => {
  const body = new Uint8Array(0)

  test('refuses a peer that speaks out of turn', () => {
    const early: Frame[] = [
      { kind: 'one-way', body },
      { kind: 'rpc-request', requestId: 1n, body },
      { kind: 'rpc-response', requestId: 2n, body },
    ]
    for (const frame of early) {
      const client = dialler()
      client.begin()
      expect(nameOf(client.take(frame).verdict)).toBe(
        'refused: the peer speaks before it has answered',
      )
    }
  })

  test('refuses a server that does not know the secret', () => {
    for (const isCryptoEnabled of [false, true]) {
      const client = dialler({ isCryptoEnabled })
      const impostor = acceptor({ isCryptoEnabled })
      let [frame] = client.begin()
      for (let turn = 0; turn < 2 && frame !== undefined; turn++) {
        const [answer] = impostor.take(frame).frames
        if (answer?.kind !== 'rpc-response') throw new Error('no answer')
        const step = client.take({ ...answer, body: damagedProof(answer.body) })
        if (step.verdict.kind === 'refused') return
        expect(step.verdict.kind).toBe('pending')
        ;[frame] = step.frames
      }
      throw new Error('it was not refused')
    }
  })

  test('shows one line of what a peer says against it', () => {
    const client = dialler()
    client.begin()
    const error = `java.lang.RuntimeException: ${'x'.repeat(500)}\n\tat Foo`
    const { verdict } = client.take({ kind: 'rpc-failure', requestId: 1n, error })
    expect(nameOf(verdict)).toMatch(/^refused: the peer refuses SASL: java.lang.RuntimeE.*xxx$/)
    expect(nameOf(verdict).length).toBeLessThan(300)
  })

  test('survives any answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (answer, isCryptoEnabled) => {
        const client = dialler({ isCryptoEnabled })
        client.begin()
        const step = client.take({ kind: 'rpc-response', requestId: 1n, body: answer })
        expect(step.verdict.kind).toBe('refused')
      }),
    )
  })
})

function truncations(body: Uint8Array): Uint8Array[] {
  return Array.from({ length: body.length }, (_, end) => body.subarray(0, end))
}

function flips(body: Uint8Array): Uint8Array[] {
  return Array.from({ length: body.length }, (_, at) => {
    const changed = Uint8Array.from(body)
    changed[at] = (changed[at] ?? 0) ^ 0x01
    return changed
  })
}

// Whether a damaged message says the same as the whole one in what its proof is about.
function sameProof(damaged: Uint8Array, whole: Uint8Array): boolean {
  if (whole[0] === 0xfb) {
    return Buffer.from(decodeAuthMessage(damaged).ciphertext).equals(
      decodeAuthMessage(whole).ciphertext,
    )
  }
  const said = (body: Uint8Array) =>
    Buffer.from(decodeSaslMessage(body).token)
      .toString()
      .replace(/(?:maxbuf|charset|[a-z]+charset)=[^,]*/g, '')
  return said(damaged).includes(/response=[0-9a-f]{32}/.exec(said(whole))?.[0] ?? '-')
}

function damagedProof(body: Uint8Array): Uint8Array {
  if (body[0] === 0xfb) {
    const message = decodeAuthMessage(body)
    const ciphertext = Uint8Array.from(message.ciphertext).fill(0, 20, 24)
    return encodeAuthMessage({ ...message, ciphertext })
  }
  return Buffer.from(
    Buffer.from(body)
      .toString()
      .replace(/rspauth=..../, 'rspauth=0000'),
  )
}
