// A hollow worker that speaks to a real Spark master, in the worker protocol of Spark 4.3.0.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { describeEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import type { SparkExecutorState } from '@hearth/common/protocol/spark-rpc/messages/executor-state.ts'
import type { SparkExecutorDescription } from '@hearth/common/protocol/spark-rpc/messages/from-worker/executor-description.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { SparkVersion } from '../../test/support/spark-distributions.ts'
import { SparkPeer } from './spark-peer.ts'
import {
  takeExecutor,
  type HollowExecutor,
  type HollowWorker,
  type HollowWorkerOptions,
} from './worker.ts'

/** A quarter of spark.worker.timeout, as real workers do. */
const HEARTBEAT_MS = 15_000
/** The status of a JVM that SIGTERM ended. */
const TERMINATED = 143

export interface HollowSparkWorkerOptions extends HollowWorkerOptions {
  /** The release that it speaks as; 4.3.0 unless told otherwise. */
  readonly version?: SparkVersion
  /** What it says to hold when it registers. */
  readonly held?: readonly SparkExecutorDescription[]
  readonly onMessage?: (message: SparkMessage) => void
}

export class HollowSparkWorker implements HollowWorker {
  readonly id: string
  readonly executors: HollowExecutor[] = []
  readonly #options: HollowSparkWorkerOptions
  readonly #drivers = new Set<string>()
  #peer: SparkPeer | undefined
  #heartbeats: NodeJS.Timeout | undefined
  #onRegistered: (error?: Error) => void = () => undefined

  private constructor(options: HollowSparkWorkerOptions) {
    this.id = options.id
    this.#options = options
  }

  /** Resolves when the master has registered it; rejects with the master's reason when it has not. */
  static async register(
    master: HostPort,
    options: HollowSparkWorkerOptions,
  ): Promise<HollowSparkWorker> {
    const worker = new HollowSparkWorker(options)
    const registered = new Promise<void>((resolve, reject) => {
      worker.#onRegistered = (error) => (error === undefined ? resolve() : reject(error))
    })
    const { address, id, cores, memoryMb } = options
    const peer = await SparkPeer.connect({
      master,
      address,
      ...(options.version !== undefined && { version: options.version }),
      onMessage: (message) => {
        worker.#receive(message)
        options.onMessage?.(message)
      },
      onClose: (reason) => worker.#onClose(reason),
    })
    worker.#peer = peer
    peer.say({
      type: 'RegisterWorker',
      id,
      ...address,
      worker: describeEndpointRef(peer.classes, 'Worker', address),
      cores,
      memory: memoryMb,
      workerWebUiUrl: `http://${address.host}:8081`,
      masterAddress: master,
      resources: {},
      line: peer.profile.line,
    })
    try {
      await registered
    } catch (error) {
      worker.close()
      throw error
    }
    return worker
  }

  endExecutor(executor: HollowExecutor): void {
    const { appId, executor: execId } = executor
    if (takeExecutor(this.executors, appId, execId) === undefined) return
    this.#report(appId, execId, 'EXITED', 0)
  }

  endDrivers(): void {
    for (const driverId of [...this.#drivers]) this.#endDriver(driverId, 'FINISHED')
  }

  close(): void {
    clearInterval(this.#heartbeats)
    this.#peer?.close()
  }

  #receive(message: SparkMessage): void {
    switch (message.type) {
      case 'RegisteredWorker':
        this.#peer?.say({
          type: 'WorkerLatestState',
          id: this.id,
          executors: this.#options.held ?? [],
          driverIds: [],
        })
        this.#beat()
        this.#heartbeats ??= setInterval(() => this.#beat(), HEARTBEAT_MS)
        return this.#onRegistered()
      case 'RegisterWorkerFailed':
        return this.#onRegistered(new Error(`worker ${this.id} is refused: ${message.message}`))
      case 'LaunchExecutor': {
        const { appId, execId, cores } = message
        this.executors.push({ appId, executor: execId, cores, startedAt: performance.now() })
        return this.#report(appId, execId, 'RUNNING', null)
      }
      case 'KillExecutor': {
        const { appId, execId } = message
        if (takeExecutor(this.executors, appId, execId) === undefined) return
        return this.#report(appId, execId, 'KILLED', TERMINATED)
      }
      case 'LaunchDriver':
        this.#options.onLaunchDriver?.(message.driverId)
        // A real worker reports only the end: its master takes a driver to run once it has ordered it.
        this.#drivers.add(message.driverId)
        return
      case 'KillDriver':
        return this.#endDriver(message.driverId, 'KILLED')
      default:
    }
  }

  #endDriver(driverId: string, state: 'FINISHED' | 'KILLED'): void {
    if (!this.#drivers.delete(driverId)) return
    this.#peer?.say({ type: 'DriverStateChanged', driverId, state, exception: null })
  }

  #beat(): void {
    const peer = this.#peer
    if (peer === undefined) return
    const worker = describeEndpointRef(peer.classes, 'Worker', this.#options.address)
    peer.say({ type: 'Heartbeat', workerId: this.id, worker })
  }

  #report(
    appId: string,
    execId: number,
    state: SparkExecutorState,
    exitStatus: number | null,
  ): void {
    // Its answer is always true; one that does not come is the master's end.
    this.#peer
      ?.ask({ type: 'ExecutorStateChanged', appId, execId, state, message: null, exitStatus })
      .catch(() => undefined)
  }

  #onClose(reason: string): void {
    clearInterval(this.#heartbeats)
    this.#onRegistered(new Error(`worker ${this.id} lost its connection: ${reason}`))
  }
}
