import path from 'node:path'
import { urlHost } from '@hearth/common/domain/addresses.ts'
import {
  formatExecutorId,
  type ApplicationId,
  type ExecutorNumber,
} from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { SparkExecutorPayload } from '@hearth/common/protocol/cluster/messages.ts'
import { executorCommandLine } from './command-line.ts'
import { executorEnvironment } from './environment.ts'
import { fileFacts, type FileFacts } from './file-facts.ts'
import type { SparkInstallation } from './find-spark.ts'
import { formatHeader } from './redaction.ts'
import { formatResourcesFile } from './resources-file.ts'
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
  readonly resources: Resources
  readonly payload: SparkExecutorPayload
}

/** All that the launcher needs to carry the order out. */
export interface ExecutorLaunch extends Resources {
  readonly key: ExecutorOrder['key']
  readonly payload: SparkExecutorPayload
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workDir: string
  /** The first lines of the executor's `stderr`. */
  readonly header: string
  readonly scratchDirs: readonly string[]
  /** Text by name, for its work directory. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * How Spark's worker would start this executor (3.5 to 4.3). Nothing
 * that an application sends makes this fail: what cannot be started, the launcher reports as failed.
 */
export function executorLaunch(
  site: SparkSite,
  { key, resources, payload }: ExecutorOrder,
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
    cores: String(resources.cores),
    resourceProfileId: String(resourceProfileId),
  }
  const scratchDirs = scratchPaths(site.scratchRoots, site.scratchId, key.applicationId)
  const workDir = path.join(
    path.resolve(site.workDir),
    formatExecutorId(key.applicationId, key.executor),
  )
  const commandLine = { command, substitutions, spark, java, workerEnvironment }
  const { memoryMb, custom } = resources
  const argv = [...executorCommandLine({ ...commandLine, memoryMb }, facts)]
  const files: Record<string, string> = {}
  if (custom !== undefined) {
    const name = `resource-executor-${key.executor}.json`
    files[name] = formatResourcesFile('spark.executor', custom)
    argv.push('--resourcesFile', path.join(workDir, name))
  }
  const sparkHome = spark.home
  const surroundings = {
    ...{ command, workerEnvironment, authSecret, sparkHome, scratchDirs, webUiUrl },
    ...ids,
  }
  return {
    ...{ ...resources, key, payload, argv, workDir, scratchDirs, files },
    env: executorEnvironment(surroundings),
    header: formatHeader(argv, site.secret),
  }
}
