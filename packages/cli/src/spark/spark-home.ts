import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'

/** An installed Spark that can run executors: its jars and its spark-submit are there. */
export interface SparkHome {
  readonly home: string
  /** `4.1.4`, out of the name of the core jar. */
  readonly version: string
  /** `2.12` or `2.13`, which must be the same for driver and executors. */
  readonly scalaVersion: string
}

const CORE_JAR = /^spark-core_(\d+\.\d+)-(.+)\.jar$/

/** Looks into a directory; undefined when it is not a whole Spark (pyspark-client has no jars). */
export async function inspectSparkHome(home: string): Promise<SparkHome | undefined> {
  if (!existsSync(path.join(home, 'bin', 'spark-submit'))) return undefined
  const jars = await readdir(path.join(home, 'jars')).catch(() => [])
  for (const jar of jars) {
    const match = CORE_JAR.exec(jar)
    if (match?.[1] !== undefined && match[2] !== undefined) {
      return { home, scalaVersion: match[1], version: match[2] }
    }
  }
  return undefined
}

/** The oldest Java release that this Spark runs on. */
export function requiredJava({ version }: Pick<SparkHome, 'version'>): number {
  return Number(version.split('.')[0]) >= 4 ? 17 : 8
}
