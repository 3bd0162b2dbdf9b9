// The options of spark-submit that make sense where the cluster runs the driver, and the keys that each one is
// another spelling of (SparkSubmitArguments and SparkSubmit.prepareSubmitEnvironment, 3.5 and 4.x).
import type { Command } from 'commander'
import { usageFailure } from '../command-failure.ts'
import { resolveUris } from './resolve-uri.ts'

export interface SparkFlag {
  readonly flags: string
  readonly name: string
  readonly key: string
  readonly help: string
  /** A list of files, of which relative ones are taken from where the command runs. */
  readonly isFiles?: boolean
  /** A variable that counts when neither option nor key is set. */
  readonly variable?: string
}

export const SPARK_FLAGS: readonly SparkFlag[] = [
  flag('--name <name>', 'spark.app.name', 'what people know the application by'),
  {
    ...flag('--driver-memory <size>', 'spark.driver.memory', 'memory of the driver (default 1g)'),
    variable: 'SPARK_DRIVER_MEMORY',
  },
  flag('--driver-cores <n>', 'spark.driver.cores', 'cores of the driver (default 1)'),
  flag('--driver-java-options <options>', 'spark.driver.extraJavaOptions', 'options for its JVM'),
  flag('--driver-library-path <path>', 'spark.driver.extraLibraryPath', 'its native libraries'),
  flag('--driver-class-path <path>', 'spark.driver.extraClassPath', 'in front of its class path'),
  {
    ...flag('--executor-memory <size>', 'spark.executor.memory', 'of each executor (default 1g)'),
    variable: 'SPARK_EXECUTOR_MEMORY',
  },
  {
    ...flag('--executor-cores <n>', 'spark.executor.cores', 'of each executor (default: all)'),
    variable: 'SPARK_EXECUTOR_CORES',
  },
  flag('--total-executor-cores <n>', 'spark.cores.max', 'of all executors together'),
  flag(
    '--num-executors <n>',
    'spark.executor.instances',
    'executors to begin with, where it allocates dynamically',
  ),
  { ...flag('--jars <list>', 'spark.jars', 'more jars, parted by commas'), isFiles: true },
  flag('--packages <list>', 'spark.jars.packages', 'Maven coordinates, parted by commas'),
  flag('--repositories <list>', 'spark.jars.repositories', 'where else they may be found'),
  flag('--exclude-packages <list>', 'spark.jars.excludes', 'groupId:artifactId to leave out'),
  {
    ...flag('--py-files <list>', 'spark.submit.pyFiles', 'Python modules, parted by commas'),
    isFiles: true,
  },
  { ...flag('--files <list>', 'spark.files', 'files for every executor'), isFiles: true },
  { ...flag('--archives <list>', 'spark.archives', 'archives to unpack there'), isFiles: true },
]

function flag(flags: string, key: string, help: string): SparkFlag {
  const [long = ''] = flags.split(' ')
  const name = long.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return { flags, name, key, help: `${help} (${key})` }
}

export interface SubmitFlags {
  readonly master?: string
  readonly class?: string
  readonly deployMode?: string
  readonly conf?: readonly string[]
  readonly propertiesFile?: string
  readonly supervise?: boolean
  readonly verbose?: boolean
}

/** Adds the options of spark-submit. */
export function addSparkFlags(command: Command): Command {
  command
    .option('--master <url>', 'the masters, spark://host:port or spark://h1:p1,h2:p2 (MASTER)')
    .option('--class <name>', 'the main class of a jar (default: as its manifest says)')
    .option('--deploy-mode <mode>', 'cluster, which is all there is here')
    .option('-c, --conf <key=value>', 'a Spark property; may be given many times', collect)
    .option('--properties-file <file>', 'properties to read instead of conf/spark-defaults.conf')
    .option('--supervise', 'start the driver again when it fails or is lost')
    .option('-v, --verbose', 'show what is submitted')
  for (const { flags, help } of SPARK_FLAGS) command.option(flags, help)
  return command
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

export interface PropertySources {
  readonly flags: SubmitFlags
  /** Of the file of properties. */
  readonly file: ReadonlyMap<string, string>
  readonly environment: Readonly<Record<string, string>>
  readonly directory: string
}

export interface SubmitProperties {
  readonly properties: ReadonlyMap<string, string>
  /** What is left out, one sentence each. */
  readonly warnings: readonly string[]
}

/**
 * The application's properties: options win over `--conf`, `--conf` over the file, the file over variables.
 * Throws a usage failure for what cannot be meant. The secret of the cluster is not among them: its workers
 * hand it to drivers themselves.
 */
export function submitProperties(sources: PropertySources): SubmitProperties {
  const { flags, file, environment, directory } = sources
  const properties = new Map<string, string>()
  const warnings: string[] = []
  for (const { key, variable } of SPARK_FLAGS) {
    const value = variable === undefined ? undefined : environment[variable]
    if (value !== undefined && value !== '') properties.set(key, value)
  }
  for (const [key, value] of file) if (key.startsWith('spark.')) properties.set(key, value)
  for (const text of flags.conf ?? []) {
    const [key, value] = parseConf(text)
    if (key.startsWith('spark.')) properties.set(key, value)
    else warnings.push(`--conf ${key} is left out: it is no property of Spark`)
  }
  const given = flags as unknown as Readonly<Record<string, unknown>>
  for (const { name, key, isFiles } of SPARK_FLAGS) {
    const value = given[name]
    if (typeof value === 'string') properties.set(key, value)
    const text = properties.get(key)
    if (isFiles && text !== undefined) properties.set(key, resolveUris(text, directory))
  }
  if (flags.supervise) properties.set('spark.driver.supervise', 'true')
  checkDeployMode(flags)
  for (const key of [...properties.keys()]) if (isSecret(key)) properties.delete(key)
  return { properties, warnings }
}

function parseConf(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)]
  throw usageFailure(`--conf ${text}: give a property as key=value`)
}

function checkDeployMode({ deployMode, conf = [] }: SubmitFlags): void {
  const confs = conf.map(parseConf).filter(([key]) => key === 'spark.submit.deployMode')
  const mode = deployMode ?? confs.at(-1)?.[1] ?? 'cluster'
  if (mode === 'cluster') return
  if (mode !== 'client') {
    throw usageFailure(`--deploy-mode ${mode}: there are cluster and client`)
  }
  throw usageFailure(
    'hearth submit lets the cluster run the driver',
    'spark-submit runs it here: spark-submit --deploy-mode client …',
  )
}

function isSecret(key: string): boolean {
  return key === 'spark.authenticate.secret' || key.startsWith('spark.authenticate.secret.')
}
