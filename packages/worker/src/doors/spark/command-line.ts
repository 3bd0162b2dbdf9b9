import type { SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import { splitWords } from '@hearth/common/runtime/config/java-options.ts'
import { classPath, confDirOf } from './class-path.ts'
import type { FileFacts } from './file-facts.ts'
import type { SparkInstallation } from './find-spark.ts'
import { substituteArgument, substituteJavaOption, type Substitutions } from './substitutions.ts'
import { variable, type Environment } from './variables.ts'

export interface CommandLineInput {
  readonly command: SparkCommand
  readonly memoryMb: number
  readonly substitutions: Substitutions
  readonly spark: SparkInstallation
  /** The java program of the worker, for commands that name no JAVA_HOME. */
  readonly java: string
  readonly workerEnvironment: Environment
  /** Options of the worker's own, after those of the command; none when left out. */
  readonly ownJavaOptions?: readonly string[]
}

// Secrets reach a process in its environment only: a command line is readable by every user of the
// machine (`CommandUtils.buildLocalCommand`, Spark 3.5 to 4.3; the TLS passwords from 4.0 on).
const SECRET_OPTIONS: readonly string[] = [
  '-Dspark.authenticate.secret',
  '-Dspark.ssl.rpc.keyPassword',
  '-Dspark.ssl.rpc.privateKeyPassword',
  '-Dspark.ssl.rpc.keyStorePassword',
  '-Dspark.ssl.rpc.trustStorePassword',
]

/**
 * The argument vector of an executor or a driver, as Spark's worker builds it
 * (`WorkerCommandBuilder.buildCommand`, 3.5 to 4.3). No shell reads it.
 */
export function sparkCommandLine(input: CommandLineInput, facts: FileFacts): readonly string[] {
  const { command, memoryMb, substitutions, spark, java, workerEnvironment } = input
  const { ownJavaOptions = [] } = input
  const commandEnvironment = command.environment
  const lookUp = { spark, commandEnvironment, workerEnvironment }
  const javaHome = variable('JAVA_HOME', commandEnvironment, {})
  return [
    javaHome === undefined ? java : `${javaHome}/bin/java`,
    ...javaOptsFile(`${confDirOf(lookUp)}/java-opts`, facts),
    '-cp',
    classPath({ entries: command.classPathEntries, ...lookUp }, facts),
    `-Xmx${memoryMb}M`,
    ...command.javaOptions
      .map((option) => substituteJavaOption(option, substitutions))
      .filter((option) => !SECRET_OPTIONS.some((secret) => option.startsWith(secret))),
    ...ownJavaOptions,
    command.mainClass,
    ...command.arguments.map((argument) => substituteArgument(argument, substitutions)),
  ]
}

// `conf/java-opts`: options for every JVM that Spark starts here. A line with an open quote is left out,
// where Spark would fail every launch.
function javaOptsFile(file: string, facts: FileFacts): readonly string[] {
  const text = facts.readText(file) ?? ''
  return text.split('\n').flatMap((line) => splitWords(line) ?? [])
}
