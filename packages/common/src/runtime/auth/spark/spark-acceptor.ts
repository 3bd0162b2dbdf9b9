import { ProtocolError } from '../../../protocol/protocol-error.ts'
import { decodeAuthMessage, encodeAuthMessage } from '../../../protocol/spark-auth/auth-message.ts'
import { authenticationKind } from '../../../protocol/spark-auth/authentication-kind.ts'
import { decodeSaslMessage } from '../../../protocol/spark-auth/sasl-message.ts'
import type { Frame } from '../../../protocol/spark-rpc/frame.ts'
import { answerAuthEngine } from './auth-engine.ts'
import { DigestServer } from './digest-md5-server.ts'
import { PENDING, type SparkHandshake, type SparkHandshakeStep } from './spark-handshake.ts'
import {
  engineProtection,
  saslProtection,
  type SparkHandshakeOptions,
} from './session-protection.ts'
import type { StreamProtection } from './stream-protection.ts'

type RpcRequest = Extract<Frame, { kind: 'rpc-request' }>

const WHAT_TO_SET =
  'this cluster requires authentication: set spark.authenticate=true and spark.authenticate.secret to its secret'
const CHECK_THE_SECRET =
  'check spark.authenticate.secret: it must be the secret of this cluster, to the last character'
const NO_SASL =
  'this cluster takes no SASL (spark.network.crypto.saslFallback=false): set spark.network.crypto.enabled=true'
const NO_AUTH_ENGINE =
  'spark.network.crypto.enabled is not set on this cluster: it proves the secret with SASL'

/**
 * The accepting end, as Spark's servers behave (`AuthRpcHandler` and `SaslRpcHandler`, 3.5 to 4.3):
 * AuthEngine when it is enabled here, SASL when it is not or when falling back is allowed. One attempt of
 * each per connection. Whoever asks for anything else is told what to set, and refused.
 */
export class SparkAcceptor implements SparkHandshake {
  readonly #options: SparkHandshakeOptions
  #hasTriedEngine = false
  #digest: DigestServer | undefined

  constructor(options: SparkHandshakeOptions) {
    this.#options = options
  }

  begin(): readonly Frame[] {
    return []
  }

  take(frame: Frame): SparkHandshakeStep {
    switch (frame.kind) {
      case 'rpc-request':
        return this.#onRequest(frame)
      case 'stream-request':
        return refuse([{ ...frame, kind: 'stream-failure', error: WHAT_TO_SET }])
      case 'chunk-fetch-request':
        return refuse([{ ...frame, kind: 'chunk-fetch-failure', error: WHAT_TO_SET }])
      default:
        return refuse([])
    }
  }

  #onRequest(request: RpcRequest): SparkHandshakeStep {
    try {
      switch (authenticationKind(request.body)) {
        case 'auth-engine':
          return this.#onEngineMessage(request)
        case 'sasl':
          return this.#onSaslMessage(request)
        case undefined:
          return failed(request, WHAT_TO_SET, 'it did not authenticate')
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return failed(request, CHECK_THE_SECRET, `its proof is refused: ${error.message}`)
    }
  }

  #onEngineMessage(request: RpcRequest): SparkHandshakeStep {
    const { auth, random } = this.#options
    if (this.#hasTriedEngine || this.#digest !== undefined) {
      throw new ProtocolError('it begins with AuthEngine again')
    }
    this.#hasTriedEngine = true
    if (!auth.isCryptoEnabled) return fallBack(request, NO_AUTH_ENGINE)
    try {
      const { answer, keys } = answerAuthEngine(decodeAuthMessage(request.body), {
        secret: auth.secret,
        version: auth.authEngineVersion,
        random,
      })
      const protection = engineProtection(keys, this.#options)
      return authenticated(request, encodeAuthMessage(answer), protection)
    } catch (error) {
      if (!(error instanceof ProtocolError) || !auth.hasSaslFallback) throw error
      // Spark's clients try SASL next, on this connection, and show only what that says.
      return fallBack(request, `AuthEngine failed: ${error.message}; ${CHECK_THE_SECRET}`)
    }
  }

  #onSaslMessage(request: RpcRequest): SparkHandshakeStep {
    const { auth, random } = this.#options
    if (auth.isCryptoEnabled && !auth.hasSaslFallback) {
      return failed(request, NO_SASL, 'it authenticates with SASL')
    }
    const { token } = decodeSaslMessage(request.body)
    if (this.#digest === undefined) {
      if (token.length > 0) throw new ProtocolError('it answers a challenge that nobody sent')
      const requiresEncryption = auth.requiresSaslEncryption
      this.#digest = new DigestServer({ secret: auth.secret, requiresEncryption, random })
      return { frames: [answerTo(request, this.#digest.challenge())], verdict: PENDING }
    }
    const { answer, hash, qop } = this.#digest.verify(token)
    const protection = qop === 'auth' ? null : saslProtection(hash, 'server', this.#options)
    return authenticated(request, answer, protection)
  }
}

function answerTo({ requestId }: RpcRequest, body: Uint8Array): Frame {
  return { kind: 'rpc-response', requestId, body }
}

function authenticated(
  request: RpcRequest,
  answer: Uint8Array,
  protection: StreamProtection | null,
): SparkHandshakeStep {
  return { frames: [answerTo(request, answer)], verdict: { kind: 'authenticated', protection } }
}

function failureOf({ requestId }: RpcRequest, text: string): Frame {
  return { kind: 'rpc-failure', requestId, error: `Hearth: ${text}` }
}

// A peer that falls back is encrypted no more, and says so to nobody: this end's log does.
function fallBack(request: RpcRequest, text: string): SparkHandshakeStep {
  return { frames: [failureOf(request, text)], verdict: PENDING, note: text }
}

// The peer hears what it can do; the log what it did.
function failed(request: RpcRequest, text: string, reason: string): SparkHandshakeStep {
  return { frames: [failureOf(request, text)], verdict: { kind: 'refused', reason } }
}

function refuse(frames: readonly Frame[]): SparkHandshakeStep {
  return { frames, verdict: { kind: 'refused', reason: 'it did not authenticate' } }
}
