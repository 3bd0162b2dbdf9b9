// SparkPi as a jar: PyPI's Spark comes without the examples' jar, so this one is ours, compiled
// against the jars of the Spark that will run it.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../packages/cli/src/spark/run-program.ts'
import { cacheDir } from '../../packages/cli/src/spark/spark-cache.ts'
import { testEnvironment } from './environment.ts'
import { jdkProgram } from './java.ts'
import { type SparkVersion, sparkHome } from './spark-distributions.ts'

export const SPARK_PI_CLASS = 'SparkPi'

/** Of a compiler that starts cold, on a machine that may be busy. */
const TIMEOUT_MS = 120_000

const SOURCE = fileURLToPath(new URL('java/SparkPi.java', import.meta.url))

/** The jar for one version, compiled when the source or the version is new. */
export async function sparkPiJar(version: SparkVersion): Promise<string> {
  const source = await readFile(SOURCE)
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 12)
  const dir = path.join(cacheDir(testEnvironment()), 'spark-pi')
  const jar = path.join(dir, `spark-pi-${version}-${hash}.jar`)
  if (existsSync(jar)) return jar
  await mkdir(dir, { recursive: true })
  const scratch = await mkdtemp(path.join(dir, 'compile-'))
  try {
    const classes = path.join(scratch, 'classes')
    const classPath = path.join(sparkHome(version), 'jars', '*')
    await run('javac', ['-cp', classPath, '-d', classes, SOURCE])
    const built = path.join(scratch, 'spark-pi.jar')
    await run('jar', ['--create', '--file', built, '-C', classes, '.'])
    await rename(built, jar)
  } finally {
    await rm(scratch, { recursive: true })
  }
  return jar
}

async function run(program: 'javac' | 'jar', args: readonly string[]): Promise<void> {
  const result = await runProgram(jdkProgram(program), args, testEnvironment(), TIMEOUT_MS)
  if (result.exitCode !== 0) {
    throw new Error(`${program} ended with ${result.exitCode}:\n${result.stderr}${result.stdout}`)
  }
}
