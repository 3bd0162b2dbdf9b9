import type { AddressInfo, Server, Socket } from 'node:net'
import { formatHostPort, type HostPort } from '../../domain/addresses.ts'
import { SparkAcceptor } from '../auth/spark/spark-acceptor.ts'
import type { AuthSettings } from '../auth/auth-settings.ts'
import { systemRandom } from '../auth/spark/random-bytes.ts'
import type { Stoppable } from '../lifecycle.ts'
import type { Logger } from '../log.ts'
import { openBudgets, type RpcBudgets } from './byte-budget.ts'
import { ClusterConnection, type ClusterHandlers } from './cluster-connection.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from './limits.ts'
import { callerOf } from './sniff.ts'
import {
  SparkConnection,
  type ConnectionAuthentication,
  type SparkHandlers,
} from './spark-connection.ts'
import { answerTextClient } from './text-client.ts'

export interface RpcServerOptions {
  readonly host: string
  readonly log: Logger
  readonly limits?: RpcLimits
  /** Where a browser that came to this port should have gone. */
  readonly webUiUrl?: () => string | undefined
  /** What peers must prove before anything else; null or left out when nothing is asked of them. */
  readonly auth?: AuthSettings | null
  /** A Spark process sent its first frame; without this option Spark peers are refused. */
  readonly onSpark?: (connection: SparkConnection) => SparkHandlers
  /** A Hearth worker sent its first message; without this option Hearth peers are refused. */
  readonly onCluster?: (connection: ClusterConnection) => ClusterHandlers
}

interface OpenConnection {
  close(reason: string): void
  disconnect(reason: string): void
}

const DROP_LOG_INTERVAL_MS = 10_000

/**
 * Accepts connections, tells by the first byte who is calling, and hands the connection over at its first
 * complete frame. Until then a deadline runs; afterwards a peer may be silent for ever.
 */
export class RpcServer implements Stoppable {
  /** Shared by all connections of the port; a daemon may give them to what it dials. */
  readonly budgets: RpcBudgets
  readonly #server: Server
  readonly #options: RpcServerOptions
  readonly #limits: RpcLimits
  readonly #log: Logger
  readonly #sockets = new Map<Socket, OpenConnection>()
  #port = 0
  #dropLoggedAt = -Infinity
  #stopping: Promise<void> | undefined

  /** Takes over a server that does not listen yet. */
  constructor(server: Server, options: RpcServerOptions) {
    this.#server = server
    this.#options = options
    this.#limits = options.limits ?? DEFAULT_RPC_LIMITS
    this.#log = options.log
    this.budgets = openBudgets(this.#limits)
    server.maxConnections = this.#limits.maxConnections
    server.on('listening', () => {
      this.#port = (server.address() as AddressInfo).port
    })
    server.on('connection', (socket) => this.#onConnection(socket))
    server.on('drop', () => this.#onDrop())
  }

  /** The host as given, and the port that was bound. */
  get address(): HostPort {
    return { host: this.#options.host, port: this.#port }
  }

  /** Sockets open now, whatever they speak. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Bytes held of unfinished frames, over all connections. */
  get bufferedBytes(): number {
    return this.budgets.unfinished.total
  }

  /** Stops listening, closes every connection and waits until their sockets are gone. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    const gone = [new Promise((resolve) => this.#server.close(resolve))]
    for (const [socket, connection] of this.#sockets) {
      gone.push(new Promise((resolve) => socket.once('close', resolve)))
      connection.close('server stops')
    }
    await Promise.all(gone)
  }

  #onConnection(socket: Socket): void {
    const remote = remoteOf(socket)
    const { firstFrameTimeoutMs } = this.#limits
    const deadline = new Deadline((reason) => this.#sockets.get(socket)?.disconnect(reason))
    deadline.set(firstFrameTimeoutMs, `no complete frame within ${firstFrameTimeoutMs} ms`)
    this.#sockets.set(socket, {
      close: () => socket.destroy(),
      disconnect: (reason) => this.#refuse(socket, remote, reason),
    })
    // Whoever takes the connection over listens too; until then an error only ends in the close below.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      deadline.clear()
      this.#sockets.delete(socket)
    })
    socket.once('data', (chunk: Uint8Array) => {
      this.#onFirstBytes(socket, remote, chunk, deadline)
    })
  }

  #onFirstBytes(socket: Socket, remote: HostPort, chunk: Uint8Array, deadline: Deadline): void {
    const firstByte = chunk[0] ?? 0
    switch (callerOf(firstByte)) {
      case 'spark':
        return this.#acceptSpark(socket, remote, chunk, deadline)
      case 'hearth':
        return this.#acceptCluster(socket, remote, chunk, deadline)
      case 'tls':
        return this.#refuse(socket, remote, 'it speaks TLS, which is not configured on this port')
      case 'text':
        deadline.clear()
        this.#log.warn({ remote }, `answering ${formatHostPort(remote)}, which speaks no RPC`)
        return answerTextClient(socket, this.#options.webUiUrl?.())
      case 'unknown': {
        const hex = firstByte.toString(16).padStart(2, '0')
        return this.#refuse(socket, remote, `first byte 0x${hex} starts no protocol of this port`)
      }
    }
  }

  #acceptSpark(socket: Socket, remote: HostPort, chunk: Uint8Array, deadline: Deadline): void {
    const { onSpark, auth = null } = this.#options
    if (onSpark === undefined) {
      return this.#refuse(socket, remote, 'it speaks for Spark, which this port does not serve')
    }
    const attach = (connection: SparkConnection): SparkHandlers => {
      deadline.clear()
      return onSpark(connection)
    }
    const shared = { ...this.#shared(remote), attach }
    const connection = new SparkConnection(
      socket,
      auth === null ? shared : { ...shared, authentication: this.#authentication(auth, deadline) },
    )
    this.#sockets.set(socket, connection)
    connection.receive(chunk)
  }

  // The deadline stays until the first frame behind the authentication: with AuthEngine, only that proves
  // that the peer is not a recording of one.
  #authentication(auth: AuthSettings, deadline: Deadline): ConnectionAuthentication {
    const { timeoutMs } = auth
    deadline.set(timeoutMs, `no authentication, or nothing behind it, within ${timeoutMs} ms`)
    const { maxFrameBytes } = this.#limits
    return { handshake: new SparkAcceptor({ auth, random: systemRandom, maxFrameBytes }) }
  }

  #acceptCluster(socket: Socket, remote: HostPort, chunk: Uint8Array, deadline: Deadline): void {
    const { onCluster, auth } = this.#options
    if (onCluster === undefined) {
      return this.#refuse(socket, remote, 'it speaks for Hearth, which this port does not serve')
    }
    const attach = (connection: ClusterConnection): ClusterHandlers => {
      deadline.clear()
      return onCluster(connection)
    }
    const connection = new ClusterConnection(socket, {
      ...this.#shared(remote),
      role: 'acceptor',
      secret: auth?.secret ?? null,
      attach,
    })
    this.#sockets.set(socket, connection)
    connection.receive(chunk)
  }

  #shared(remote: HostPort) {
    return { remote, limits: this.#limits, budgets: this.budgets, log: this.#log }
  }

  #refuse(socket: Socket, remote: HostPort, reason: string): void {
    this.#log.warn({ remote }, `closing connection with ${formatHostPort(remote)}: ${reason}`)
    socket.destroy()
  }

  // A flood must not fill the log: one line says that it goes on.
  #onDrop(): void {
    const now = performance.now()
    if (now - this.#dropLoggedAt < DROP_LOG_INTERVAL_MS) return
    this.#dropLoggedAt = now
    this.#log.warn(`refusing connections: ${this.#limits.maxConnections} are open, the maximum`)
  }
}

/** One timer, whose time and reason may change. */
class Deadline {
  readonly #onPassed: (reason: string) => void
  #timer: NodeJS.Timeout | undefined

  constructor(onPassed: (reason: string) => void) {
    this.#onPassed = onPassed
  }

  /** Begins anew. */
  set(timeoutMs: number, reason: string): void {
    this.clear()
    this.#timer = setTimeout(() => this.#onPassed(reason), timeoutMs)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

// An IPv4 peer of a listener for both families shows as ::ffff:a.b.c.d; a.b.c.d is what people know.
function remoteOf(socket: Socket): HostPort {
  const host = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '')
  return { host, port: socket.remotePort ?? 0 }
}
