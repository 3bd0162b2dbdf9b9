// A hollow worker that speaks to a Hearth master, in Hearth's cluster protocol.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import {
  CLUSTER_PROTOCOL_VERSION,
  type DriverStateReport,
  type ExecutorStateReport,
  type MasterToWorker,
  type WorkerToMaster,
} from '@hearth/common/protocol/cluster/messages.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { openBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import type { ClusterConnection } from '@hearth/common/runtime/rpc/cluster-connection.ts'
import { dialCluster } from '@hearth/common/runtime/rpc/dial.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import {
  takeExecutor,
  type HollowExecutor,
  type HollowWorker,
  type HollowWorkerOptions,
} from './worker.ts'

const LOG = createLog({ name: 'hollow', level: 'silent' })
const BUDGETS = openBudgets(DEFAULT_RPC_LIMITS)
/** The status of a JVM that SIGTERM ended. */
const TERMINATED = 143

export class HollowHearthWorker implements HollowWorker {
  readonly id: string
  readonly executors: HollowExecutor[] = []
  readonly #onLaunchDriver: (driverId: string) => void
  /** The run of each driver that it has. */
  readonly #drivers = new Map<string, number>()
  #connection: ClusterConnection | undefined
  #heartbeats: NodeJS.Timeout | undefined
  #sequence = 0
  #onRegistered: (error?: Error) => void = () => undefined

  private constructor({ id, onLaunchDriver = () => undefined }: HollowWorkerOptions) {
    this.id = id
    this.#onLaunchDriver = onLaunchDriver
  }

  /** Resolves when the master has registered it; rejects with the master's reason when it has not. */
  static async register(
    master: HostPort,
    options: HollowWorkerOptions,
  ): Promise<HollowHearthWorker> {
    const { id, address, cores, memoryMb } = options
    const worker = new HollowHearthWorker(options)
    const registered = new Promise<void>((resolve, reject) => {
      worker.#onRegistered = (error) => (error === undefined ? resolve() : reject(error))
    })
    worker.#connection = await dialCluster(master, {
      log: LOG,
      budgets: BUDGETS,
      onOpen: () => ({
        onMessage: (message) => worker.#receive(message as MasterToWorker),
        onClose: (reason) => worker.#onClose(reason),
      }),
    })
    worker.#send({
      type: 'register-worker',
      version: CLUSTER_PROTOCOL_VERSION,
      workerId: id,
      host: address.host,
      // It has no launcher, and nobody dials port 0.
      port: 0,
      webUiUrl: `http://${address.host}:8081`,
      cores,
      memoryMb,
      masterAddress: formatHostPort(master),
      held: [],
      heldDrivers: [],
      driverGraceMs: 10_000,
      decommissioning: false,
    })
    await registered
    return worker
  }

  endExecutor(executor: HollowExecutor): void {
    if (takeExecutor(this.executors, executor.appId, executor.executor) === undefined) return
    this.#report(executor.appId, executor.executor, 'exited', 0)
  }

  endDrivers(): void {
    for (const driverId of [...this.#drivers.keys()]) this.#endDriver(driverId, 'exited', 0)
  }

  close(): void {
    clearInterval(this.#heartbeats)
    this.#connection?.close('a hollow worker ends')
  }

  #receive(message: MasterToWorker): void {
    switch (message.type) {
      case 'registered': {
        const workerId = this.id
        this.#heartbeats ??= setInterval(
          () => this.#send({ type: 'heartbeat', workerId }),
          message.heartbeatIntervalMs,
        )
        return this.#onRegistered()
      }
      case 'registration-refused':
        return this.#onRegistered(new Error(`worker ${this.id} is refused: ${message.reason}`))
      case 'launch-executor': {
        const { applicationId, executor, cores } = message
        this.executors.push({
          appId: applicationId,
          executor,
          cores,
          startedAt: performance.now(),
        })
        return this.#report(applicationId, executor, 'running', null)
      }
      case 'kill-executor': {
        const { applicationId, executor } = message
        if (takeExecutor(this.executors, applicationId, executor) === undefined) return
        return this.#report(applicationId, executor, 'killed', TERMINATED)
      }
      case 'launch-driver': {
        const { driverId, attempt } = message
        this.#onLaunchDriver(driverId)
        this.#drivers.set(driverId, attempt)
        return this.#reportDriver(driverId, attempt, 'running', null)
      }
      case 'kill-driver':
        return this.#endDriver(message.driverId, 'killed', TERMINATED)
      default:
    }
  }

  #endDriver(driverId: string, state: DriverStateReport['state'], exitCode: number): void {
    const attempt = this.#drivers.get(driverId)
    if (attempt === undefined) return
    this.#drivers.delete(driverId)
    this.#reportDriver(driverId, attempt, state, exitCode)
  }

  #reportDriver(
    driverId: string,
    attempt: number,
    state: DriverStateReport['state'],
    exitCode: number | null,
  ): void {
    this.#sequence += 1
    const report = { driverId, attempt, state, exitCode, message: null }
    this.#send({ type: 'driver-state', sequence: this.#sequence, ...report })
  }

  #report(
    applicationId: string,
    executor: number,
    state: ExecutorStateReport['state'],
    exitCode: number | null,
  ): void {
    this.#sequence += 1
    const sequence = this.#sequence
    const report = { sequence, applicationId, executor, state, exitCode, message: null }
    this.#send({ type: 'executor-state', ...report })
  }

  #send(message: WorkerToMaster): void {
    this.#connection?.send(message)
  }

  #onClose(reason: string): void {
    clearInterval(this.#heartbeats)
    this.#onRegistered(new Error(`worker ${this.id} lost its connection: ${reason}`))
  }
}
