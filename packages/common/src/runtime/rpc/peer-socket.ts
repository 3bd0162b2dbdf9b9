import type { Socket } from 'node:net'
import { formatHostPort, type HostPort } from '../../domain/addresses.ts'
import type { Logger } from '../log.ts'
import type { BudgetHolder, RpcBudgets } from './byte-budget.ts'
import type { RpcLimits } from './limits.ts'

export interface PeerSocketOptions {
  readonly remote: HostPort
  readonly limits: RpcLimits
  readonly budgets: RpcBudgets
  readonly log: Logger
  /**
   * Whether nothing is read from a peer that does not read. Not between two ends that both do this: each
   * could wait for the other for ever.
   */
  readonly pausesWithPeer: boolean
}

/** A slow peer could make us queue answers without end, and so could an owner that owes many. */
export type PauseReason = 'peer is slow' | 'answers are owed'

export interface PeerSocketEvents {
  onBytes(chunk: Uint8Array): void
  /** The peer has caught up after {@link PeerSocket.isBackedUp} had been true. */
  onDrain(): void
  /** The socket is gone. Once, and last. */
  onClosed(reason: string): void
}

// How long a peer may take to read what is queued and to close its side, once we have closed ours.
const CLOSE_GRACE_MS = 2_000

/**
 * A connected socket with bounded memory in both directions: ordered writes that leave together at the
 * end of a turn, a bound on what waits for a slow peer, and reading that stops while there is a reason.
 */
export class PeerSocket implements BudgetHolder {
  readonly remote: HostPort
  readonly #socket: Socket
  readonly #limits: RpcLimits
  readonly #budgets: RpcBudgets
  readonly #log: Logger
  readonly #pausesWithPeer: boolean
  readonly #events: PeerSocketEvents
  #closeReason: string | undefined
  #closeTimer: NodeJS.Timeout | undefined
  #isCorked = false
  #isBackedUp = false
  readonly #pauses = new Set<PauseReason>()

  constructor(socket: Socket, options: PeerSocketOptions, events: PeerSocketEvents) {
    this.remote = options.remote
    this.#socket = socket
    this.#limits = options.limits
    this.#budgets = options.budgets
    this.#log = options.log
    this.#pausesWithPeer = options.pausesWithPeer
    this.#events = events
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk))
    socket.on('drain', () => this.#onDrain())
    socket.on('error', (error) => this.#noteReason(`connection failed: ${error.message}`))
    socket.on('end', () => this.close('closed by the peer'))
    socket.on('close', () => this.#onClose())
  }

  /** Bytes written that the kernel has not taken yet. */
  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  /** True from the moment too much waits for the peer until it has taken all of it. */
  get isBackedUp(): boolean {
    return this.#isBackedUp
  }

  /** True until either side has closed. */
  get isOpen(): boolean {
    return this.#closeReason === undefined
  }

  /** Queues the parts in order; drops them when the connection is closed. */
  write(parts: readonly Uint8Array[]): void {
    if (!this.isOpen) return
    this.#cork()
    for (const part of parts) this.#socket.write(part)
    const queued = this.queuedBytes
    if (queued > this.#limits.maxQueuedBytes) {
      this.disconnect(`peer does not read: ${queued} bytes are waiting for it`)
      return
    }
    if (queued > this.#limits.backedUpBytes && !this.#isBackedUp) {
      this.#isBackedUp = true
      if (this.#pausesWithPeer) this.pauseReading('peer is slow')
    }
    // Counted only when a drain event will end the count.
    if (this.#socket.writableNeedDrain) this.#budgets.queued.set(this, queued)
  }

  /** Tells how many bytes of an unfinished frame are held; may close this or another connection. */
  countUnfinished(bytes: number): void {
    if (this.isOpen) this.#budgets.unfinished.set(this, bytes)
  }

  /** Nothing is read while there is a reason not to; the peer is held back by TCP, nothing is lost. */
  pauseReading(reason: PauseReason): void {
    this.#pauses.add(reason)
    this.#updateReading()
  }

  /** Takes a reason back; reading goes on when none is left. */
  resumeReading(reason: PauseReason): void {
    if (this.#pauses.delete(reason)) this.#updateReading()
  }

  /** Closes after what is queued has been sent, or after a short grace. Safe to call again. */
  close(reason: string): void {
    if (!this.#noteReason(reason)) return
    this.#closeTimer = setTimeout(() => this.#socket.destroy(), CLOSE_GRACE_MS)
    this.#socket.end()
    // Unread input would turn the close into a reset, and the peer could lose what was sent last.
    this.#socket.resume()
  }

  /** Closes as `close` does and logs why: the peer broke a rule, and what was said about it may help it. */
  refuse(reason: string): void {
    if (!this.isOpen) return
    this.#logRefusal(reason)
    this.close(reason)
  }

  /** Closes at once, drops what is queued and logs why: the peer costs too much. */
  disconnect(reason: string): void {
    if (!this.#noteReason(reason)) return
    this.#logRefusal(reason)
    this.#socket.destroy()
  }

  evict(reason: string): void {
    this.disconnect(reason)
  }

  #logRefusal(reason: string): void {
    const peer = formatHostPort(this.remote)
    this.#log.warn({ remote: this.remote }, `closing connection with ${peer}: ${reason}`)
  }

  // All writes of one turn of the event loop leave in one system call.
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#socket.uncork()
    })
  }

  #updateReading(): void {
    if (!this.isOpen) return
    if (this.#pauses.size > 0) this.#socket.pause()
    else this.#socket.resume()
  }

  #onData(chunk: Uint8Array): void {
    if (this.isOpen) this.#events.onBytes(chunk)
  }

  #onDrain(): void {
    this.#budgets.queued.set(this, 0)
    if (!this.#isBackedUp) return
    this.#isBackedUp = false
    this.resumeReading('peer is slow')
    if (this.isOpen) this.#events.onDrain()
  }

  // The first reason is the cause, and what follows its consequence. False when there was one already.
  #noteReason(reason: string): boolean {
    if (!this.isOpen) return false
    this.#closeReason = reason
    this.#budgets.unfinished.set(this, 0)
    return true
  }

  #onClose(): void {
    this.#noteReason('closed')
    this.#budgets.queued.set(this, 0)
    clearTimeout(this.#closeTimer)
    this.#events.onClosed(this.#closeReason ?? 'closed')
  }
}
