// The Sparks that the tests run against, in a cache outside the clone: a clone is thrown away, and
// each of them is 300 to 450 MB.
import { existsSync } from 'node:fs'
import { fetchSpark } from '../../packages/cli/src/spark/fetch-spark.ts'
import { cachedSparkHome } from '../../packages/cli/src/spark/spark-cache.ts'
import { testEnvironment } from './environment.ts'
import { installDebianPackage } from './debian-packages.ts'
import { runProgram } from '../../packages/cli/src/spark/run-program.ts'
import { say } from './say.ts'

/** One of Scala 2.12 and two of Scala 2.13. */
export const SPARK_VERSIONS = ['3.5.9', '4.1.4', '4.3.0'] as const
export type SparkVersion = (typeof SPARK_VERSIONS)[number]

/** The home of a Spark that {@link provideSparks} has made available. */
export function sparkHome(version: SparkVersion): string {
  const home = cachedSparkHome(version, testEnvironment())
  if (existsSync(home)) return home
  throw new Error(`Spark ${version} is not in ${home}: run \`npm test\`, which provides it`)
}

/** Makes all versions available: fetched from PyPI once, checked against known hashes. */
export async function provideSparks(): Promise<void> {
  for (const version of SPARK_VERSIONS) await provideSpark(version)
}

async function provideSpark(version: SparkVersion): Promise<void> {
  const environment = testEnvironment()
  const home = cachedSparkHome(version, environment)
  if (existsSync(home)) return
  await providePip()
  say(`Spark ${version}: fetching from PyPI into ${home} (300 to 450 MB, once)`)
  const startedAt = performance.now()
  const tell = (line: string) => say(`Spark ${version}: ${line}`)
  await fetchSpark(version, { environment, say: tell, progress: 'quiet' })
  say(`Spark ${version}: took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
}

/** Makes Python with pip available. */
export async function providePip(): Promise<void> {
  const { exitCode } = await runProgram('python3', ['-m', 'pip', '--version'], testEnvironment())
  if (exitCode !== 0) await installDebianPackage(['python3-pip'], 'Python with pip')
}
