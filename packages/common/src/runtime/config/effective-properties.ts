import { parseJavaOptions } from './java-options.ts'

export interface PropertySources {
  /** `conf/spark-defaults.conf` or the file of `--properties-file`. */
  readonly file: ReadonlyMap<string, string>
  /** Environment after `spark-env.sh`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Variables with `-Dkey=value` options; where they disagree, a later variable wins. */
  readonly optionVariables: readonly string[]
  /** From the command line. */
  readonly flags?: ReadonlyMap<string, string>
}

export interface EffectiveProperties {
  readonly properties: ReadonlyMap<string, string>
  /** Options of the variables that have no effect, each with its variable: `SPARK_MASTER_OPTS -Xmx2g`. */
  readonly ignoredOptions: readonly string[]
}

/**
 * Merges the places where properties stand: file < `-D` options < flags. A `-D` option beats the file
 * because Spark loads the file only into what is not set yet (Utils.loadDefaultSparkProperties).
 * Throws a ConfigError when an option variable cannot be read.
 */
export function effectiveProperties(sources: PropertySources): EffectiveProperties {
  const properties = new Map(sources.file)
  const ignoredOptions: string[] = []
  for (const variable of sources.optionVariables) {
    const options = parseJavaOptions(variable, sources.environment[variable] ?? '')
    for (const [key, value] of options.properties) properties.set(key, value)
    ignoredOptions.push(...options.ignored.map((option) => `${variable} ${option}`))
  }
  for (const [key, value] of sources.flags ?? []) properties.set(key, value)
  return { properties, ignoredOptions }
}
