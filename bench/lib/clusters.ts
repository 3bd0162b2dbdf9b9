// Hearth's daemons in their shipped form, and Spark's own, each as processes with ports chosen before.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestWorkerOptions } from '../../test/support/test-cluster.ts'
import { timeUntilJson, type Subject } from './subject.ts'

const HEARTH = path.join(import.meta.dirname, '../../dist/hearth.js')

export function startHearth(worker: TestWorkerOptions): Promise<Subject> {
  return startCluster('Hearth', worker, (role, args) => [process.execPath, [HEARTH, role, ...args]])
}

export function startSpark(worker: TestWorkerOptions): Promise<Subject> {
  const sparkClass = path.join(worker.sparkHome, 'bin', 'spark-class')
  const mainClasses = {
    master: 'org.apache.spark.deploy.master.Master',
    worker: 'org.apache.spark.deploy.worker.Worker',
  }
  return startCluster('Spark', worker, (role, args) => [sparkClass, [mainClasses[role], ...args]])
}

type CommandOf = (role: 'master' | 'worker', args: readonly string[]) => [string, string[]]

async function startCluster(
  name: 'Hearth' | 'Spark',
  worker: TestWorkerOptions,
  commandOf: CommandOf,
): Promise<Subject> {
  const directory = mkdtempSync(path.join(tmpdir(), 'hearth-bench-'))
  const environment = environmentOf(worker, directory)
  const [port, masterUi, workerUi] = await freePorts(3)
  const masterUrl = `spark://127.0.0.1:${port}`
  const ui = `http://127.0.0.1:${masterUi}`
  const start = (role: 'master' | 'worker', args: readonly string[]) =>
    startProcess(commandOf(role, args), environment, path.join(directory, `${role}.log`))

  const masterAt = performance.now()
  const host = ['--host', '127.0.0.1']
  const master = start('master', [...host, '--port', `${port}`, '--webui-port', `${masterUi}`])
  const masterMs = await timeUntilJson(masterAt, ui, ({ status }) => status === 'ALIVE')
  const workerAt = performance.now()
  const size = ['--cores', `${worker.cores}`, '--memory', worker.memory]
  const work = ['--work-dir', path.join(directory, 'work')]
  const node = start('worker', [
    ...host,
    ...size,
    ...work,
    '--webui-port',
    `${workerUi}`,
    masterUrl,
  ])
  const workerMs = await timeUntilJson(workerAt, ui, ({ aliveworkers }) => aliveworkers === 1)
  return {
    name,
    masterUrl,
    start: { masterMs, workerMs },
    environment,
    directory,
    stop: async () => {
      for (const child of [node, master]) await end(child)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function environmentOf(worker: TestWorkerOptions, directory: string): Record<string, string> {
  const environment: Record<string, string> = {
    SPARK_HOME: worker.sparkHome,
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
