import path from 'node:path'
import { urlHost } from '@hearth/common/domain/addresses.ts'
import {
  formatExecutorId,
  type ApplicationId,
  type ExecutorNumber,
} from '@hearth/common/domain/ids.ts'
import type { SparkExecutorPayload } from '@hearth/common/protocol/cluster/messages.ts'
import { executorCommandLine } from './command-line.ts'
import { executorEnvironment } from './environment.ts'
import { fileFacts, type FileFacts } from './file-facts.ts'
import type { SparkInstallation } from './find-spark.ts'
import { formatHeader } from './redaction.ts'
import { scratchPaths } from './scratch-paths.ts'
import type { Environment } from './variables.ts'

/** What is the same for all executors of a worker. */
export interface SparkSite {
  readonly spark: SparkInstallation
  /** The worker's java program; an application may name its own JAVA_HOME. */
  readonly java: string
  /** The worker's environment, after `spark-env.sh`. */
  readonly environment: Environment
  /** Host by which executors and drivers reach this machine. */
  readonly host: string
  /** The launcher's port, which executors watch. */
  readonly launcherPort: number
  /** `http://HOST:PORT` as browsers reach the worker's web UI. */
  readonly webUiUrl: string
  readonly workDir: string
  /** See `scratchRoots` and `scratchPaths`. */
  readonly scratchRoots: readonly string[]
  readonly scratchId: string
  /** What executors prove to each other and to their driver; null when nothing is asked of them. */
  readonly authSecret: string | null
  /** What must not stand in a log (`parseRedaction`). */
  readonly secret: RegExp
}

/** The part of the master's order that a launch needs. */
export interface ExecutorOrder {
  readonly key: { readonly applicationId: ApplicationId; readonly executor: ExecutorNumber }
  readonly cores: number
  readonly memoryMb: number
  readonly payload: SparkExecutorPayload
}

/** The order with all that the launcher needs to carry it out. */
export interface ExecutorLaunch extends ExecutorOrder {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workDir: string
  /** The first lines of the executor's `stderr`. */
  readonly header: string
  readonly scratchDirs: readonly string[]
}

/**
 * How Spark's worker would start this executor (3.5 to 4.3). Nothing
 * that an application sends makes this fail: what cannot be started, the launcher reports as failed.
 */
export function executorLaunch(
  site: SparkSite,
  { key, cores, memoryMb, payload }: ExecutorOrder,
  facts: FileFacts = fileFacts,
): ExecutorLaunch {
  const { spark, java, environment: workerEnvironment, webUiUrl, authSecret } = site
  const { command, resourceProfileId } = payload
  const host = urlHost(site.host)
  const ids = { appId: key.applicationId, executorId: String(key.executor) }
  const substitutions = {
    ...ids,
    workerUrl: `spark://Worker@${host}:${site.launcherPort}`,
    hostname: host,
    cores: String(cores),
    resourceProfileId: String(resourceProfileId),
  }
  const scratchDirs = scratchPaths(site.scratchRoots, site.scratchId, key.applicationId)
  const commandLine = { command, memoryMb, substitutions, spark, java, workerEnvironment }
  const argv = executorCommandLine(commandLine, facts)
  const sparkHome = spark.home
  const surroundings = {
    ...{ command, workerEnvironment, authSecret, sparkHome, scratchDirs, webUiUrl },
    ...ids,
  }
  return {
    ...{ key, cores, memoryMb, payload, argv, scratchDirs },
    env: executorEnvironment(surroundings),
    workDir: path.join(
      path.resolve(site.workDir),
      formatExecutorId(key.applicationId, key.executor),
    ),
    header: formatHeader(argv, site.secret),
  }
}
