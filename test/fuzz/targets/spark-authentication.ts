import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import {
  decodeAuthMessage,
  encodeAuthMessage,
} from '@hearth/common/protocol/spark-auth/auth-message.ts'
import {
  formatChallenge,
  formatResponse,
  formatServerProof,
  parseChallenge,
  parseResponse,
  parseServerProof,
} from '@hearth/common/protocol/spark-auth/digest-md5.ts'
import { AUTH_LIMITS, SPARK_IDENTITY } from '@hearth/common/protocol/spark-auth/identity.ts'
import {
  decodeSaslMessage,
  encodeSaslMessage,
} from '@hearth/common/protocol/spark-auth/sasl-message.ts'
import { acceptingChannel, recordedClients } from '../corpus/authentications.ts'
import { chance, cut, pick } from '../engine/draw.ts'
import { join, mutateBytes } from '../engine/mutate-bytes.ts'
import { attempt, demand, demandPrefix } from '../engine/oracle.ts'
import type { FuzzTarget } from '../engine/target.ts'

const encode = (text: string) => new TextEncoder().encode(text)

const CHALLENGES = [
  formatChallenge({
    realm: 'default',
    nonce: 'bm9uY2U=',
    qops: ['auth-conf', 'auth'],
    ciphers: ['3des'],
  }),
  encode(
    'realm="a",realm="b",nonce="n",qop="auth,auth-int,auth-conf",algorithm=md5-sess,maxbuf=65536,stale=true',
  ),
]
const FACTS = {
  user: 'c3Bhcms=',
  realm: 'default',
  nonce: 'bm9uY2U=',
  clientNonce: 'Y2xpZW50',
} as const
const PROOF = '0123456789abcdef'.repeat(2)
const RESPONSES = [
  formatResponse({
    ...FACTS,
    digestUri: 'null/default',
    qop: 'auth',
    cipher: undefined,
    proof: PROOF,
  }),
  formatResponse({
    ...FACTS,
    digestUri: 'null/default',
    qop: 'auth-conf',
    cipher: '3des',
    proof: PROOF,
  }),
  encode(
    'nc=00000001,username="a\\"\\\\b",nonce=n,cnonce=c,digest-uri=u,response=x , realm = "r" ,,',
  ),
]
const PROOFS = [formatServerProof(PROOF), encode(`rspauth="${PROOF}",nextnonce=x`)]
const SASL = [...CHALLENGES, ...RESPONSES, new Uint8Array(0)].map((token) =>
  encodeSaslMessage({ identity: SPARK_IDENTITY, token }),
)
const ENGINE = [1, 2].map((fill) =>
  encodeAuthMessage({
    identity: SPARK_IDENTITY,
    salt: new Uint8Array(16).fill(fill),
    ciphertext: new Uint8Array(60).fill(fill),
  }),
)

const CODECS: readonly (readonly [readonly Uint8Array[], (bytes: Uint8Array) => unknown])[] = [
  [CHALLENGES, parseChallenge],
  [RESPONSES, parseResponse],
  [PROOFS, parseServerProof],
  [SASL, decodeSaslMessage],
  [ENGINE, decodeAuthMessage],
]

export const authenticationMessages: FuzzTarget = {
  name: 'authentication-messages',
  about: 'the messages of SASL DIGEST-MD5 and of AuthEngine, both sides',
  share: 24,
  open() {
    const corpus = CODECS.flatMap(([samples]) => samples)
    return (random, note) => {
      const [samples, decode] = pick(random, CODECS)
      const bytes = mutateBytes(repeated(random, pick(random, samples)), random, corpus)
      note(bytes)
      return attempt(() => decode(bytes))
    }
  },
}

// Directives that come again and again, and quotes that never end.
function repeated(random: RandomState, sample: Uint8Array): Uint8Array {
  if (chance(random, 0.9)) return sample
  const filler = pick(random, ['a=b,', '"', '\\', 'x', ' ', ',', 'nonce="', '='])
  return join(sample, encode(filler.repeat(drawInteger(random, AUTH_LIMITS.tokenBytes))))
}

const MAX_FRAME_BYTES = 1 << 20

export const recordedAuthentications: FuzzTarget = {
  name: 'recorded-authentications',
  about: 'real clients’ proofs and encrypted frames, changed on their way to an accepting end',
  share: 1,
  open() {
    const { clients, sent, seed } = recordedClients()
    const corpus = clients.map(({ bytes }) => bytes)
    return (random, note) => {
      const client = pick(random, clients)
      const other = pick(random, clients)
      const knowsSecret = chance(random, 0.7)
      const auth = {
        ...(chance(random, 0.8) ? client : other).auth,
        ...(knowsSecret ? {} : { secret: 'another' }),
      }
      const channel = acceptingChannel(auth, { seed, maxFrameBytes: MAX_FRAME_BYTES })
      const bytes = mutateBytes(client.bytes, random, corpus)
      note(bytes)
      const bodies: Uint8Array[] = []
      const outcome = attempt(() => {
        for (const chunk of cut(random, bytes)) {
          for (const frame of channel.receive(chunk)) {
            bodies.push(frame.kind === 'rpc-request' ? frame.body : encode(frame.kind))
          }
          const most = channel.isAuthenticated ? MAX_FRAME_BYTES : AUTH_LIMITS.frameBytes
          demand(channel.bufferedBytes <= most, 'more is held than a frame may be long')
        }
      })
      demand(knowsSecret || !channel.isAuthenticated, 'authenticated without the secret')
      demand(channel.isAuthenticated || bodies.length === 0, 'heard without a proof')
      // Messages under GCM may come again or in another order, but not others.
      const isSealed = client.hasIntegrity && auth.cipher === client.auth.cipher
      const wasEncrypted = isSealed && auth.isCryptoEnabled === client.auth.isCryptoEnabled
      if (wasEncrypted && auth.isCryptoEnabled) demandKnown(bodies, sent)
      else if (wasEncrypted) demandPrefix(bodies, sent, 'changed bytes were taken')
      return outcome
    }
  },
}

function demandKnown(bodies: readonly Uint8Array[], sent: readonly Uint8Array[]): void {
  const isKnown = (body: Uint8Array) => sent.some((one) => Buffer.compare(one, body) === 0)
  demand(bodies.every(isKnown), 'changed bytes were taken')
}
