import { readdirSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { findOnPath } from './programs.ts'
import { variable, type Environment } from './variables.ts'

/** A Spark distribution on this machine: what executors are started from. */
export interface SparkInstallation {
  readonly home: string
  /** For example `4.1.4`. */
  readonly version: string
  /** Scala's line, `2.12` or `2.13`. */
  readonly scala: string
  /** Jars that stand before `jars/*`: Spark 4.0 and later put slf4j's interface first. */
  readonly firstJars: readonly string[]
}

/**
 * The Spark that executors run from: `SPARK_HOME`, else the distribution to which `spark-submit` on the
 * PATH belongs, unpacked or installed by pip (`bin/find-spark-home`). Throws with what to set or install.
 */
export function findSpark(environment: Environment): SparkInstallation {
  const named = variable('SPARK_HOME', environment, {})
  if (named !== undefined) {
    const found = readInstallation(path.resolve(named))
    if (found !== undefined) return found
    throw new Error(
      `SPARK_HOME is ${named}, but ${path.resolve(named, 'jars')} holds no spark-core jar: ` +
        'point SPARK_HOME at an unpacked Spark distribution',
    )
  }
  for (const home of homesByPath(environment)) {
    const found = readInstallation(home)
    if (found !== undefined) return found
  }
  throw new Error(
    'no Spark: SPARK_HOME is not set, and there is no spark-submit of a Spark distribution on the ' +
      'PATH; set SPARK_HOME, or install one (for example: pip install pyspark)',
  )
}

/** Reads what distribution a directory holds; undefined when it holds none. */
export function readInstallation(home: string): SparkInstallation | undefined {
  const jarsDir = path.join(home, 'jars')
  const jars = namesIn(jarsDir)
  for (const jar of jars) {
    const [, scala, version] = /^spark-core_(\d+\.\d+)-(.+)\.jar$/.exec(jar) ?? []
    if (scala === undefined || version === undefined) continue
    const putsInterfaceFirst = Number.parseInt(version, 10) >= 4
    const interfaces = jars.filter((name) => name.startsWith('slf4j-api-')).sort()
    const firstJars = interfaces.map((name) => path.join(jarsDir, name))
    return { home, version, scala, firstJars: putsInterfaceFirst ? firstJars : [] }
  }
  return undefined
}

// `spark-submit` stands in HOME/bin, or, installed by pip, in PREFIX/bin with the distribution inside the
// Python package.
function homesByPath(environment: Environment): string[] {
  const submit = findOnPath('spark-submit', environment)
  if (submit === undefined) return []
  const prefixes = [submit, realpathSync(submit)].map((file) => path.resolve(file, '../..'))
  return [...prefixes, ...prefixes.flatMap(pythonPackages)]
}

function pythonPackages(prefix: string): string[] {
  const libraries = namesIn(path.join(prefix, 'lib')).filter((name) => name.startsWith('python3'))
  return libraries.flatMap((library) =>
    ['site-packages', 'dist-packages'].flatMap((packages) => {
      const module = path.join(prefix, 'lib', library, packages, 'pyspark')
      return [path.join(module, 'spark-distribution'), module]
    }),
  )
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
