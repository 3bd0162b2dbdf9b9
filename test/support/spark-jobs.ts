// The jobs that compat tests submit, and what they print.
import path from 'node:path'
import type { SparkVersion } from './spark-distributions.ts'
import { sparkHome } from './spark-distributions.ts'
import { SPARK_PI_CLASS, sparkPiJar } from './spark-pi.ts'
import type { Submission } from './submission.ts'
import type { TestCluster, TestWorkerOptions } from './test-cluster.ts'

/** The Python programs of these tests. */
export const PYTHON_JOBS = path.join(import.meta.dirname, '../compat/apps')

export interface PiOptions {
  readonly conf?: Readonly<Record<string, string>>
  /** Further arguments of SparkPi, see its source. */
  readonly args?: readonly string[]
  readonly slices?: number
  /** Another way to the master than its own address. */
  readonly masterUrl?: string
}

/** SparkPi of that release, through its own spark-submit. */
export async function submitPi(
  cluster: TestCluster,
  version: SparkVersion,
  { conf = {}, args = [], slices = 4, masterUrl = cluster.masterUrl }: PiOptions = {},
): Promise<Submission> {
  const jar = await sparkPiJar(version)
  return cluster.submit({
    sparkHome: sparkHome(version),
    name: `SparkPi ${version}`,
    masterUrl,
    conf,
    args: ['--class', SPARK_PI_CLASS, jar, String(slices), ...args],
  })
}

export interface PythonOptions {
  readonly conf?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** A Python job of test/compat/apps. */
export function submitPython(
  cluster: TestCluster,
  version: SparkVersion,
  job: string,
  { conf = {}, args = [] }: PythonOptions = {},
): Submission {
  return cluster.submit({
    sparkHome: sparkHome(version),
    name: job,
    conf,
    args: [path.join(PYTHON_JOBS, job), ...args],
  })
}

/** The id that the job prints when its SparkContext is up. */
export async function applicationIdOf(submission: Submission): Promise<string> {
  const match = await submission.output(/^application (app-\d{14}-\d{4})$/m)
  return match[1] ?? ''
}

/** Resolves when that many rounds have been finished since the call. */
export async function moreRounds(submission: Submission, rounds: number): Promise<void> {
  const target = submission.count(/^round \d+ inside/gm) + rounds
  await submission.output(new RegExp(`^round ${target} inside`, 'm'))
}

/** The size of the workers of most tests: two executors of one core each fit. */
export function smallWorker(version: SparkVersion): TestWorkerOptions {
  return { sparkHome: sparkHome(version), cores: 2, memory: '2g' }
}

/** Pi as these tests compute it; the random numbers are fixed per slice. */
export const PI = /^Pi is roughly 3\.1[34]\d*$/m
