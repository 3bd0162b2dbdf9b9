// Where both daemons find their configuration, as Spark's start scripts and main classes do.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { effectiveProperties } from '@hearth/common/runtime/config/effective-properties.ts'
import { ignoredKeys, unknownOwnKeys } from '@hearth/common/runtime/config/ignored-keys.ts'
import { readPropertiesFile } from '@hearth/common/runtime/config/properties-file.ts'
import { ConfigError } from '@hearth/common/runtime/config/read-config.ts'
import { type Environment, confDir, loadSparkEnv } from '@hearth/common/runtime/config/spark-env.ts'
import { CONFIG_TABLES } from './config-tables.ts'

export interface DaemonConfiguration {
  /** After `conf/spark-env.sh`. */
  readonly environment: Environment
  readonly properties: ReadonlyMap<string, string>
  /** What the operator should know at the start, one sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Sources `spark-env.sh`, reads `--properties-file` or `conf/spark-defaults.conf`, and takes the `-D`
 * options of SPARK_DAEMON_JAVA_OPTS and of the daemon's own variable, which wins over the former.
 * Throws a {@link ConfigError} for what cannot be read and for unknown `hearth.*` keys.
 */
export async function loadDaemonConfiguration(
  optionsVariable: 'SPARK_MASTER_OPTS' | 'SPARK_WORKER_OPTS',
  propertiesFile: string | undefined,
  startEnvironment: Environment,
): Promise<DaemonConfiguration> {
  const { environment, script, output } = await loadSparkEnv(startEnvironment)
  const file = propertiesFile ?? defaultPropertiesFile(environment)
  const { properties, ignoredOptions } = effectiveProperties({
    file: file === undefined ? new Map<string, string>() : await readPropertiesFile(file),
    environment,
    optionVariables: ['SPARK_DAEMON_JAVA_OPTS', optionsVariable],
  })
  const mistakes = unknownOwnKeys(CONFIG_TABLES, properties)
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return {
    environment,
    properties,
    warnings: [
      ...output.map((line) => `${script ?? 'spark-env.sh'} says: ${line}`),
      ...listed('options without effect, Hearth has no JVM', ignoredOptions),
      ...listed('set but not honoured', ignoredKeys(CONFIG_TABLES, properties)),
    ],
  }
}

/** `conf/spark-defaults.conf` of the configuration directory, if there is one. */
export function defaultPropertiesFile(environment: Environment): string | undefined {
  const dir = confDir(environment)
  const file = dir === undefined ? undefined : path.join(dir, 'spark-defaults.conf')
  return file !== undefined && existsSync(file) ? file : undefined
}

function listed(what: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`${what}: ${items.join(', ')}`]
}
