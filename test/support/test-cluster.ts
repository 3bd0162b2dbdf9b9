// A Hearth cluster for one test: real daemons as processes, ports chosen by the system, everything in
// a directory of its own. Stopping it proves that nothing was left.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Daemon, PROGRAM } from './daemon.ts'
import { killAll, MARK_VARIABLE, markedProcesses, WORKER_VARIABLE } from './processes.ts'
import { runToEnd } from './run-to-end.ts'
import { Submission, type SubmitOptions } from './submission.ts'
import { waitUntil } from './wait-until.ts'

export interface TestWorkerOptions {
  readonly sparkHome: string
  readonly cores: number
  readonly memory: string
  /** Of spark-defaults.conf, besides those of all daemons. */
  readonly properties?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
}

export interface MasterDocument {
  readonly status: string
  readonly workers: readonly WorkerDocument[]
  readonly activeapps: readonly ApplicationDocument[]
  readonly completedapps: readonly ApplicationDocument[]
  readonly coresused: number
}

export interface WorkerDocument {
  readonly id: string
  readonly state: string
  readonly coresused: number
  readonly memoryused: number
}

export interface ApplicationDocument {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly cores: number
}

export interface ClusterSubmitOptions extends Omit<
  SubmitOptions,
  'masterUrl' | 'environment' | 'directory'
> {
  /** Another way to the master than its own address. */
  readonly masterUrl?: string
  /** Variables besides those of every process of the test. */
  readonly environment?: Readonly<Record<string, string>>
  /** Of the cluster's directory; the driver's working directory. */
  readonly subdirectory?: string
}

export class TestCluster {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'hearth-test-'))
  /** By which the processes of this cluster are found. */
  readonly mark = this.directory
  readonly #properties: string
  readonly #workers: Daemon[] = []
  readonly #submissions: Submission[] = []
  #master: Daemon | undefined
  #masterUrl = ''
  #webUiUrl = ''
  #restUrl = ''

  /** `properties` are those of spark-defaults.conf for all daemons. */
  constructor(properties: Readonly<Record<string, string>> = {}) {
    this.#properties = path.join(this.directory, 'daemon.conf')
    writeFileSync(this.#properties, propertiesText(properties))
  }

  get masterUrl(): string {
    return this.#masterUrl
  }

  get webUiUrl(): string {
    return this.#webUiUrl
  }

  /** `http://host:port` of the master's REST port. */
  get restUrl(): string {
    return this.#restUrl
  }

  get master(): Daemon {
    if (this.#master === undefined) throw new Error('the master was not started')
    return this.#master
  }

  async startMaster(): Promise<Daemon> {
    this.#master = new Daemon({
      name: 'master',
      args: [
        ...['master', '--host', '127.0.0.1', '--port', '0', '--webui-port', '0'],
        ...['--properties-file', this.#properties],
      ],
      environment: this.environment({}),
      logFile: path.join(this.directory, 'master.log'),
    })
    const ready = await this.#master.message('ready')
    this.#masterUrl = String(ready['url'])
    this.#webUiUrl = String(ready['webUiUrl'])
    this.#restUrl = String(ready['restUrl'])
    return this.#master
  }

  /** Resolves when the worker is registered. `number` of an earlier worker starts it again. */
  async startWorker(options: TestWorkerOptions, number = this.#workers.length): Promise<Daemon> {
    const home = path.join(this.directory, `worker-${number}`)
    mkdirSync(home, { recursive: true })
    const properties = path.join(home, 'daemon.conf')
    const shared = readFileSync(this.#properties, 'utf8')
    writeFileSync(properties, shared + propertiesText(options.properties ?? {}))
    const worker = new Daemon({
      name: `worker ${number}`,
      args: [
        ...['worker', this.#masterUrl, '--host', '127.0.0.1', '--webui-port', '0'],
        ...['--cores', String(options.cores), '--memory', options.memory],
        ...['--work-dir', path.join(home, 'work'), '--properties-file', properties],
      ],
      environment: this.environment({
        [WORKER_VARIABLE]: String(number),
        SPARK_HOME: options.sparkHome,
        SPARK_LOCAL_DIRS: path.join(home, 'local'),
        ...options.environment,
      }),
      logFile: path.join(this.directory, `worker-${number}.log`),
    })
    this.#workers[number] = worker
    await worker.message('registered')
    return worker
  }

  /** What every process of this test has in its environment. */
  environment(extra: Readonly<Record<string, string>>): Record<string, string> {
    const inherited = ['PATH', 'HOME', 'JAVA_HOME', 'LANG', 'TMPDIR']
    const environment: Record<string, string> = { [MARK_VARIABLE]: this.mark }
    for (const name of inherited) {
      const value = process.env[name]
      if (value !== undefined) environment[name] = value
    }
    return { ...environment, ...extra }
  }

  submit({ environment = {}, subdirectory = '.', ...options }: ClusterSubmitOptions): Submission {
    const directory = path.join(this.directory, subdirectory)
    mkdirSync(directory, { recursive: true })
    const own = { SPARK_HOME: options.sparkHome, SPARK_LOCAL_IP: '127.0.0.1', ...environment }
    const submission = new Submission({
      masterUrl: this.#masterUrl,
      ...options,
      environment: this.environment(own),
      directory,
    })
    this.#submissions.push(submission)
    return submission
  }

  /** What a command such as `hearth apps` prints about this cluster; rejects when it fails. */
  async hearth(...args: readonly string[]): Promise<string> {
    const environment = this.environment({ HEARTH_MASTER_UI: this.#webUiUrl })
    const { stdout } = await runToEnd(process.execPath, [PROGRAM, ...args], { environment })
    return stdout
  }

  async json(): Promise<MasterDocument> {
    const response = await fetch(`${this.#webUiUrl}/json/`)
    return (await response.json()) as MasterDocument
  }

  /** The application with this id once `accept` likes it; it may have ended. */
  async application(
    id: string,
    accept: (application: ApplicationDocument) => boolean = () => true,
  ): Promise<ApplicationDocument> {
    let last = ''
    return waitUntil(
      `application ${id} to be as expected`,
      async () => {
        const { activeapps, completedapps } = await this.json()
        last = JSON.stringify([...activeapps, ...completedapps])
        return [...completedapps, ...activeapps].find((one) => one.id === id && accept(one))
      },
      { describe: () => `${last}\n${this.master.describe('')}` },
    )
  }

  /** Resolves when no core is booked any more: every executor of every ended application is gone. */
  async idle(): Promise<void> {
    let last = ''
    await waitUntil(
      'all cores to be free',
      async () => {
        const document = await this.json()
        last = JSON.stringify(document)
        return document.coresused === 0 && document.activeapps.length === 0 ? true : undefined
      },
      { describe: () => last },
    )
  }

  /**
   * Stops everything, then looks: a process that is left is killed and reported by rejecting. Also
   * checks that the master's books were empty when every application had ended.
   */
  async stop(): Promise<void> {
    for (const submission of this.#submissions) submission.kill()
    const daemons = [...this.#workers.filter(Boolean), ...(this.#master ? [this.#master] : [])]
    for (const daemon of daemons) await daemon.stop()
    const left = await leftovers(this.mark)
    killAll(markedProcesses(this.mark))
    rmSync(this.directory, { recursive: true, force: true })
    if (left.length > 0) {
      throw new Error(`processes were left:\n${left.join('\n')}`)
    }
  }
}

function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key} ${value}\n`)
    .join('')
}

// A launcher whose worker was killed waits for another one until its orphan limit.
const END_TIMEOUT_MS = 30_000

async function leftovers(mark: string): Promise<string[]> {
  const describe = () =>
    markedProcesses(mark).map(
      ({ pid, commandLine }) => `${pid} ${commandLine.join(' ').slice(0, 300)}`,
    )
  try {
    await waitUntil(
      'the end of all processes',
      () => (describe().length === 0 ? true : undefined),
      {
        timeoutMs: END_TIMEOUT_MS,
      },
    )
    return []
  } catch {
    return describe()
  }
}
