import type { AddressInfo, Server, Socket } from 'node:net'
import { formatHostPort, type HostPort } from '../../domain/addresses.ts'
import type { AuthSettings } from '../auth/auth-settings.ts'
import type { Stoppable } from '../lifecycle.ts'
import type { Logger } from '../log.ts'
import { openBudgets, type RpcBudgets } from './byte-budget.ts'
import { ClusterConnection, type ClusterHandlers } from './cluster-connection.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from './limits.ts'
import { callerOf } from './sniff.ts'
import { SparkConnection, type SparkHandlers } from './spark-connection.ts'
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
    const deadline = setTimeout(() => {
      this.#sockets.get(socket)?.disconnect(`no complete frame within ${firstFrameTimeoutMs} ms`)
    }, firstFrameTimeoutMs)
    this.#sockets.set(socket, {
      close: () => socket.destroy(),
      disconnect: (reason) => this.#refuse(socket, remote, reason),
    })
    // Whoever takes the connection over listens too; until then an error only ends in the close below.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(deadline)
      this.#sockets.delete(socket)
    })
    socket.once('data', (chunk: Uint8Array) => {
      this.#onFirstBytes(socket, remote, chunk, () => clearTimeout(deadline))
    })
  }

  #onFirstBytes(socket: Socket, remote: HostPort, chunk: Uint8Array, inTime: () => void): void {
    const firstByte = chunk[0] ?? 0
    switch (callerOf(firstByte)) {
      case 'spark':
        return this.#acceptSpark(socket, remote, chunk, inTime)
      case 'hearth':
        return this.#acceptCluster(socket, remote, chunk, inTime)
      case 'tls':
        return this.#refuse(socket, remote, 'it speaks TLS, which is not configured on this port')
      case 'text':
        inTime()
        this.#log.warn({ remote }, `answering ${formatHostPort(remote)}, which speaks no RPC`)
        return answerTextClient(socket, this.#options.webUiUrl?.())
      case 'unknown': {
        const hex = firstByte.toString(16).padStart(2, '0')
        return this.#refuse(socket, remote, `first byte 0x${hex} starts no protocol of this port`)
      }
    }
  }

  #acceptSpark(socket: Socket, remote: HostPort, chunk: Uint8Array, inTime: () => void): void {
    const { onSpark } = this.#options
    if (onSpark === undefined) {
      return this.#refuse(socket, remote, 'it speaks for Spark, which this port does not serve')
    }
    const attach = (connection: SparkConnection): SparkHandlers => {
      inTime()
      return onSpark(connection)
    }
    const connection = new SparkConnection(socket, { ...this.#shared(remote), attach })
    this.#sockets.set(socket, connection)
    connection.receive(chunk)
  }

  #acceptCluster(socket: Socket, remote: HostPort, chunk: Uint8Array, inTime: () => void): void {
    const { onCluster, auth } = this.#options
    if (onCluster === undefined) {
      return this.#refuse(socket, remote, 'it speaks for Hearth, which this port does not serve')
    }
    const attach = (connection: ClusterConnection): ClusterHandlers => {
      inTime()
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

// An IPv4 peer of a listener for both families shows as ::ffff:a.b.c.d; a.b.c.d is what people know.
function remoteOf(socket: Socket): HostPort {
  const host = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '')
  return { host, port: socket.remotePort ?? 0 }
}
