import type { FileFacts } from './file-facts.ts'
import type { SparkInstallation } from './find-spark.ts'
import { variable, type Environment } from './variables.ts'

export interface ClassPathInput {
  /** The application's extra class path. */
  readonly entries: readonly string[]
  readonly spark: SparkInstallation
  readonly commandEnvironment: Environment
  readonly workerEnvironment: Environment
}

/** `SPARK_CONF_DIR`, else `conf` in Spark's home (`AbstractCommandBuilder.getConfDir`). */
export function confDirOf(input: Omit<ClassPathInput, 'entries'>): string {
  const { spark, commandEnvironment, workerEnvironment } = input
  return variable('SPARK_CONF_DIR', commandEnvironment, workerEnvironment) ?? `${spark.home}/conf`
}

/**
 * The class path of an executor in Spark's order (`AbstractCommandBuilder.buildClassPath`, 3.5 to 4.3):
 * no entry twice, none empty, and a directory ends in a slash.
 */
export function classPath(input: ClassPathInput, facts: FileFacts): string {
  const { entries, spark, commandEnvironment, workerEnvironment } = input
  const lookUp = (name: string) => variable(name, commandEnvironment, workerEnvironment) ?? ''
  const parts = [
    ...entries,
    confDirOf(input),
    ...spark.firstJars,
    `${spark.home}/jars/*`,
    lookUp('HADOOP_CONF_DIR'),
    lookUp('YARN_CONF_DIR'),
    lookUp('SPARK_DIST_CLASSPATH'),
  ]
  const unique = new Set<string>()
  for (const part of parts.flatMap((text) => text.split(':'))) {
    if (part !== '') unique.add(withSlash(part, facts))
  }
  return [...unique].join(':')
}

function withSlash(entry: string, facts: FileFacts): string {
  return !entry.endsWith('/') && facts.isDirectory(entry) ? `${entry}/` : entry
}
