import type { Socket } from 'node:net'
import { formatHostPort, type HostPort } from '../../domain/addresses.ts'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import type { Frame } from '../../protocol/spark-rpc/frame.ts'
import { FrameChannel } from '../auth/spark/frame-channel.ts'
import type { SparkHandshake } from '../auth/spark/spark-handshake.ts'
import type { Logger } from '../log.ts'
import { AskError, OpenAsks } from './open-asks.ts'
import { OpenRequests } from './open-requests.ts'
import { PeerSocket, type PeerSocketOptions } from './peer-socket.ts'

/**
 * What a connection tells its owner. A handler that throws is logged and never ends the process. A body is
 * a view of a larger chunk, which stays in memory for as long as the view does: keep copies.
 */
export interface SparkHandlers {
  /**
   * The peer asks; answer with `reply` or `fail`, now or later. A handler that throws or rejects fails
   * the request with the error's message; a request still open at the answer time-out is failed and
   * logged as forgotten. So each request gets exactly one answer.
   */
  onRequest(requestId: bigint, body: Uint8Array): void | Promise<void>
  /** The peer says something that has no answer. */
  onOneWay(body: Uint8Array): void
  /** The connection is gone. Called exactly once, and last, whoever closed it. */
  onClose(reason: string): void
  /** The peer has taken everything that waited for it after `isBackedUp` had been true. */
  onDrain?(): void
}

/** Both ends have to prove a secret before anything else is said. */
export interface ConnectionAuthentication {
  readonly handshake: SparkHandshake
  /** Called once, before the first frame is handed on. */
  readonly onAuthenticated?: () => void
  /** The connection is gone before the peer has proven anything; nobody else hears of it. */
  readonly onFailed?: (reason: string) => void
}

export interface SparkConnectionOptions extends Omit<PeerSocketOptions, 'pausesWithPeer'> {
  /** Called once, at the first frame of an accepted connection or as soon as a dialled one stands. */
  readonly attach: (connection: SparkConnection) => SparkHandlers
  readonly authentication?: ConnectionAuthentication
}

// Each costs a line of the log. A peer of another release sends a few; one that goes on is none.
const MAX_BAD_MESSAGES = 100

const NO_FILES = 'Hearth serves no files and no blocks'

/**
 * A connection to a Spark process. Either side may ask and send at any time; what is sent leaves in call
 * order. After a close, sends are dropped (as Spark drops them) and asks are rejected.
 */
export class SparkConnection {
  readonly #peer: PeerSocket
  readonly #log: Logger
  readonly #channel: FrameChannel
  readonly #asks = new OpenAsks()
  readonly #requests: OpenRequests
  readonly #maxOpenRequests: number
  readonly #attach: (connection: SparkConnection) => SparkHandlers
  readonly #authentication: ConnectionAuthentication | undefined
  #handlers: SparkHandlers | undefined
  #badMessages = 0

  constructor(socket: Socket, options: SparkConnectionOptions) {
    const { limits } = options
    this.#log = options.log
    this.#attach = options.attach
    this.#authentication = options.authentication
    this.#channel = new FrameChannel({
      maxFrameBytes: limits.maxFrameBytes,
      handshake: options.authentication?.handshake ?? null,
      write: (parts) => this.#peer.write(parts),
      onNote: (note) => {
        this.#log.warn({ remote: this.remote }, `${formatHostPort(this.remote)}: ${note}`)
      },
      onAuthenticated: () => this.#authentication?.onAuthenticated?.(),
    })
    this.#maxOpenRequests = limits.maxOpenRequests
    this.#requests = new OpenRequests(limits.answerTimeoutMs, (id) => this.#onForgotten(id))
    // A Spark process reads whatever it has to write, so the two never wait for each other.
    this.#peer = new PeerSocket(
      socket,
      { ...options, pausesWithPeer: true },
      {
        onBytes: (chunk) => this.receive(chunk),
        onDrain: () => this.#guard('onDrain', () => this.#handlers?.onDrain?.()),
        onClosed: (reason) => this.#onClosed(reason),
      },
    )
  }

  /** The dialled host and port as written, or the socket's own when the peer dialled us. */
  get remote(): HostPort {
    return this.#peer.remote
  }

  get isOpen(): boolean {
    return this.#peer.isOpen
  }

  /** Bytes waiting for the peer to read them. Beyond `hearth.rpc.maxQueuedBytes` it is disconnected. */
  get queuedBytes(): number {
    return this.#peer.queuedBytes
  }

  /** True while the peer is slow: hold back what can be summed up later, until `onDrain`. */
  get isBackedUp(): boolean {
    return this.#peer.isBackedUp
  }

  /** Calls `attach` now instead of at the first frame. */
  open(): void {
    this.#handlers ??= this.#attach(this)
  }

  /** Begins the authentication of a connection that we have dialled. */
  authenticate(): void {
    this.#channel.begin()
  }

  send(frame: Frame): void {
    // Once closed nothing is sealed any more: a stream cipher would run ahead of what is sent.
    if (this.isOpen) this.#peer.write(this.#channel.encode(frame))
  }

  /** Sends an envelope that has no answer. */
  sendOneWay(body: Uint8Array): void {
    this.send({ kind: 'one-way', body })
  }

  /** Sends an envelope and resolves with the reply's body. Rejects with AskError, at the latest at the time-out. */
  ask(body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (!this.isOpen) return Promise.reject(new AskError('closed', 'connection is closed'))
    return this.#asks.open(timeoutMs, (requestId) =>
      this.send({ kind: 'rpc-request', requestId, body }),
    )
  }

  /** Answers a request. False, and nothing is sent, when it was answered already or has expired. */
  reply(requestId: bigint, body: Uint8Array): boolean {
    return this.#answer({ kind: 'rpc-response', requestId, body })
  }

  /** Answers a request with a failure; the asker's future fails with this text. False as for `reply`. */
  fail(requestId: bigint, text: string): boolean {
    return this.#answer({ kind: 'rpc-failure', requestId, error: text })
  }

  /** Sends what is queued and closes. Safe to call again; `onClose` follows with the first reason. */
  close(reason: string): void {
    this.#peer.close(reason)
    this.#asks.close(reason)
  }

  /** Closes at once, drops what is queued and logs the reason as a warning. `onClose` follows. */
  disconnect(reason: string): void {
    this.#peer.disconnect(reason)
  }

  /** Bytes from the peer; public for the listener, which has read the first ones. */
  receive(chunk: Uint8Array): void {
    try {
      for (const frame of this.#channel.receive(chunk)) {
        this.#onFrame(frame)
        if (!this.isOpen) return
      }
      this.#peer.countUnfinished(this.#channel.bufferedBytes)
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.#logHandlerError('attach', error)
      this.#peer.refuse(error instanceof Error ? error.message : String(error))
    }
  }

  #onFrame(frame: Frame): void {
    this.open()
    switch (frame.kind) {
      case 'rpc-request':
        this.#onRequest(frame.requestId, frame.body)
        return
      case 'one-way':
        this.#guard('onOneWay', () => this.#handlers?.onOneWay(frame.body))
        return
      case 'rpc-response':
        this.#asks.resolve(frame.requestId, frame.body)
        return
      case 'rpc-failure':
        this.#asks.refuse(frame.requestId, frame.error)
        return
      case 'stream-request':
        this.send({ kind: 'stream-failure', streamId: frame.streamId, error: NO_FILES })
        return
      case 'chunk-fetch-request':
        this.send({ ...frame, kind: 'chunk-fetch-failure', error: NO_FILES })
        return
      case 'stream-failure':
      case 'chunk-fetch-failure':
        this.#log.debug({ remote: this.remote }, `ignoring ${frame.kind}: nothing was fetched`)
    }
  }

  #onRequest(requestId: bigint, body: Uint8Array): void {
    if (this.#requests.has(requestId)) {
      throw new ProtocolError(`request id ${requestId} is in use by an unanswered request`)
    }
    this.#requests.open(requestId)
    this.#updateReading()
    void (async () => {
      try {
        await this.#handlers?.onRequest(requestId, body)
      } catch (error) {
        this.#logHandlerError('onRequest', error)
        this.fail(requestId, error instanceof Error ? error.message : String(error))
      }
    })()
  }

  #answer(frame: Frame & { kind: 'rpc-response' | 'rpc-failure' }): boolean {
    if (!this.#requests.close(frame.requestId)) return false
    this.send(frame)
    this.#updateReading()
    return true
  }

  #onForgotten(requestId: bigint): void {
    this.#log.error({ remote: this.remote }, `request ${requestId} was never answered; failing it`)
    this.fail(requestId, 'Hearth did not answer this request in time')
  }

  #updateReading(): void {
    const owesMany = this.#requests.size >= this.#maxOpenRequests
    if (owesMany) this.#peer.pauseReading('answers are owed')
    else this.#peer.resumeReading('answers are owed')
  }

  #onClosed(reason: string): void {
    this.#requests.clear()
    this.#asks.close(reason)
    if (!this.#channel.isAuthenticated) this.#authentication?.onFailed?.(reason)
    this.#guard('onClose', () => this.#handlers?.onClose(reason))
  }

  #guard(name: string, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#logHandlerError(name, error)
    }
  }

  #logHandlerError(name: string, error: unknown): void {
    // What a peer sent wrongly is its fault and worth a line; anything else is ours and needs the stack.
    if (error instanceof ProtocolError) {
      this.#log.warn({ remote: this.remote }, `bad message from Spark peer: ${error.message}`)
      this.#badMessages += 1
      if (this.#badMessages >= MAX_BAD_MESSAGES) {
        this.#peer.refuse(`it has sent ${MAX_BAD_MESSAGES} messages that cannot be read`)
      }
    } else {
      this.#log.error({ remote: this.remote, err: error }, `handler ${name} failed`)
    }
  }
}
