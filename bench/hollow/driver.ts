// A driver without a SparkContext: it registers an application and counts what the master tells it.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { describeEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import {
  describeApplication,
  type SparkApplicationDescription,
} from '@hearth/common/protocol/spark-rpc/messages/application-description.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { SparkVersion } from '../../test/support/spark-distributions.ts'
import { SparkPeer } from './spark-peer.ts'

/** What the application asks for; the rest of its description is that of a small real one. */
export interface HollowApplication {
  readonly name: string
  readonly maxCores: number | null
  readonly coresPerExecutor: number | null
  readonly memoryMb: number
}

export class HollowDriver {
  #peer: SparkPeer | undefined
  #appId: string | undefined
  #onRegistered: (appId: string) => void = () => undefined
  readonly #onMessage: (message: SparkMessage) => void
  #started = 0
  #waiting: { readonly count: number; readonly resolve: () => void }[] = []

  private constructor(onMessage: (message: SparkMessage) => void) {
    this.#onMessage = onMessage
  }

  /** `address` is where the driver says that it listens. */
  static async connect(
    master: HostPort,
    address: HostPort,
    {
      version,
      onMessage = () => undefined,
    }: {
      readonly version?: SparkVersion
      readonly onMessage?: (message: SparkMessage) => void
    } = {},
  ): Promise<HollowDriver> {
    const driver = new HollowDriver(onMessage)
    driver.#peer = await SparkPeer.connect({
      master,
      address,
      ...(version !== undefined && { version }),
      onMessage: (message) => driver.#receive(message),
    })
    return driver
  }

  get appId(): string | undefined {
    return this.#appId
  }

  /** Resolves with the id that the master gave to the application. */
  register(application: HollowApplication): Promise<string> {
    const { classes, address, profile } = this.#connected
    const registered = new Promise<string>((resolve) => {
      this.#onRegistered = resolve
    })
    this.#connected.say({
      type: 'RegisterApplication',
      description: describeApplication(classes, describe(application, address)),
      driver: describeEndpointRef(classes, 'AppClient', address),
      line: profile.line,
    })
    return registered
  }

  /** How many executors the master has said to be RUNNING, whatever became of them. */
  get started(): number {
    return this.#started
  }

  /** Resolves when that many were said to be RUNNING. */
  whenStarted(count: number): Promise<void> {
    if (count <= this.#started) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ count, resolve }))
  }

  /**
   * Resolves when the master has dealt with everything that was sent to it before: it answers a request
   * for an application that it does not know after all that came earlier.
   */
  async barrier(): Promise<void> {
    await this.#connected.ask({ type: 'KillExecutors', appId: 'app-none', executorIds: [] })
  }

  /** Says the normal end of an application and closes, as a driver does. */
  end(): void {
    if (this.#appId !== undefined) {
      this.#connected.say({ type: 'UnregisterApplication', appId: this.#appId })
    }
    this.#connected.close()
  }

  /** Closes without a word, as a driver that was killed. */
  vanish(): void {
    this.#connected.close()
  }

  get #connected(): SparkPeer {
    if (this.#peer === undefined) throw new Error('a driver that is not connected')
    return this.#peer
  }

  #receive(message: SparkMessage): void {
    if (message.type === 'RegisteredApplication') {
      this.#appId = message.appId
      this.#onRegistered(message.appId)
    } else if (message.type === 'ExecutorUpdated' && message.state === 'RUNNING') {
      this.#started += 1
      const done = this.#waiting.filter(({ count }) => count <= this.#started)
      this.#waiting = this.#waiting.filter(({ count }) => count > this.#started)
      for (const { resolve } of done) resolve()
    }
    this.#onMessage(message)
  }
}

const ADD_OPENS = [
  'java.lang',
  'java.lang.invoke',
  'java.lang.reflect',
  'java.io',
  'java.net',
  'java.nio',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'sun.nio.ch',
  'sun.nio.cs',
  'sun.security.action',
  'sun.util.calendar',
].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)

// As long as that of a real application in client mode.
function describe(
  { name, maxCores, coresPerExecutor, memoryMb }: HollowApplication,
  { host, port }: HostPort,
): Omit<SparkApplicationDescription, 'graph'> {
  const request = (amount: number) => ({ amount, discoveryScript: '', vendor: '' })
  const cores = coresPerExecutor === null ? {} : { cores: request(coresPerExecutor) }
  return {
    name,
    user: 'bench',
    maxCores,
    initialExecutorLimit: null,
    appUiUrl: `http://${host}:4040`,
    eventLogDir: null,
    eventLogCodec: null,
    command: {
      mainClass: 'org.apache.spark.executor.CoarseGrainedExecutorBackend',
      arguments: [
        ...['--driver-url', `spark://CoarseGrainedScheduler@${host}:${port}`],
        ...['--executor-id', '{{EXECUTOR_ID}}', '--hostname', '{{HOSTNAME}}'],
        ...['--cores', '{{CORES}}', '--app-id', '{{APP_ID}}'],
        ...['--worker-url', '{{WORKER_URL}}', '--resourceProfileId', '{{RESOURCE_PROFILE_ID}}'],
      ],
      environment: { SPARK_USER: 'bench', OMP_NUM_THREADS: '1', SPARK_SCALA_VERSION: '2.13' },
      classPathEntries: [],
      libraryPathEntries: [],
      javaOptions: ['-Djava.net.preferIPv6Addresses=false', ...ADD_OPENS],
    },
    defaultProfile: {
      id: 0,
      executorResources: { ...cores, memory: request(memoryMb), offHeap: request(0) },
      taskResources: { cpus: { amount: 1 } },
    },
  }
}
