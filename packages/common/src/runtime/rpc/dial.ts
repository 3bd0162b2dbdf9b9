import { connect, type Socket } from 'node:net'
import { bareHost, formatHostPort, type HostPort } from '../../domain/addresses.ts'
import type { Logger } from '../log.ts'
import { openBudgets, type RpcBudgets } from './byte-budget.ts'
import { ClusterConnection, type ClusterHandlers } from './cluster-connection.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from './limits.ts'
import { SparkConnection, type SparkHandlers } from './spark-connection.ts'
import { KEEP_ALIVE_DELAY_MS } from './keep-alive.ts'

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
export async function dialSpark(
  address: HostPort,
  options: DialSparkOptions,
): Promise<SparkConnection> {
  const { log, limits = DEFAULT_RPC_LIMITS, budgets = openBudgets(limits), onOpen } = options
  const socket = await dial(address, limits.connectTimeoutMs, options.signal)
  const connection = new SparkConnection(socket, {
    remote: address,
    limits,
    budgets,
    log,
    attach: onOpen,
  })
  connection.open()
  return connection
}

/** Connects to a Hearth daemon; the host name is looked up anew each time. Rejects with DialError. */
export async function dialCluster(
  address: HostPort,
  options: DialClusterOptions,
): Promise<ClusterConnection> {
  const { log, limits = DEFAULT_RPC_LIMITS, budgets = openBudgets(limits), onOpen } = options
  const socket = await dial(address, limits.connectTimeoutMs, options.signal)
  const connection = new ClusterConnection(socket, {
    remote: address,
    role: 'dialler',
    limits,
    budgets,
    log,
    attach: onOpen,
  })
  connection.open()
  return connection
}

// A host with addresses of both families is tried one after the other; Node's default of 250 ms for
// each but the last would pass over hosts that are only far away.
const ADDRESS_ATTEMPT_MS = 1_000

function dial(
  address: HostPort,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: bareHost(address.host),
      port: address.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    })
    const giveUp = (code: string, message: string): void => {
      settle()
      socket.on('error', () => undefined)
      socket.destroy()
      reject(new DialError(address, code, message))
    }
    const onError = (error: NodeJS.ErrnoException): void =>
      giveUp(error.code ?? 'UNKNOWN', error.message === '' ? (error.code ?? '') : error.message)
    const onAbort = (): void => giveUp('ABORTED', 'given up')
    const timer = setTimeout(
      () => giveUp('ETIMEDOUT', `no connection within ${timeoutMs} ms`),
      timeoutMs,
    )
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.removeListener('error', onError)
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted === true) onAbort()
  })
}
