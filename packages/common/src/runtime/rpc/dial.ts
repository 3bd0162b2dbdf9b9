import { connect, type Socket } from 'node:net'
import { bareHost, formatHostPort, type HostPort } from '../../domain/addresses.ts'
import type { AuthSettings } from '../auth/auth-settings.ts'
import { SparkDialler } from '../auth/spark/spark-dialler.ts'
import { systemRandom } from '../auth/spark/random-bytes.ts'
import type { Logger } from '../log.ts'
import { openBudgets, type RpcBudgets } from './byte-budget.ts'
import { ClusterConnection, type ClusterHandlers } from './cluster-connection.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from './limits.ts'
import {
  SparkConnection,
  type SparkConnectionOptions,
  type SparkHandlers,
} from './spark-connection.ts'
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
  /** Set when both ends must prove a secret first; that takes its time-out at most. */
  readonly auth?: AuthSettings | null
  /** Called before the promise resolves and before anything else is read. */
  readonly onOpen: (connection: SparkConnection) => SparkHandlers
}

export interface DialClusterOptions extends DialOptions {
  /** Proven by both ends before anything else is said; null when there is none. */
  readonly secret?: string | null
  /** Called before the promise resolves and before anything but proofs is read. */
  readonly onOpen: (connection: ClusterConnection) => ClusterHandlers
}

/**
 * Why a dial failed; `code` is the system's, such as ECONNREFUSED, ETIMEDOUT or ENOTFOUND, or EAUTH when
 * the connection stood and the secret was not proven.
 */
export class DialError extends Error {
  override readonly name = 'DialError'
  readonly code: string
  /** The message without the address. */
  readonly reason: string

  constructor(address: HostPort, code: string, reason: string) {
    super(`cannot connect to ${formatHostPort(address)}: ${reason}`)
    this.code = code
    this.reason = reason
  }
}

/** Connects to a Spark process; the host name is looked up anew each time. Rejects with DialError. */
export function dialSpark(address: HostPort, options: DialSparkOptions): Promise<SparkConnection> {
  const { limits = DEFAULT_RPC_LIMITS, log, onOpen: attach, auth = null } = options
  return dial(address, options, (socket, budgets) => {
    const shared = { remote: address, limits, budgets, log, attach }
    if (auth !== null) return authenticated(socket, shared, auth, options.signal)
    const connection = new SparkConnection(socket, shared)
    connection.open()
    return connection
  })
}

function authenticated(
  socket: Socket,
  shared: Omit<SparkConnectionOptions, 'authentication'>,
  auth: AuthSettings,
  signal: AbortSignal | undefined,
): Promise<SparkConnection> {
  const { maxFrameBytes } = shared.limits
  const { timeoutMs } = auth
  return new Promise((resolve, reject) => {
    const handshake = new SparkDialler({ auth, random: systemRandom, maxFrameBytes })
    const late = `no authentication within ${timeoutMs} ms`
    const deadline = setTimeout(() => connection.close(late), timeoutMs)
    const onAbort = () => connection.close('given up')
    const settle = () => {
      clearTimeout(deadline)
      signal?.removeEventListener('abort', onAbort)
    }
    const onAuthenticated = () => {
      settle()
      try {
        connection.open()
        resolve(connection)
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
        connection.close('its owner cannot take it')
      }
    }
    const onFailed = (reason: string) => {
      settle()
      const why = [handshake.refusal, reason].filter((one) => one !== undefined).join('; ')
      reject(new DialError(shared.remote, 'EAUTH', `not authenticated: ${why}`))
    }
    const authentication = { handshake, onAuthenticated, onFailed }
    const connection: SparkConnection = new SparkConnection(socket, { ...shared, authentication })
    connection.authenticate()
    signal?.addEventListener('abort', onAbort)
  })
}

/**
 * Connects to a Hearth daemon; the host name is looked up anew each time. With a secret the promise
 * resolves when both have proven it. Rejects with DialError, whose code is EAUTH when they have not.
 */
export function dialCluster(
  address: HostPort,
  options: DialClusterOptions,
): Promise<ClusterConnection> {
  return dial(address, options, (socket, budgets) => {
    return new Promise<ClusterConnection>((resolve, reject) => {
      try {
        openCluster(socket, budgets, address, options, { resolve, reject })
      } catch (error) {
        socket.destroy()
        reject(error)
      }
    })
  })
}

interface Settlers {
  readonly resolve: (connection: ClusterConnection) => void
  readonly reject: (error: Error) => void
}

function openCluster(
  socket: Socket,
  budgets: RpcBudgets,
  remote: HostPort,
  options: DialClusterOptions,
  { resolve, reject }: Settlers,
): void {
  const { limits = DEFAULT_RPC_LIMITS, log, secret = null, signal, onOpen } = options
  const { connectTimeoutMs } = limits
  const late = `no proof of the secret within ${connectTimeoutMs} ms`
  const deadline =
    secret === null ? undefined : setTimeout(() => connection.close(late), connectTimeoutMs)
  const onAbort = () => connection.close('given up')
  const settle = () => {
    clearTimeout(deadline)
    signal?.removeEventListener('abort', onAbort)
  }
  const connection: ClusterConnection = new ClusterConnection(socket, {
    ...{ remote, limits, budgets, log, secret, role: 'dialler' },
    attach: (opened) => {
      settle()
      resolve(opened)
      return onOpen(opened)
    },
    onUnattached: (reason) => {
      settle()
      reject(new DialError(remote, 'EAUTH', reason))
    },
  })
  if (secret !== null) signal?.addEventListener('abort', onAbort)
}

// `wrap` runs in the turn in which the connection stands, so that no event of the socket is missed.
function dial<Connection>(
  address: HostPort,
  { limits = DEFAULT_RPC_LIMITS, budgets = openBudgets(limits), signal }: DialOptions,
  wrap: (socket: Socket, budgets: RpcBudgets) => Connection | Promise<Connection>,
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
