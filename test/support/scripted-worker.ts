// A Hearth worker without processes: it speaks the cluster protocol and does what a test says. Heartbeats it sends by
// itself: a test may wait for a JVM longer than a master waits for a silent worker.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import {
  CLUSTER_PROTOCOL_VERSION,
  type MasterToWorker,
  type RegisterWorker,
  type WorkerToMaster,
} from '@hearth/common/protocol/cluster/messages.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import type { ClusterConnection } from '@hearth/common/runtime/rpc/cluster-connection.ts'
import { dialCluster } from '@hearth/common/runtime/rpc/dial.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from './wait-until.ts'

type MessageOf<Type extends MasterToWorker['type']> = Extract<MasterToWorker, { type: Type }>

/** Patient with a busy machine. */
const PATIENT = { ...DEFAULT_RPC_LIMITS, connectTimeoutMs: ANSWER_TIMEOUT_MS }

export class ScriptedWorker {
  readonly messages: MasterToWorker[] = []
  readonly #connection: ClusterConnection
  readonly #id: string
  #closeReason: string | undefined
  #heartbeats: NodeJS.Timeout | undefined
  #sequence = 0

  private constructor(id: string, connection: ClusterConnection) {
    this.#id = id
    this.#connection = connection
  }

  static async connect(
    master: HostPort,
    id: string,
    onMessage?: (message: MasterToWorker, worker: ScriptedWorker) => void,
    secret: string | null = null,
  ): Promise<ScriptedWorker> {
    let receive: (message: MasterToWorker) => void = () => undefined
    let close: (reason: string) => void = () => undefined
    const connection = await dialCluster(master, {
      log: createLog({ name: 'worker', level: 'silent' }),
      secret,
      limits: PATIENT,
      onOpen: () => ({
        onMessage: (message) => receive(message as MasterToWorker),
        onClose: (reason) => close(reason),
      }),
    })
    const worker = new ScriptedWorker(id, connection)
    receive = (message) => {
      worker.messages.push(message)
      if (message.type === 'registered') worker.#live(message.heartbeatIntervalMs)
      onMessage?.(message, worker)
    }
    close = (reason) => {
      clearInterval(worker.#heartbeats)
      worker.#closeReason = reason
    }
    return worker
  }

  /** Why the connection is closed; undefined while it is open. */
  get closeReason(): string | undefined {
    return this.#closeReason
  }

  /** Sends what is no message as well. */
  sendAny(message: unknown): void {
    this.#connection.send(message)
  }

  send(message: WorkerToMaster): void {
    this.#connection.send(message)
  }

  register(changes: Partial<RegisterWorker> = {}): void {
    this.send({
      type: 'register-worker',
      version: CLUSTER_PROTOCOL_VERSION,
      workerId: this.#id,
      host: '127.0.0.1',
      // Port 0 is never dialled: this worker has no launcher.
      port: 0,
      webUiUrl: 'http://127.0.0.1:1',
      cores: 4,
      memoryMb: 8192,
      masterAddress: '127.0.0.1:7077',
      held: [],
      heldDrivers: [],
      driverGraceMs: 10_000,
      decommissioning: false,
      ...changes,
    })
  }

  async registered(changes: Partial<RegisterWorker> = {}): Promise<MessageOf<'registered'>> {
    this.register(changes)
    return this.next('registered')
  }

  report(
    applicationId: string,
    executor: number,
    state: 'running' | 'exited' | 'killed',
    exitCode?: number,
  ): void {
    this.#sequence += 1
    this.send({
      type: 'executor-state',
      sequence: this.#sequence,
      applicationId,
      executor,
      state,
      exitCode: exitCode ?? null,
      message: null,
    })
  }

  next<Type extends MasterToWorker['type']>(type: Type): Promise<MessageOf<Type>> {
    return waitUntil(
      `${type} from the master`,
      () => this.messages.find((message): message is MessageOf<Type> => message.type === type),
      {
        timeoutMs: ANSWER_TIMEOUT_MS,
        describe: () => this.messages.map((one) => one.type).join(', '),
      },
    )
  }

  close(): void {
    clearInterval(this.#heartbeats)
    this.#connection.close('the test ends')
  }

  #live(intervalMs: number): void {
    clearInterval(this.#heartbeats)
    this.#heartbeats = setInterval(
      () => this.send({ type: 'heartbeat', workerId: this.#id }),
      intervalMs,
    )
  }
}
