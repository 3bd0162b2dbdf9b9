import { ProtocolError } from '../../../protocol/protocol-error.ts'
import {
  formatResponse,
  parseChallenge,
  parseServerProof,
  PRIVACY_CIPHER,
  SPARK_DIGEST_URI,
  type DigestChallenge,
  type Qop,
} from '../../../protocol/spark-auth/digest-md5.ts'
import { clientProof, passwordOf, serverProof, sessionHash, SPARK_USER } from './digest-md5-keys.ts'
import { isSameProof } from '../cluster-keys.ts'
import type { RandomBytes } from './random-bytes.ts'

export interface DigestClientOptions {
  readonly secret: string
  /** Ask for `auth-conf`. Without, it is used only with a server that offers nothing else. */
  readonly encrypts: boolean
  readonly random: RandomBytes
}

/** What the client says to a challenge, and how it recognizes the server's answer. */
export interface DigestAttempt {
  readonly response: Uint8Array
  readonly hash: Uint8Array
  readonly qop: Qop
  /** Throws ProtocolError when the server does not know the secret. */
  checkServer(token: Uint8Array): void
}

const NONCE_BYTES = 24

/** The dialling end of DIGEST-MD5. Throws ProtocolError for a challenge that cannot be met. */
export function answerChallenge(token: Uint8Array, options: DigestClientOptions): DigestAttempt {
  const challenge = parseChallenge(token)
  const qop = chooseQop(challenge, options.encrypts)
  const facts = {
    user: SPARK_USER,
    realm: challenge.realm,
    nonce: challenge.nonce,
    clientNonce: Buffer.from(options.random(NONCE_BYTES)).toString('base64'),
    digestUri: SPARK_DIGEST_URI,
    qop,
  }
  const hash = sessionHash(facts, passwordOf(options.secret))
  const cipher = qop === 'auth-conf' ? PRIVACY_CIPHER : undefined
  return {
    response: formatResponse({ ...facts, cipher, proof: clientProof(hash, facts) }),
    hash,
    qop,
    checkServer: (answer) => {
      if (isSameProof(parseServerProof(answer), serverProof(hash, facts))) return
      throw new ProtocolError('the peer did not prove that it knows the secret')
    },
  }
}

function chooseQop({ qops, ciphers }: DigestChallenge, encrypts: boolean): Qop {
  if (!encrypts && qops.includes('auth')) return 'auth'
  if (!qops.includes('auth-conf')) {
    throw new ProtocolError('the peer offers no SASL encryption, which is configured here')
  }
  if (ciphers.includes(PRIVACY_CIPHER)) return 'auth-conf'
  throw new ProtocolError(`the peer does not offer the cipher ${PRIVACY_CIPHER}`)
}
