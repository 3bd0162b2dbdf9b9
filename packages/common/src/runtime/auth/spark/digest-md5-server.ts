import { ProtocolError } from '../../../protocol/protocol-error.ts'
import {
  formatChallenge,
  formatServerProof,
  parseResponse,
  PRIVACY_CIPHER,
  SPARK_DIGEST_URI,
  SPARK_REALM,
  type Qop,
} from '../../../protocol/spark-auth/digest-md5.ts'
import {
  clientProof,
  passwordOf,
  serverProof,
  sessionHash,
  type DigestFacts,
} from './digest-md5-keys.ts'
import { isSameProof } from '../cluster-keys.ts'
import type { RandomBytes } from './random-bytes.ts'

export interface DigestServerOptions {
  readonly secret: string
  /** Offer nothing but `auth-conf`. */
  readonly requiresEncryption: boolean
  readonly random: RandomBytes
}

/** The client has proven the secret: what it is told, and the root of the keys when both encrypt. */
export interface DigestProven {
  readonly answer: Uint8Array
  readonly hash: Uint8Array
  readonly qop: Qop
}

const NONCE_BYTES = 24

/** The accepting end of one DIGEST-MD5 exchange: a challenge, then one response. */
export class DigestServer {
  readonly #options: DigestServerOptions
  readonly #nonce: string

  constructor(options: DigestServerOptions) {
    this.#options = options
    this.#nonce = Buffer.from(options.random(NONCE_BYTES)).toString('base64')
  }

  challenge(): Uint8Array {
    return formatChallenge({
      realm: SPARK_REALM,
      nonce: this.#nonce,
      qops: this.#qops,
      ciphers: [PRIVACY_CIPHER],
    })
  }

  /** Throws ProtocolError for a response that proves nothing; the exchange is over then. */
  verify(token: Uint8Array): DigestProven {
    const response = parseResponse(token)
    if (response.nonce !== this.#nonce) {
      throw new ProtocolError('it answers another challenge than the one it was given')
    }
    this.#checkTerms(response)
    const hash = sessionHash(response, passwordOf(this.#options.secret))
    if (!isSameProof(response.proof, clientProof(hash, response))) {
      throw new ProtocolError('it was not made with the secret of this cluster')
    }
    const answer = formatServerProof(serverProof(hash, response))
    return { answer, hash, qop: response.qop }
  }

  get #qops(): readonly Qop[] {
    return this.#options.requiresEncryption ? ['auth-conf'] : ['auth-conf', 'auth']
  }

  #checkTerms({
    realm,
    digestUri,
    qop,
    cipher,
  }: DigestFacts & { cipher: string | undefined }): void {
    if (realm !== SPARK_REALM) throw new ProtocolError('it names another realm')
    if (digestUri.toLowerCase() !== SPARK_DIGEST_URI) {
      throw new ProtocolError('it is meant for another service')
    }
    if (!this.#qops.includes(qop)) {
      throw new ProtocolError('it does not encrypt (spark.authenticate.enableSaslEncryption)')
    }
    if (qop === 'auth-conf' && cipher !== PRIVACY_CIPHER) {
      throw new ProtocolError('it picks a cipher that was not offered')
    }
  }
}
