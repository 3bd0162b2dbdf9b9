import { drawInteger, drawUnit, type RandomState } from '@hearth/common/domain/random.ts'
import { encodeAuthMessage } from '@hearth/common/protocol/spark-auth/auth-message.ts'
import {
  formatChallenge,
  formatResponse,
  parseChallenge,
  type Qop,
} from '@hearth/common/protocol/spark-auth/digest-md5.ts'
import { SPARK_IDENTITY } from '@hearth/common/protocol/spark-auth/identity.ts'
import { encodeSaslMessage } from '@hearth/common/protocol/spark-auth/sasl-message.ts'
import type { Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import {
  defaultAuthSettings,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import { startAuthEngine } from '@hearth/common/runtime/auth/spark/auth-engine.ts'
import { answerChallenge } from '@hearth/common/runtime/auth/spark/digest-md5-client.ts'
import {
  clientProof,
  passwordOf,
  sessionHash,
  SPARK_USER,
} from '@hearth/common/runtime/auth/spark/digest-md5-keys.ts'
import type { RandomBytes } from '@hearth/common/runtime/auth/spark/random-bytes.ts'
import { SparkAcceptor } from '@hearth/common/runtime/auth/spark/spark-acceptor.ts'
import { SparkDialler } from '@hearth/common/runtime/auth/spark/spark-dialler.ts'
import type { SparkHandshake, Verdict } from '@hearth/common/runtime/auth/spark/spark-handshake.ts'
import { chance, pick, randomBytes } from '../engine/draw.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { attempt, demand } from '../engine/oracle.ts'
import type { FuzzTarget, Note, Outcome } from '../engine/target.ts'

const SECRET = 'correct horse'
const MAX_FRAME_BYTES = 1 << 20
const TEXTS = [
  '',
  'x',
  SPARK_USER,
  'default',
  'null/default',
  'ü'.repeat(100),
  '"\\',
  '\0\n',
  'x'.repeat(300),
  '\ufffd'.repeat(80),
  '\ufffd'.repeat(256),
]

function settings(random: RandomState, secret: string): AuthSettings {
  const flag = () => chance(random, 0.5)
  return {
    ...defaultAuthSettings(secret),
    isCryptoEnabled: flag(),
    hasSaslFallback: flag(),
    authEngineVersion: flag() ? 1 : 2,
    cipher: flag() ? 'AES/CTR/NoPadding' : 'AES/GCM/NoPadding',
    encryptsSasl: flag(),
    requiresSaslEncryption: chance(random, 0.2),
  }
}

const seeded =
  (random: RandomState): RandomBytes =>
  (count) =>
    randomBytes(random, count)

export const liveAuthentications: FuzzTarget = {
  name: 'live-authentications',
  about:
    'both ends of SASL and AuthEngine in every mode, with somebody between them who changes what they say',
  share: 0.5,
  open() {
    return (random, note) => {
      const knows = chance(random, 0.7)
      const near = new SparkDialler(options(random, SECRET))
      const far = new SparkAcceptor(options(random, knows ? SECRET : 'another'))
      const verdicts = converse(random, near, far, note)
      demand(knows || !verdicts.some(isAuthenticated), 'authenticated without the secret')
      return verdicts.every(isAuthenticated) ? 'taken' : 'refused'
    }
  },
}

function options(random: RandomState, secret: string) {
  return { auth: settings(random, secret), random: seeded(random), maxFrameBytes: MAX_FRAME_BYTES }
}

const isAuthenticated = ({ kind }: Verdict) => kind === 'authenticated'

function converse(
  random: RandomState,
  near: SparkHandshake,
  far: SparkHandshake,
  note: Note,
): readonly Verdict[] {
  const verdicts: [Verdict, Verdict] = [{ kind: 'pending' }, { kind: 'pending' }]
  const said: Uint8Array[] = []
  let frames: readonly Frame[] = near.begin()
  for (let turn = 1; frames.length > 0 && turn < 12; turn += 1) {
    const taker = turn % 2 === 1 ? far : near
    const answers: Frame[] = []
    for (const frame of frames.flatMap((one) => tamper(random, one, said))) {
      if (verdicts[turn % 2]?.kind !== 'pending') break
      if ('body' in frame) said.push(frame.body)
      note(join(...said))
      const step = taker.take(frame)
      answers.push(...step.frames)
      verdicts[turn % 2] = step.verdict
    }
    frames = answers
  }
  return verdicts
}

// One frame in three is changed, repeated, lost, or another than it was.
function tamper(random: RandomState, frame: Frame, said: readonly Uint8Array[]): Frame[] {
  if (chance(random, 0.65) || !('requestId' in frame)) return [frame]
  const bodies = [new Uint8Array(0), ...said]
  switch (drawInteger(random, 6)) {
    case 0:
      return [frame, frame]
    case 1:
      return [{ ...frame, requestId: frame.requestId + 1n }]
    case 2:
      return [{ kind: 'rpc-failure', requestId: frame.requestId, error: pick(random, TEXTS) }]
    case 3:
      if (!('body' in frame)) return []
      return [{ ...frame, body: pick(random, bodies) }]
    case 4:
      if (!('body' in frame)) return [{ kind: 'stream-request', streamId: 'x' }]
      return [{ ...frame, kind: frame.kind === 'rpc-request' ? 'rpc-response' : 'rpc-request' }]
    default:
      if (!('body' in frame)) return [{ kind: 'one-way', body: new Uint8Array(3) }]
      return [{ ...frame, body: mutateBytes(frame.body, random, bodies) }]
  }
}

export const insiderAuthentications: FuzzTarget = {
  name: 'insider-authentications',
  about: 'peers that know the secret and prove it with odd names, realms and identities',
  share: 0.5,
  open() {
    return (random, note) => {
      const manner = drawUnit(random)
      if (manner < 0.4) return oddEngineRequest(random, note)
      return manner < 0.8 ? oddDigestResponse(random, note) : oddDigestChallenge(random, note)
    }
  },
}

function oddEngineRequest(random: RandomState, note: Note): Outcome {
  const text = pick(random, TEXTS)
  const acceptor = new SparkAcceptor({
    ...options(random, SECRET),
    auth: { ...settings(random, SECRET), isCryptoEnabled: true },
  })
  const version = chance(random, 0.5) ? 1 : 2
  const engine = startAuthEngine(text, { secret: SECRET, version, random: seeded(random) })
  const request = encodeAuthMessage(engine.request)
  return ask(acceptor, chance(random, 0.3) ? withBrokenText(request) : request, note)
}

// Each replacement character becomes one byte that is no UTF-8: a reader that puts the character in its
// place has the identity that the proof was made for.
function withBrokenText(request: Uint8Array): Uint8Array {
  const hex = Buffer.from(request).toString('hex')
  const broken = new Uint8Array(Buffer.from(hex.replaceAll('efbfbd', 'ff'), 'hex'))
  const removed = request.length - broken.length
  const view = new DataView(broken.buffer)
  view.setInt32(1, view.getInt32(1) - removed)
  return broken
}

function oddDigestResponse(random: RandomState, note: Note): Outcome {
  const auth = { ...settings(random, SECRET), isCryptoEnabled: false }
  const acceptor = new SparkAcceptor({ ...options(random, SECRET), auth })
  const first = encodeSaslMessage({ identity: pick(random, TEXTS), token: new Uint8Array(0) })
  let challenge: Uint8Array | undefined
  const refused = attempt(() => {
    const [answer] = acceptor.take({ kind: 'rpc-request', requestId: 1n, body: first }).frames
    if (answer?.kind === 'rpc-response') challenge = answer.body
  })
  if (challenge === undefined) return refused
  const qop: Qop = chance(random, 0.5) ? 'auth' : 'auth-conf'
  const facts = {
    user: pick(random, TEXTS),
    realm: pick(random, TEXTS),
    nonce: parseChallenge(challenge).nonce,
    clientNonce: pick(random, TEXTS),
    digestUri: pick(random, ['null/default', ...TEXTS]),
    qop,
  }
  const hash = sessionHash(facts, passwordOf(SECRET))
  const cipher = pick(random, ['3des', undefined, 'rc4', ...TEXTS])
  const response = formatResponse({ ...facts, cipher, proof: clientProof(hash, facts) })
  const token = chance(random, 0.7) ? response : mutateBytes(response, random, [challenge])
  return ask(acceptor, encodeSaslMessage({ identity: SPARK_IDENTITY, token }), note)
}

function oddDigestChallenge(random: RandomState, note: Note): Outcome {
  const challenge = formatChallenge({
    realm: pick(random, TEXTS),
    nonce: pick(random, TEXTS),
    qops: pick(random, [['auth'], ['auth-conf'], ['auth-conf', 'auth'], []] as Qop[][]),
    ciphers: pick(random, [['3des'], ['rc4', '3DES'], [], TEXTS]),
  })
  const token = chance(random, 0.5) ? challenge : mutateBytes(challenge, random, [challenge])
  note(token)
  return attempt(() => {
    const encrypts = chance(random, 0.5)
    const attempted = answerChallenge(token, {
      secret: SECRET,
      encrypts,
      random: seeded(random),
    })
    attempt(() => attempted.checkServer(mutateBytes(token, random, [challenge])))
  })
}

function ask(acceptor: SparkAcceptor, body: Uint8Array, note: Note): Outcome {
  note(body)
  const { verdict } = acceptor.take({ kind: 'rpc-request', requestId: 2n, body })
  return isAuthenticated(verdict) ? 'taken' : 'refused'
}
