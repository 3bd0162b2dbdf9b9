import type { Socket } from 'node:net'
import type { HostPort } from '../../domain/addresses.ts'
import { ClusterFrameDecoder } from '../../protocol/cluster/frame-decoder.ts'
import {
  CLUSTER_MAGIC,
  encodeClusterDocument,
  frameClusterDocument,
} from '../../protocol/cluster/frame.ts'
import { MAX_HANDSHAKE_BYTES } from '../../protocol/cluster/handshake.ts'
import type { MasterToWorker } from '../../protocol/cluster/messages.ts'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import {
  AcceptorHandshake,
  DiallerHandshake,
  HandshakeError,
  refuseHello,
  UNAUTHENTICATED,
  type Handshake,
} from '../auth/cluster-handshake.ts'
import type { SessionKeys } from '../auth/cluster-keys.ts'
import { FrameOpener, FrameSealer, SEAL_BYTES } from '../auth/sealed-frames.ts'
import type { Logger } from '../log.ts'
import { PeerSocket, type PeerSocketOptions } from './peer-socket.ts'

/** What a connection tells its owner. A handler that throws is logged and never ends the process. */
export interface ClusterHandlers {
  /** A JSON value of unknown shape: check it against a schema. Throwing ProtocolError closes the connection. */
  onMessage(message: unknown): void
  /** The connection is gone. Called exactly once, and last, whoever closed it. */
  onClose(reason: string): void
  /** The peer has taken everything that waited for it after `isBackedUp` had been true. */
  onDrain?(): void
}

export interface ClusterConnectionOptions extends Omit<PeerSocketOptions, 'pausesWithPeer'> {
  /** The side that dialled sends the magic; the other expects it. */
  readonly role: 'dialler' | 'acceptor'
  /**
   * Both ends must prove it before anything else is said, and everything after that is sealed. Without
   * one, a peer that has one is refused.
   */
  readonly secret?: string | null
  /**
   * Called once, at the first message of an accepted connection or as soon as a dialled one stands and
   * the secret is proven.
   */
  readonly attach: (connection: ClusterConnection) => ClusterHandlers
  /** The connection is gone and `attach` was never called. */
  readonly onUnattached?: (reason: string) => void
}

// Hearth's messages nest five deep. The longest is a registration that reports 100,000 executors.
const JSON_LIMITS = { maxDepth: 32, maxValues: 1_000_000 }

/**
 * A connection between Hearth daemons: JSON messages in call order, both ways. There is no heartbeat in
 * it: liveness belongs to the layer above. After a close, sends are dropped.
 */
export class ClusterConnection {
  readonly #peer: PeerSocket
  readonly #log: Logger
  readonly #decoder: ClusterFrameDecoder
  readonly #options: ClusterConnectionOptions
  readonly #maxMessageBytes: number
  #handlers: ClusterHandlers | undefined
  /** Until the secret is proven. */
  #handshake: Handshake | undefined
  #sealer: FrameSealer | undefined

  constructor(socket: Socket, options: ClusterConnectionOptions) {
    const { limits, log, role, secret = null } = options
    this.#log = log
    this.#options = options
    this.#maxMessageBytes = limits.maxMessageBytes
    const maxMessageBytes = secret === null ? limits.maxMessageBytes : MAX_HANDSHAKE_BYTES
    this.#decoder = new ClusterFrameDecoder(
      { maxMessageBytes, ...JSON_LIMITS },
      { expectMagic: role === 'acceptor' },
    )
    // The other end is built like this one: both could wait for each other.
    this.#peer = new PeerSocket(
      socket,
      { ...options, pausesWithPeer: false },
      {
        onBytes: (chunk) => this.receive(chunk),
        onDrain: () => this.#guard('onDrain', () => this.#handlers?.onDrain?.()),
        onClosed: (reason) => this.#guard('onClose', () => this.#onClosed(reason)),
      },
    )
    if (role === 'dialler') this.#peer.write([CLUSTER_MAGIC])
    if (secret !== null) this.#beginHandshake(secret)
    else if (role === 'dialler') this.#open()
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

  /** Queues a message. Throws ProtocolError when it is longer than `hearth.rpc.maxMessageBytes`. */
  send(message: unknown): void {
    const document = encodeClusterDocument(message, this.#maxMessageBytes)
    // What is sealed must be sent, or the peer could not open the next one.
    if (!this.isOpen) return
    this.#peer.write(frameClusterDocument(this.#sealer?.seal(document) ?? document))
  }

  /** Sends what is queued and closes. Safe to call again; `onClose` follows with the first reason. */
  close(reason: string): void {
    this.#peer.close(reason)
  }

  /** Closes at once, drops what is queued and logs the reason as a warning. `onClose` follows. */
  disconnect(reason: string): void {
    this.#peer.disconnect(reason)
  }

  /** Bytes from the peer; public for the listener, which has read the first ones. */
  receive(chunk: Uint8Array): void {
    try {
      for (const message of this.#decoder.push(chunk)) {
        this.#onMessage(message)
        if (!this.isOpen) return
      }
      this.#peer.countUnfinished(this.#decoder.bufferedBytes)
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.#logHandlerError('attach', error)
      this.#refuse(error)
    }
  }

  #open(): void {
    this.#handlers ??= this.#options.attach(this)
  }

  #onMessage(message: unknown): void {
    if (this.#handshake !== undefined) {
      this.#shakeHands(this.#handshake, message)
      return
    }
    if (this.#handlers === undefined && this.#sealer === undefined) refuseHello(message)
    this.#open()
    this.#guard('onMessage', () => this.#handlers?.onMessage(message))
  }

  #beginHandshake(secret: string): void {
    if (this.#options.role === 'acceptor') {
      this.#handshake = new AcceptorHandshake(secret)
      return
    }
    const handshake = new DiallerHandshake(secret)
    this.#handshake = handshake
    this.send(handshake.hello)
  }

  #shakeHands(handshake: Handshake, message: unknown): void {
    const { reply, keys } = handshake.receive(message)
    if (reply !== undefined) this.send(reply)
    if (keys === undefined) return
    this.#handshake = undefined
    this.#seal(keys)
    // An accepted peer has to say something first, and until then its deadline runs.
    if (this.#options.role === 'dialler') this.#open()
  }

  #seal({ send, receive }: SessionKeys): void {
    this.#sealer = new FrameSealer(send)
    const opener = new FrameOpener(receive)
    const maxMessageBytes = this.#maxMessageBytes + SEAL_BYTES
    this.#decoder.expectSealed((sealed) => opener.open(sealed), { maxMessageBytes, ...JSON_LIMITS })
  }

  #refuse(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    if (this.#handlers !== undefined) {
      this.#peer.refuse(reason)
    } else if (this.#options.role === 'dialler') {
      // Its owner logs why, once for however many attempts.
      this.#peer.close(reason)
    } else {
      this.#refuseStranger(error, reason)
    }
  }

  // Whoever has not proven the secret gets nothing but a sentence that says what to set.
  #refuseStranger(error: unknown, reason: string): void {
    const isRefusal = error instanceof HandshakeError
    if (isRefusal || this.#handshake !== undefined) {
      const refusal: MasterToWorker = {
        type: 'registration-refused',
        reason: isRefusal ? reason : UNAUTHENTICATED,
      }
      this.send(refusal)
    }
    this.#peer.refuse(reason)
  }

  #onClosed(reason: string): void {
    if (this.#handlers !== undefined) this.#handlers.onClose(reason)
    else this.#options.onUnattached?.(reason)
  }

  // A ProtocolError from a handler is the peer's fault and closes the connection; any other is ours.
  #guard(name: string, call: () => void): void {
    try {
      call()
    } catch (error) {
      if (error instanceof ProtocolError && name === 'onMessage') throw error
      this.#logHandlerError(name, error)
    }
  }

  #logHandlerError(name: string, error: unknown): void {
    this.#log.error({ remote: this.remote, err: error }, `handler ${name} failed`)
  }
}
