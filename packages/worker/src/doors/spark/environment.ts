import type { SparkCommand } from '@hearth/common/protocol/cluster/messages.ts'
import {
  HEARTH_SECRET_VARIABLE,
  SPARK_SECRET_VARIABLE,
} from '@hearth/common/runtime/auth/secret.ts'
import type { Environment } from './variables.ts'

export interface EnvironmentInput {
  readonly command: SparkCommand
  readonly workerEnvironment: Environment
  /** The secret of the cluster; null when nothing is to be proven. */
  readonly authSecret: string | null
  readonly sparkHome: string
  /** `http://HOST:PORT` of the worker's web UI as browsers reach it. */
  readonly webUiUrl: string
}

export interface ExecutorEnvironmentInput extends EnvironmentInput {
  /** The application's scratch directories. */
  readonly scratchDirs: readonly string[]
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
  const { webUiUrl, scratchDirs, appId, executorId } = input
  const logUrl = (logType: string) =>
    `${webUiUrl}/logPage/?appId=${appId}&executorId=${executorId}&logType=${logType}`
  return {
    ...commonEnvironment(input),
    SPARK_EXECUTOR_DIRS: scratchDirs.join(':'),
    SPARK_LAUNCH_WITH_SCALA: '0',
    SPARK_LOG_URL_STDERR: logUrl('stderr'),
    SPARK_LOG_URL_STDOUT: logUrl('stdout'),
  }
}

/**
 * The environment of a driver in the same way (`DriverRunner.prepareAndRunDriver`, Spark 3.5 to 4.3); it
 * has no scratch directories of the worker.
 */
export function driverEnvironment(
  input: EnvironmentInput & { readonly driverId: string },
): Record<string, string> {
  const logUrl = (logType: string) =>
    `${input.webUiUrl}/logPage/?driverId=${input.driverId}&logType=${logType}`
  return {
    ...commonEnvironment(input),
    SPARK_DRIVER_LOG_URL_STDERR: logUrl('stderr'),
    SPARK_DRIVER_LOG_URL_STDOUT: logUrl('stdout'),
  }
}

function commonEnvironment(input: EnvironmentInput): Record<string, string> {
  const { command, workerEnvironment, authSecret, sparkHome } = input
  return {
    // Spark's own worker has it from its start scripts; PySpark finds its Python code by it.
    SPARK_HOME: sparkHome,
    ...definedOnly(ofProcesses(workerEnvironment)),
    ...command.environment,
    ...libraryPath(command, workerEnvironment),
    // Processes find it here and nowhere else (SecurityManager.getSecretKey).
    ...(authSecret !== null && { [SPARK_SECRET_VARIABLE]: authSecret }),
  }
}

// The daemon's own variable is no business of an application, least of all where it is not used.
function ofProcesses(environment: Environment): Environment {
  const { [HEARTH_SECRET_VARIABLE]: _secret, ...rest } = environment
  return rest
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
