// Drivers that a test's cluster runs: submitted by a real spark-submit in cluster mode, over RPC.
import path from 'node:path'
import { readFileSync } from 'node:fs'
import { markedProcesses, type MarkedProcess } from './processes.ts'
import { SPARK_PI_CLASS, sparkPiJar } from './spark-pi.ts'
import { sparkHome, type SparkVersion } from './spark-distributions.ts'
import type { Submission } from './submission.ts'
import { TALKING_CLIENT } from './talking-clients.ts'
import { TestCluster } from './test-cluster.ts'
import { waitUntil } from './wait-until.ts'

/** For several JVMs that start at once, on a machine that may be busy. */
const JVM_TIMEOUT_MS = 120_000

/** A cluster whose workers have room for three small drivers and their executors each. */
export async function startDriverCluster(
  version: SparkVersion,
  { settings, workers }: { settings: Readonly<Record<string, string>>; workers: number },
): Promise<TestCluster> {
  const cluster = new TestCluster(settings)
  await cluster.startMaster()
  for (let started = 0; started < workers; started++) {
    await cluster.startWorker({
      ...{ sparkHome: sparkHome(version), cores: 4, memory: '4g' },
      // Clients of Spark do not say where a driver of the cluster listens: the worker's machine does.
      environment: { SPARK_LOCAL_IP: '127.0.0.1' },
    })
  }
  return cluster
}

export interface ClusterModeOptions {
  readonly conf?: Readonly<Record<string, string>>
  /** Further options of spark-submit. */
  readonly options?: readonly string[]
  /** Arguments of SparkPi, see its source. */
  readonly args?: readonly string[]
}

/** SparkPi of that release as a driver of the cluster; the submission is its client. */
export async function submitPiToCluster(
  cluster: TestCluster,
  version: SparkVersion,
  { conf = {}, options = [], args = ['4'] }: ClusterModeOptions = {},
): Promise<Submission> {
  const jar = await sparkPiJar(version)
  return cluster.submit({
    sparkHome: sparkHome(version),
    name: `SparkPi ${version}`,
    environment: TALKING_CLIENT,
    conf: { 'spark.cores.max': '1', ...conf },
    args: [
      ...['--deploy-mode', 'cluster', ...options],
      ...['--class', SPARK_PI_CLASS, `file://${jar}`, ...args],
    ],
  })
}

/** The id that the master has told the client. */
export async function driverIdOf(submission: Submission): Promise<string> {
  const match = await submission.output(/Driver successfully submitted as (driver-\d{14}-\d{4})/)
  return match[1] ?? ''
}

export interface DriverDocument {
  readonly id: string
  readonly state: string
  readonly workerId: string | null
  readonly exitCode: number | null
  readonly message: string | null
  readonly runs: number
  readonly relaunchOf: string | null
  readonly relaunchedAs: string | null
}

/** The driver as the master's API shows it, once `accept` likes it. */
export function driverOf(
  cluster: TestCluster,
  id: string,
  accept: (driver: DriverDocument) => boolean,
): Promise<DriverDocument> {
  let last = ''
  return waitUntil(
    `driver ${id} to be as expected`,
    async () => {
      const response = await fetch(`${cluster.webUiUrl}/api/v1/drivers/${id}`)
      last = await response.text()
      const driver = JSON.parse(last) as DriverDocument
      return response.ok && accept(driver) ? driver : undefined
    },
    { timeoutMs: JVM_TIMEOUT_MS, describe: () => `${last}\n${cluster.master.describe('')}` },
  )
}

/** JVMs of drivers: Spark's wrapper starts each. */
export function markedDrivers(mark: string): MarkedProcess[] {
  return markedProcesses(mark).filter(({ commandLine }) => {
    const isJvm = commandLine[0]?.endsWith('java') === true
    return isJvm && commandLine.includes('org.apache.spark.deploy.worker.DriverWrapper')
  })
}

/** What the driver has printed on a worker so far; empty before it was started there. */
export function driverOutput(
  cluster: TestCluster,
  id: string,
  worker: number,
  stream: 'stdout' | 'stderr' = 'stdout',
): string {
  const file = path.join(cluster.directory, `worker-${worker}`, 'work', id, stream)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** The match of a pattern in what the driver prints on that worker, now or later. */
export function driverPrints(
  cluster: TestCluster,
  id: string,
  worker: number,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  return waitUntil(
    `${String(pattern)} of ${id}`,
    () => pattern.exec(driverOutput(cluster, id, worker)) ?? undefined,
    {
      timeoutMs: JVM_TIMEOUT_MS,
      describe: () => driverOutput(cluster, id, worker, 'stderr').slice(-6_000),
    },
  )
}
