import { ProtocolError } from '../../../protocol/protocol-error.ts'
import { AUTH_LIMITS } from '../../../protocol/spark-auth/identity.ts'
import { FrameDecoder } from '../../../protocol/spark-rpc/frame-decoder.ts'
import { encodeFrame, type Frame } from '../../../protocol/spark-rpc/frame.ts'
import type { SparkHandshake, SparkHandshakeStep } from './spark-handshake.ts'
import type { StreamProtection } from './stream-protection.ts'

export interface FrameChannelOptions {
  readonly maxFrameBytes: number
  /** Null for a connection without authentication. */
  readonly handshake: SparkHandshake | null
  /** Sends what the authentication has to say. */
  readonly write: (parts: readonly Uint8Array[]) => void
  /** What the operator should know of an authentication that goes on. */
  readonly onNote?: (note: string) => void
  /** Both ends know the secret; called before the first frame of the peer is handed on. */
  readonly onAuthenticated?: () => void
}

/**
 * Bytes of a Spark peer in, its frames out, and the other way round. Until the peer has authenticated its
 * frames go to the handshake, and only short ones are taken; afterwards both directions are protected
 * as was agreed.
 */
export class FrameChannel {
  readonly #options: FrameChannelOptions
  #handshake: SparkHandshake | null
  #protection: StreamProtection | null = null
  #decoder: FrameDecoder
  #hasOpened = false

  constructor(options: FrameChannelOptions) {
    this.#options = options
    this.#handshake = options.handshake
    const { maxFrameBytes, handshake } = options
    this.#decoder = new FrameDecoder({
      maxFrameBytes:
        handshake === null ? maxFrameBytes : Math.min(maxFrameBytes, AUTH_LIMITS.frameBytes),
    })
  }

  /** True once frames may be sent. */
  get isAuthenticated(): boolean {
    return this.#handshake === null
  }

  /** Bytes held of what is not complete. */
  get bufferedBytes(): number {
    return this.#decoder.bufferedBytes + (this.#protection?.bufferedBytes ?? 0)
  }

  /** Sends the first frames of an authentication that this end begins. */
  begin(): void {
    this.#write(this.#handshake?.begin() ?? [])
  }

  /** The bytes of a frame; ProtocolError before the peer has authenticated. */
  encode(frame: Frame): readonly Uint8Array[] {
    if (!this.isAuthenticated) throw new ProtocolError('the peer has not authenticated')
    const parts = encodeFrame(frame)
    return this.#protection === null ? parts : this.#protection.seal(parts)
  }

  /**
   * The frames that this chunk completes; iterate to the end. Throws ProtocolError, after the good frames
   * before it, for what is no frame and for a peer that does not authenticate: close the connection
   * then, after what was written to it.
   */
  *receive(chunk: Uint8Array): Generator<Frame, void, undefined> {
    let rest = chunk
    if (this.#handshake !== null) {
      rest = this.#authenticate(this.#handshake, chunk)
      if (!this.isAuthenticated) return
    }
    if (this.#protection === null) yield* this.#decoder.push(rest)
    else yield* this.#openFrames(this.#protection, rest)
  }

  // What lies behind the last message of the authentication.
  #authenticate(handshake: SparkHandshake, chunk: Uint8Array): Uint8Array {
    for (const frame of this.#decoder.push(chunk)) {
      const { verdict } = this.#step(handshake, frame)
      if (verdict.kind === 'pending') continue
      if (verdict.kind === 'refused') throw new ProtocolError(verdict.reason)
      const { unread } = this.#decoder
      this.#handshake = null
      this.#protection = verdict.protection
      this.#decoder = new FrameDecoder({ maxFrameBytes: this.#options.maxFrameBytes })
      this.#options.onAuthenticated?.()
      return unread
    }
    return new Uint8Array(0)
  }

  #step(handshake: SparkHandshake, frame: Frame): SparkHandshakeStep {
    const step = handshake.take(frame)
    this.#write(step.frames)
    if (step.note !== undefined) this.#options.onNote?.(step.note)
    return step
  }

  *#openFrames(protection: StreamProtection, bytes: Uint8Array): Generator<Frame, void, undefined> {
    try {
      for (const plain of protection.open(bytes)) {
        for (const frame of this.#decoder.push(plain)) {
          this.#hasOpened = true
          yield frame
        }
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      throw new ProtocolError(`${error.message} (${protection.name}${this.#hint})`, {
        cause: error,
      })
    }
  }

  // Neither is negotiated, so only what follows shows that the two ends differ.
  get #hint(): string {
    if (this.#hasOpened) return ''
    return '; are spark.network.crypto.cipher and spark.network.crypto.authEngineVersion the same at both ends?'
  }

  #write(frames: readonly Frame[]): void {
    for (const frame of frames) this.#options.write(encodeFrame(frame))
  }
}
