import { ProtocolError } from '../../../protocol/protocol-error.ts'
import { decodeAuthMessage, encodeAuthMessage } from '../../../protocol/spark-auth/auth-message.ts'
import { SPARK_IDENTITY } from '../../../protocol/spark-auth/identity.ts'
import { encodeSaslMessage } from '../../../protocol/spark-auth/sasl-message.ts'
import type { Frame } from '../../../protocol/spark-rpc/frame.ts'
import { startAuthEngine } from './auth-engine.ts'
import { answerChallenge, type DigestAttempt } from './digest-md5-client.ts'
import {
  PENDING,
  type SparkHandshake,
  type SparkHandshakeStep,
  type Verdict,
} from './spark-handshake.ts'
import {
  engineProtection,
  saslProtection,
  type SparkHandshakeOptions,
} from './session-protection.ts'

/** What was asked last: takes the answer. */
interface OpenQuestion {
  onAnswer(body: Uint8Array): SparkHandshakeStep
  /** The peer refuses; `text` is what it says. */
  onFailure(text: string): SparkHandshakeStep
}

const NOTHING = new Uint8Array(0)
const SHOWN_TEXT_LENGTH = 200

/**
 * The dialling end, as Spark's clients behave (`AuthClientBootstrap`, 3.5 to 4.3): AuthEngine when it is
 * enabled here, then SASL on the same connection when the peer refuses and falling back is allowed;
 * otherwise SASL at once.
 */
export class SparkDialler implements SparkHandshake {
  readonly #options: SparkHandshakeOptions
  #question: OpenQuestion | undefined
  #requestId = 0n
  #refusal: string | undefined

  constructor(options: SparkHandshakeOptions) {
    this.#options = options
  }

  /** What the peer said against AuthEngine; a Spark process closes the connection right behind it. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  begin(): readonly Frame[] {
    return [this.#options.auth.isCryptoEnabled ? this.#askEngine() : this.#askSasl()]
  }

  take(frame: Frame): SparkHandshakeStep {
    const question = this.#question
    try {
      if (
        question === undefined ||
        (frame.kind !== 'rpc-response' && frame.kind !== 'rpc-failure') ||
        frame.requestId !== this.#requestId
      ) {
        throw new ProtocolError('the peer speaks before it has answered')
      }
      if (frame.kind === 'rpc-response') return question.onAnswer(frame.body)
      return question.onFailure(firstLine(frame.error))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return refused(error.message)
    }
  }

  #askEngine(): Frame {
    const { auth, random } = this.#options
    const { secret, authEngineVersion: version, hasSaslFallback } = auth
    const engine = startAuthEngine(SPARK_IDENTITY, { secret, version, random })
    return this.#ask(encodeAuthMessage(engine.request), {
      onAnswer: (body) => {
        const keys = engine.finish(decodeAuthMessage(body))
        return settled({
          kind: 'authenticated',
          protection: engineProtection(keys, this.#options),
        })
      },
      onFailure: (text) => {
        this.#refusal = `the peer refuses AuthEngine: ${text}`
        if (!hasSaslFallback) return refused(this.#refusal)
        return { frames: [this.#askSasl()], verdict: PENDING }
      },
    })
  }

  #askSasl(): Frame {
    return this.#askWithToken(NOTHING, (challenge) => {
      const { auth, random } = this.#options
      const { secret, encryptsSasl: encrypts } = auth
      const attempt = answerChallenge(challenge, { secret, encrypts, random })
      const frame = this.#askWithToken(attempt.response, (proof) => this.#finish(attempt, proof))
      return { frames: [frame], verdict: PENDING }
    })
  }

  #finish(attempt: DigestAttempt, proof: Uint8Array): SparkHandshakeStep {
    attempt.checkServer(proof)
    const protection =
      attempt.qop === 'auth' ? null : saslProtection(attempt.hash, 'client', this.#options)
    return settled({ kind: 'authenticated', protection })
  }

  #askWithToken(token: Uint8Array, onAnswer: OpenQuestion['onAnswer']): Frame {
    return this.#ask(encodeSaslMessage({ identity: SPARK_IDENTITY, token }), {
      onAnswer,
      onFailure: (text) => refused(`the peer refuses SASL: ${text}`),
    })
  }

  #ask(body: Uint8Array, question: OpenQuestion): Frame {
    this.#question = question
    this.#requestId += 1n
    return { kind: 'rpc-request', requestId: this.#requestId, body }
  }
}

function settled(verdict: Verdict): SparkHandshakeStep {
  return { frames: [], verdict }
}

function refused(reason: string): SparkHandshakeStep {
  return settled({ kind: 'refused', reason })
}

// A Spark process sends a whole stack trace.
function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, SHOWN_TEXT_LENGTH)
}
