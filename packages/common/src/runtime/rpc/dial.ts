import { connect, type Socket } from 'node:net'
import { bareHost, formatHostPort, type HostPort } from '../../domain/addresses.ts'
import type { Logger } from '../log.ts'
import { openBudgets, type RpcBudgets } from './byte-budget.ts'
import { ClusterConnection, type ClusterHandlers } from './cluster-connection.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from './limits.ts'
import { SparkConnection, type SparkHandlers } from './spark-connection.ts'
import { KEEP_ALIVE_DELAY_MS } from './keep-alive.ts'

// A host with addresses of both families is tried one address after the other; Node's default of 250 ms
// for each but the last would pass over hosts that are only far away.
const ADDRESS_ATTEMPT_MS = 1_000

export interface DialOptions {
  readonly log: Logger
  readonly limits?: RpcLimits
  /** Shared with other connections of this daemon; a connection without has budgets of its own. */
  readonly budgets?: RpcBudgets
  /** Gives up dialling when aborted. An established connection is not affected. */
  readonly signal?: AbortSignal
}

export interface DialSparkOptions extends DialOptions {
  /** Called before the promise resolves and before anything is read. */
  readonly onOpen: (connection: SparkConnection) => SparkHandlers
}

export interface DialClusterOptions extends DialOptions {
  /** Called before the promise resolves and before anything is read. */
  readonly onOpen: (connection: ClusterConnection) => ClusterHandlers
}

/** Why a dial failed; `code` is the system's, such as ECONNREFUSED, ETIMEDOUT or ENOTFOUND. */
export class DialError extends Error {
  override readonly name = 'DialError'
  readonly code: string

  constructor(address: HostPort, code: string, message: string) {
    super(`cannot connect to ${formatHostPort(address)}: ${message}`)
    this.code = code
  }
}

/** Connects to a Spark process; the host name is looked up anew each time. Rejects with DialError. */
export function dialSpark(address: HostPort, options: DialSparkOptions): Promise<SparkConnection> {
  const { limits = DEFAULT_RPC_LIMITS, log, onOpen: attach } = options
  return dial(address, options, (socket, budgets) => {
    const shared = { remote: address, limits, budgets, log }
    const connection = new SparkConnection(socket, { ...shared, attach })
    connection.open()
    return connection
  })
}

/** Connects to a Hearth daemon; the host name is looked up anew each time. Rejects with DialError. */
export function dialCluster(
  address: HostPort,
  options: DialClusterOptions,
): Promise<ClusterConnection> {
  const { limits = DEFAULT_RPC_LIMITS, log, onOpen: attach } = options
  return dial(address, options, (socket, budgets) => {
    const shared = { remote: address, limits, budgets, log }
    const connection = new ClusterConnection(socket, { ...shared, role: 'dialler', attach })
    connection.open()
    return connection
  })
}

// `wrap` runs in the turn in which the connection stands, so that no event of the socket is missed.
function dial<Connection>(
  address: HostPort,
  { limits = DEFAULT_RPC_LIMITS, budgets = openBudgets(limits), signal }: DialOptions,
  wrap: (socket: Socket, budgets: RpcBudgets) => Connection,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: bareHost(address.host),
      port: address.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    })
    const onAbort = (): void => giveUp('ABORTED', 'given up')
    const timer = setTimeout(
      () => giveUp('ETIMEDOUT', `no connection within ${limits.connectTimeoutMs} ms`),
      limits.connectTimeoutMs,
    )
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const giveUp = (code: string, message: string): void => {
      settle()
      socket.destroy()
      reject(new DialError(address, code, message))
    }
    socket.on('error', (error: NodeJS.ErrnoException) =>
      giveUp(error.code ?? 'UNKNOWN', describe(error)),
    )
    socket.once('connect', () => {
      settle()
      try {
        resolve(wrap(socket, budgets))
      } catch (error) {
        socket.destroy()
        reject(error)
      }
    })
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted === true) onAbort()
  })
}

// When all addresses of a host failed, the error holds one for each and says nothing itself.
function describe(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ')
}
