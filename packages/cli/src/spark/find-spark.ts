import { readdir, realpath } from 'node:fs/promises'
import path from 'node:path'
import { usageFailure } from '../command-failure.ts'
import { pythonProgram } from './find-python.ts'
import { runProgram } from './run-program.ts'
import { sparkCacheDir } from './spark-cache.ts'
import { type SparkHome, inspectSparkHome } from './spark-home.ts'

export interface FoundSpark extends SparkHome {
  /** What led to it, for the user: `SPARK_HOME`, `spark-submit on the PATH` … */
  readonly foundBy: string
}

/**
 * An installed Spark: the one that is named, else that of SPARK_HOME, of the spark-submit on the
 * PATH, of Python's pyspark, or the newest in Hearth's cache. A home that is named or stands in
 * SPARK_HOME and is not one is a usage failure: running another Spark silently would be worse.
 */
export async function findSpark(
  named: string | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<FoundSpark | undefined> {
  const configured = environment['SPARK_HOME'] ?? ''
  if (named !== undefined) return requireHome(path.resolve(named), '--spark-home')
  if (configured !== '') return requireHome(configured, 'SPARK_HOME')
  return (
    (await homeOnPath(environment)) ??
    (await homeOfPyspark(environment)) ??
    (await newestCached(environment))
  )
}

async function requireHome(home: string, foundBy: string): Promise<FoundSpark> {
  const found = await inspectSparkHome(home)
  if (found !== undefined) return { ...found, foundBy }
  throw usageFailure(
    `${foundBy} is ${home}, where there is no Spark`,
    'it is the directory that holds bin/spark-submit and jars/',
  )
}

async function homeOnPath(
  environment: Readonly<Record<string, string>>,
): Promise<FoundSpark | undefined> {
  for (const dir of (environment['PATH'] ?? '').split(path.delimiter)) {
    if (dir === '') continue
    const script = await realpath(path.join(dir, 'spark-submit')).catch(() => undefined)
    if (script === undefined) continue
    // A spark-submit that pip has put into a bin directory has no Spark beside it; Python finds that.
    const found = await inspectSparkHome(path.dirname(path.dirname(script)))
    if (found !== undefined) return { ...found, foundBy: 'spark-submit on the PATH' }
  }
  return undefined
}

const WHERE_IS_PYSPARK = `
import importlib.util
spec = importlib.util.find_spec("pyspark")
print(spec.submodule_search_locations[0] if spec else "")
`

async function homeOfPyspark(
  environment: Readonly<Record<string, string>>,
): Promise<FoundSpark | undefined> {
  const python = pythonProgram(environment)
  const { stdout } = await runProgram(python, ['-c', WHERE_IS_PYSPARK], environment)
  const home = stdout.trim()
  const found = home === '' ? undefined : await inspectSparkHome(home)
  return found === undefined ? undefined : { ...found, foundBy: `pyspark of ${python}` }
}

async function newestCached(
  environment: Readonly<Record<string, string>>,
): Promise<FoundSpark | undefined> {
  const dir = sparkCacheDir(environment)
  const versions = (await readdir(dir).catch(() => []))
    .filter((name) => /^\d/.test(name))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  for (const version of versions) {
    const found = await inspectSparkHome(path.join(dir, version))
    if (found !== undefined) return { ...found, foundBy: 'Hearth’s cache' }
  }
  return undefined
}
