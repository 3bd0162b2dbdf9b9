import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { parseLaunchOrder } from '../protocol/launch-order.ts'
import { LineChannel } from '../protocol/line-channel.ts'
import { LAUNCHER_PROTOCOL_VERSION, parseWorkerMessage, type Hello } from '../protocol/messages.ts'
import type { OwnLog } from './own-log.ts'
import type { ProcessOwner, ProcessReport } from './process-owner.ts'

/** Whoever connects to the socket must say a right `hello` within this time. */
const HELLO_DEADLINE_MS = 10_000

/** How long the launcher waits at its end for a worker that does not read its last reports. */
const FLUSH_DEADLINE_MS = 1000

/** Connections that may wait for their `hello` at once. */
const MAX_CONNECTIONS = 16

export interface WorkerListenerOptions {
  readonly socketPath: string
  readonly id: string
  readonly token: string
  /** The holder's port, which workers tell their master. */
  readonly port: number
  readonly owner: ProcessOwner
  readonly log: OwnLog
  readonly onWorkerCame: (hello: Hello) => void
  readonly onWorkerLeft: () => void
  /** What processes must prove from now on. */
  readonly onAuthentication: (auth: AuthSettings | null) => void
  /** Leased processes may live so much longer. */
  readonly onLease: (endsAtMs: number) => void
  /** The worker orders everything to end. */
  readonly onShutdown: () => void
}

/**
 * The launcher's end of the unix socket. One worker at a time: the newest that says the token wins, and
 * the one before it is told so.
 */
export class WorkerListener {
  readonly #options: WorkerListenerOptions
  readonly #server: net.Server
  #worker: LineChannel | undefined

  constructor(options: WorkerListenerOptions) {
    this.#options = options
    this.#server = net.createServer((socket) => this.#accept(socket))
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  /** Resolves once the socket can be connected to. */
  async listen(): Promise<void> {
    const { socketPath } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(socketPath, resolve)
    })
  }

  /** Tells the worker; without one, the process table tells the next. */
  report(report: ProcessReport): void {
    this.#worker?.send(report)
  }

  /** Sends what is queued for the worker, then closes; gives up on one that does not read. */
  async close(): Promise<void> {
    this.#server.close()
    const worker = this.#worker
    if (worker === undefined) return
    worker.close()
    await Promise.race([worker.closed, delay(FLUSH_DEADLINE_MS)])
  }

  #accept(socket: net.Socket): void {
    const deadline = setTimeout(() => channel.close('no hello in time'), HELLO_DEADLINE_MS)
    const channel: LineChannel = new LineChannel(socket, {
      onMessage: (message) => {
        clearTimeout(deadline)
        if (channel === this.#worker) this.#obey(message)
        else this.#greet(channel, message)
      },
      onClose: (reason) => {
        clearTimeout(deadline)
        if (reason !== null) this.#options.log.warn({ reason }, 'worker connection closed')
        if (channel !== this.#worker) return
        this.#worker = undefined
        this.#options.onWorkerLeft()
      },
    })
  }

  #greet(channel: LineChannel, message: unknown): void {
    const hello = parseWorkerMessage(message)
    if (hello.type !== 'hello') throw new ProtocolError(`'${hello.type}' before 'hello'`)
    const { id, token, port, owner, log } = this.#options
    const problem = problemOf(hello, token)
    if (problem !== undefined) {
      channel.send({ type: 'refused', reason: problem })
      throw new ProtocolError(problem)
    }
    this.#worker?.send({ type: 'taken', pid: hello.pid })
    this.#worker?.close()
    this.#worker = channel
    log.info({ worker: hello.pid }, 'adopted by a worker')
    this.#options.onWorkerCame(hello)
    const version = LAUNCHER_PROTOCOL_VERSION
    const heldCount = owner.held.length
    channel.send({ type: 'welcome', version, token, id, pid: process.pid, port, heldCount })
    for (const held of owner.held) channel.send({ type: 'held', process: held })
  }

  #obey(message: unknown): void {
    const order = parseWorkerMessage(message)
    const { owner, log } = this.#options
    switch (order.type) {
      case 'hello':
        throw new ProtocolError("'hello' said twice")
      case 'authenticate':
        return this.#options.onAuthentication(order.auth)
      case 'launch':
        return this.#launch(order.key, order.order)
      case 'kill':
        return owner.kill(order.key)
      case 'forget':
        owner.forget(order.key).catch((error: unknown) => {
          log.error({ error: String(error) }, 'cannot remove a process record')
        })
        return
      case 'renew-lease':
        return this.#options.onLease(order.endsAtMs)
      case 'shutdown':
        return this.#options.onShutdown()
    }
  }

  // Much of an order comes from an application: a bad one fails alone.
  #launch(key: ProcessKey, order: unknown): void {
    try {
      this.#options.owner.launch(parseLaunchOrder(order))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.report({ type: 'failed', key, message: error.message })
    }
  }
}

function problemOf({ version, token }: Hello, expected: string): string | undefined {
  if (token !== expected) return 'the token is not the one with which this launcher was started'
  if (version === LAUNCHER_PROTOCOL_VERSION) return undefined
  return `this launcher speaks version ${LAUNCHER_PROTOCOL_VERSION} of its protocol, not ${version}`
}
