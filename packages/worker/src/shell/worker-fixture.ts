// Set-up for tests of a whole worker: a machine with a Java and a Spark that are scripts, and a master
// that says what the test tells it to.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import type {
  LaunchDriver,
  LaunchExecutor,
  MasterToWorker,
  SparkDriverPayload,
  SparkExecutorPayload,
  WorkerToMaster,
} from '@hearth/common/protocol/cluster/messages.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { ClusterConnection } from '@hearth/common/runtime/rpc/cluster-connection.ts'
import { listenRpc, type RpcServer } from '@hearth/common/runtime/rpc/listen.ts'
import { captureLog } from '../../../../test/support/captured-log.ts'
import { waitUntil } from '../../../../test/support/wait-until.ts'
import { launcherPaths, readIdentity } from '../launcher/launcher-directory.ts'
import { isRunning, processesWithVariable, signalProcess } from '../launcher/linux-processes.ts'
import { startWorker, type RunningWorker, type WorkerOptions } from './worker.ts'

type MessageOf<Type extends WorkerToMaster['type']> = Extract<WorkerToMaster, { type: Type }>

/** A machine of one test: directories, programs, and the workers started on it. */
export class Machine {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'hearth-machine-'))
  readonly workDir = path.join(this.root, 'work')
  readonly scratchRoot = path.join(this.root, 'scratch')
  readonly jar = path.join(this.root, 'app.jar')
  readonly captured = captureLog()
  readonly #workers: RunningWorker[] = []

  constructor() {
    mkdirSync(path.join(this.root, 'spark/jars'), { recursive: true })
    writeFileSync(path.join(this.root, 'spark/jars/spark-core_2.13-4.1.4.jar'), '')
    mkdirSync(path.join(this.root, 'java/bin'), { recursive: true })
    const java = path.join(this.root, 'java/bin/java')
    // Runs what the application's environment says, in place of a JVM.
    writeFileSync(java, '#!/bin/sh\nexec /bin/sh -c "$SCRIPT"\n')
    chmodSync(java, 0o755)
    writeFileSync(this.jar, 'a jar')
  }

  get log(): Logger {
    return this.captured.log
  }

  get stateDir(): string {
    return path.join(this.workDir, '.hearth')
  }

  async start(
    masters: readonly HostPort[],
    changes: Partial<WorkerOptions> & { keys?: Readonly<Record<string, string>> } = {},
  ): Promise<RunningWorker> {
    const { keys, ...options } = changes
    const worker = await startWorker({
      ...{ masters, host: '127.0.0.1', port: 0, webUiPort: 0, cores: 4, memoryMb: 4096 },
      ...{ workDir: this.workDir, log: this.log },
      environment: {
        PATH: '/usr/bin:/bin',
        SPARK_HOME: path.join(this.root, 'spark'),
        JAVA_HOME: path.join(this.root, 'java'),
        SPARK_LOCAL_DIRS: this.scratchRoot,
      },
      properties: new Map(Object.entries({ ...QUICK, ...keys })),
      ...options,
    })
    this.#workers.push(worker)
    return worker
  }

  /** Pids of executors that run on this machine. */
  executors(): number[] {
    return processesWithVariable('MACHINE', this.root).map(({ pid }) => pid)
  }

  /** Kills the launcher as the kernel would that is out of memory; nothing when none runs. */
  async killLauncher(): Promise<void> {
    const launcher = await readIdentity(launcherPaths(this.stateDir))
    if (launcher === undefined || !signalProcess(launcher, 'SIGKILL')) return
    await waitUntil('the end of the launcher', () => !isRunning(launcher) || undefined)
  }

  /** What an application sends to run `script`. */
  payload(script: string): SparkExecutorPayload {
    return {
      ...{ kind: 'spark-executor', applicationName: 'test', user: 'ann', maxCores: null },
      resourceProfileId: 0,
      command: {
        mainClass: 'Main',
        arguments: ['--worker-url', '{{WORKER_URL}}', '--cores', '{{CORES}}'],
        environment: { SCRIPT: script, MACHINE: this.root },
        ...{ classPathEntries: [], libraryPathEntries: [], javaOptions: [] },
      },
    }
  }

  /** What a client sends to have `script` run as a driver; its jar is a file of this machine. */
  driver(script: string, jarUrl = `file:${this.jar}`): SparkDriverPayload {
    const { command } = this.payload(script)
    const wrapped = ['{{WORKER_URL}}', '{{USER_JAR}}', 'org.example.Main', 'x']
    return { kind: 'spark-driver', jarUrl, command: { ...command, arguments: wrapped } }
  }

  async cleanUp(): Promise<void> {
    for (const worker of this.#workers) await worker.stop()
    await this.killLauncher()
    // The kernel ends them with their launcher; that takes a moment.
    await waitUntil('the end of all executors', () => this.executors().length === 0 || undefined, {
      timeoutMs: 20_000,
    }).catch(() => {})
    const left = this.executors()
    for (const pid of left) process.kill(pid, 'SIGKILL')
    rmSync(this.root, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`executors outlived their test: ${left.join(', ')}`)
  }
}

const QUICK = {
  'hearth.worker.registrationBackoff': '10ms',
  'hearth.worker.registrationBackoffMax': '100ms',
  'hearth.worker.killGrace': '2s',
  'spark.worker.driverTerminateTimeout': '2s',
}

/** Where nobody else listens: a port that a master has left is still free when the next one comes. */
export const QUIET_HOST = '127.77.0.1'

/** A master that registers every worker, acknowledges every report, and sends what the test says. */
export class ScriptedMaster {
  readonly #server: RpcServer
  readonly received: WorkerToMaster[] = []
  connection: ClusterConnection | undefined
  epoch = 1
  keeps: 'all' | 'none' = 'all'
  heartbeatIntervalMs = 60_000
  leaseMs = 60_000
  /** Heartbeats are answered, which renews the lease. */
  acknowledges = true
  #wake: () => void = () => undefined
  #taken = 0

  private constructor(server: RpcServer) {
    this.#server = server
  }

  static async listen(
    log: Logger,
    { host = '127.0.0.1', port = 0, secret }: Partial<HostPort> & { secret?: string } = {},
  ): Promise<ScriptedMaster> {
    const server = await listenRpc({
      ...{ host, port, log },
      auth: secret === undefined ? null : defaultAuthSettings(secret),
      onCluster: (connection) => ({
        onMessage: (message) => master.#receive(connection, message as WorkerToMaster),
        onClose: () => undefined,
      }),
    })
    const master: ScriptedMaster = new ScriptedMaster(server)
    return master
  }

  get address(): HostPort {
    return this.#server.address
  }

  /** The next message of the type after those already taken. */
  async next<Type extends WorkerToMaster['type']>(
    type: Type,
    wanted: (message: MessageOf<Type>) => boolean = () => true,
  ): Promise<MessageOf<Type>> {
    for (;;) {
      while (this.#taken < this.received.length) {
        const message = this.received[this.#taken++]
        if (message?.type !== type) continue
        if (wanted(message as MessageOf<Type>)) return message as MessageOf<Type>
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  send(message: MasterToWorker): void {
    this.connection?.send(message)
  }

  launch(
    executor: number,
    payload: SparkExecutorPayload,
    resources: Partial<LaunchExecutor> = {},
  ): void {
    this.send({
      ...{ type: 'launch-executor', epoch: this.epoch, applicationId: 'app-1', executor },
      ...{ cores: 1, memoryMb: 512, payload, ...resources },
    })
  }

  order(type: 'kill-executor', executor: number): void {
    this.send({ type, epoch: this.epoch, applicationId: 'app-1', executor })
  }

  launchDriver(
    attempt: number,
    payload: SparkDriverPayload,
    how: Partial<LaunchDriver> = {},
  ): void {
    this.send({
      ...{ type: 'launch-driver', epoch: this.epoch, driverId: 'driver-1', attempt },
      ...{ cores: 1, memoryMb: 512, supervised: false, payload, ...how },
    })
  }

  killDriver(attempt: number): void {
    this.send({ type: 'kill-driver', epoch: this.epoch, driverId: 'driver-1', attempt })
  }

  async stop(): Promise<void> {
    await this.#server.stop()
  }

  #kept({ held, heldDrivers }: MessageOf<'register-worker'>) {
    if (this.keeps === 'none') return { keep: [], keepDrivers: [] }
    return {
      keep: held.map(({ applicationId, executor }) => ({ applicationId, executor })),
      keepDrivers: heldDrivers.map(({ driverId, attempt }) => ({ driverId, attempt })),
    }
  }

  #receive(connection: ClusterConnection, message: WorkerToMaster): void {
    this.connection = connection
    this.received.push(message)
    if (message.type === 'register-worker') {
      this.send({
        ...{ type: 'registered', clusterId: 'c1', epoch: this.epoch, wasLost: false },
        ...{ masterUrl: `spark://127.0.0.1:${this.address.port}`, masterWebUiUrl: 'http://m' },
        ...{ heartbeatIntervalMs: this.heartbeatIntervalMs, leaseMs: this.leaseMs },
        ...this.#kept(message),
      })
    }
    if (message.type === 'heartbeat' && this.acknowledges) {
      this.send({ type: 'heartbeat-ack', epoch: this.epoch })
    }
    if (message.type === 'executor-state' || message.type === 'driver-state') {
      this.send({ type: 'report-ack', sequence: message.sequence })
    }
    this.#wake()
  }
}
