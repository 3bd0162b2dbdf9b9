// Hearth's daemons in their shipped form, and Spark's own, each as processes with ports chosen before.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestWorkerOptions } from '../../test/support/test-cluster.ts'
import { timeUntilJson, type Subject } from './subject.ts'

const HEARTH = path.join(import.meta.dirname, '../../dist/hearth.js')

type Role = 'master' | 'worker'
/** How a daemon is started: program and arguments. */
type CommandOf = (role: Role, args: readonly string[]) => [string, string[]]

const hearthCommand: CommandOf = (role, args) => [process.execPath, [HEARTH, role, ...args]]

function sparkCommand(sparkHome: string): CommandOf {
  const sparkClass = path.join(sparkHome, 'bin', 'spark-class')
  const mainClasses = {
    master: 'org.apache.spark.deploy.master.Master',
    worker: 'org.apache.spark.deploy.worker.Worker',
  }
  return (role, args) => [sparkClass, [mainClasses[role], ...args]]
}

/** A master alone, as a process. */
export interface MasterSubject {
  readonly name: Subject['name']
  readonly masterUrl: string
  readonly ui: string
  /** Where it takes submissions over REST. */
  readonly restPort: number
  readonly pid: number
  /** From its start to being ready. */
  readonly startMs: number
  readonly environment: Record<string, string>
  readonly directory: string
  stop(): Promise<void>
}

export function startHearthMaster(sparkHome: string): Promise<MasterSubject> {
  return startMaster('Hearth', sparkHome, hearthCommand)
}

export function startSparkMaster(sparkHome: string): Promise<MasterSubject> {
  return startMaster('Spark', sparkHome, sparkCommand(sparkHome))
}

export function startHearth(worker: TestWorkerOptions): Promise<Subject> {
  return startCluster('Hearth', worker, hearthCommand)
}

export function startSpark(worker: TestWorkerOptions): Promise<Subject> {
  return startCluster('Spark', worker, sparkCommand(worker.sparkHome))
}

async function startMaster(
  name: Subject['name'],
  sparkHome: string,
  commandOf: CommandOf,
): Promise<MasterSubject> {
  const directory = mkdtempSync(path.join(tmpdir(), 'hearth-bench-'))
  const environment = environmentOf(sparkHome, directory)
  const [port = 0, masterUi = 0, restPort = 0] = await freePorts(3)
  const ui = `http://127.0.0.1:${masterUi}`
  const properties = path.join(directory, 'master.conf')
  // Several masters share this machine, and only one could have the usual port.
  writeFileSync(properties, `spark.master.rest.enabled true\nspark.master.rest.port ${restPort}\n`)
  const at = performance.now()
  const address = ['--host', '127.0.0.1', '--port', `${port}`, '--webui-port', `${masterUi}`]
  const master = startProcess(
    commandOf('master', [...address, '--properties-file', properties]),
    environment,
    path.join(directory, 'master.log'),
  )
  const startMs = await timeUntilJson(at, ui, ({ status }) => status === 'ALIVE')
  if (master.pid === undefined) throw new Error(`the master of ${name} was not started`)
  return {
    name,
    masterUrl: `spark://127.0.0.1:${port}`,
    ui,
    restPort,
    pid: master.pid,
    startMs,
    environment,
    directory,
    stop: async () => {
      await end(master)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A real Spark worker alone, as a process that registers at `masterUrl`; ends with the function it gives. */
export function startSparkWorker(
  sparkHome: string,
  masterUrl: string,
  options: { readonly cores: number; readonly memory: string; readonly javaOptions: string },
): { readonly directory: string; stop(): Promise<void> } {
  const directory = mkdtempSync(path.join(tmpdir(), 'hearth-bench-'))
  const { cores, memory, javaOptions } = options
  const worker = startProcess(
    sparkCommand(sparkHome)('worker', [
      ...['--host', '127.0.0.1', '--cores', `${cores}`, '--memory', memory, '--webui-port', '0'],
      ...['--work-dir', path.join(directory, 'work'), masterUrl],
    ]),
    { ...environmentOf(sparkHome, directory), SPARK_WORKER_OPTS: javaOptions },
    path.join(directory, 'worker.log'),
  )
  return {
    directory,
    stop: async () => {
      await end(worker)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function startCluster(
  name: Subject['name'],
  worker: TestWorkerOptions,
  commandOf: CommandOf,
): Promise<Subject> {
  const master = await startMaster(name, worker.sparkHome, commandOf)
  const { masterUrl, ui, restPort, environment, directory } = master
  const [workerUi] = await freePorts(1)
  const workerAt = performance.now()
  const node = startProcess(
    commandOf('worker', [
      ...['--host', '127.0.0.1', '--cores', `${worker.cores}`, '--memory', worker.memory],
      ...['--work-dir', path.join(directory, 'work'), '--webui-port', `${workerUi}`, masterUrl],
    ]),
    environment,
    path.join(directory, 'worker.log'),
  )
  const workerMs = await timeUntilJson(workerAt, ui, ({ aliveworkers }) => aliveworkers === 1)
  return {
    name,
    ...{ masterUrl, ui, restPort },
    start: { masterMs: master.startMs, workerMs },
    environment,
    directory,
    stop: async () => {
      await end(node)
      await master.stop()
    },
  }
}

function environmentOf(sparkHome: string, directory: string): Record<string, string> {
  const environment: Record<string, string> = {
    SPARK_HOME: sparkHome,
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_LOCAL_DIRS: path.join(directory, 'local'),
  }
  for (const name of ['PATH', 'HOME', 'JAVA_HOME', 'LANG']) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}

function startProcess(
  [program, args]: [string, string[]],
  env: Record<string, string>,
  logFile: string,
): ChildProcess {
  const log = openSync(logFile, 'a')
  const child = spawn(program, args, { env, stdio: ['ignore', log, log] })
  closeSync(log)
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map(async (server) => server.close()))
  return ports
}
