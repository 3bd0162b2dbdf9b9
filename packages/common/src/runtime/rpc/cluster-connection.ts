import type { Socket } from 'node:net'
import type { HostPort } from '../../domain/addresses.ts'
import { ClusterFrameDecoder } from '../../protocol/cluster/frame-decoder.ts'
import { CLUSTER_MAGIC, encodeClusterFrame } from '../../protocol/cluster/frame.ts'
import { ProtocolError } from '../../protocol/protocol-error.ts'
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
  /** Called once, at the first message of an accepted connection or as soon as a dialled one stands. */
  readonly attach: (connection: ClusterConnection) => ClusterHandlers
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
  readonly #maxMessageBytes: number
  readonly #attach: (connection: ClusterConnection) => ClusterHandlers
  #handlers: ClusterHandlers | undefined

  constructor(socket: Socket, options: ClusterConnectionOptions) {
    this.#log = options.log
    this.#attach = options.attach
    this.#maxMessageBytes = options.limits.maxMessageBytes
    this.#decoder = new ClusterFrameDecoder(
      { maxMessageBytes: this.#maxMessageBytes, ...JSON_LIMITS },
      { expectMagic: options.role === 'acceptor' },
    )
    // The other end is built like this one: both could wait for each other.
    this.#peer = new PeerSocket(
      socket,
      { ...options, pausesWithPeer: false },
      {
        onBytes: (chunk) => this.receive(chunk),
        onDrain: () => this.#guard('onDrain', () => this.#handlers?.onDrain?.()),
        onClosed: (reason) => this.#guard('onClose', () => this.#handlers?.onClose(reason)),
      },
    )
    if (options.role === 'dialler') this.#peer.write([CLUSTER_MAGIC])
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

  /** Calls `attach` now instead of at the first message. */
  open(): void {
    this.#handlers ??= this.#attach(this)
  }

  /** Queues a message. Throws ProtocolError when it is longer than `hearth.rpc.maxMessageBytes`. */
  send(message: unknown): void {
    this.#peer.write(encodeClusterFrame(message, this.#maxMessageBytes))
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
        this.open()
        this.#guard('onMessage', () => this.#handlers?.onMessage(message))
        if (!this.isOpen) return
      }
      this.#peer.countUnfinished(this.#decoder.bufferedBytes)
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.#logHandlerError('attach', error)
      this.#peer.refuse(error instanceof Error ? error.message : String(error))
    }
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
