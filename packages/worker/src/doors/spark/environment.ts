import type { SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import type { Environment } from './variables.ts'

export interface ExecutorEnvironmentInput {
  readonly command: SparkCommand
  readonly workerEnvironment: Environment
  readonly sparkHome: string
  /** The application's scratch directories. */
  readonly scratchDirs: readonly string[]
  /** `http://HOST:PORT` of the worker's web UI as browsers reach it. */
  readonly webUiUrl: string
  readonly appId: string
  readonly executorId: string
}

const LIBRARY_PATH = 'LD_LIBRARY_PATH'

/**
 * The environment of an executor (`CommandUtils.buildLocalCommand` and
 * `ExecutorRunner.fetchAndRunExecutor`, Spark 3.5 to 4.3): the worker's own, the command's over it, and
 * over both what the worker sets.
 */
export function executorEnvironment(input: ExecutorEnvironmentInput): Record<string, string> {
  const { command, workerEnvironment, sparkHome, scratchDirs, webUiUrl, appId, executorId } = input
  const logUrl = (logType: string) =>
    `${webUiUrl}/logPage/?appId=${appId}&executorId=${executorId}&logType=${logType}`
  return {
    // Spark's own worker has it from its start scripts; PySpark finds its Python code by it.
    SPARK_HOME: sparkHome,
    ...definedOnly(workerEnvironment),
    ...command.environment,
    ...libraryPath(command, workerEnvironment),
    SPARK_EXECUTOR_DIRS: scratchDirs.join(':'),
    SPARK_LAUNCH_WITH_SCALA: '0',
    SPARK_LOG_URL_STDERR: logUrl('stderr'),
    SPARK_LOG_URL_STDOUT: logUrl('stdout'),
  }
}

// Set only for an application that asks for libraries; then the entries come first, before what the
// command and the worker have.
function libraryPath(command: SparkCommand, worker: Environment): Record<string, string> {
  if (command.libraryPathEntries.length === 0) return {}
  const inherited = [command.environment[LIBRARY_PATH], worker[LIBRARY_PATH]]
  const known = inherited.filter((value) => value !== undefined)
  return { [LIBRARY_PATH]: [...command.libraryPathEntries, ...known].join(':') }
}

function definedOnly(environment: Environment): Record<string, string> {
  const defined: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) defined[name] = value
  }
  return defined
}
