import path from 'node:path'
import { urlHost } from '@hearth/common/domain/addresses.ts'
import { formatExecutorId } from '@hearth/common/domain/ids.ts'
import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import type { ExecutorKey } from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { SparkExecutorPayload } from '@hearth/common/protocol/cluster/messages.ts'
import { sparkCommandLine } from './command-line.ts'
import { executorEnvironment } from './environment.ts'
import { fileFacts, type FileFacts } from './file-facts.ts'
import { formatHeader } from './redaction.ts'
import { formatResourcesFile } from './resources-file.ts'
import { scratchPaths } from './scratch-paths.ts'
import type { SparkSite } from './spark-site.ts'

/** The part of the master's order that a launch needs. */
export interface ExecutorOrder {
  readonly key: ExecutorKey
  readonly resources: Resources
  readonly payload: SparkExecutorPayload
}

/** All that the launcher needs to carry the order out. */
export interface ExecutorLaunch extends Resources {
  readonly key: ExecutorKey
  readonly payload: SparkExecutorPayload
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workDir: string
  /** The first lines of the executor's `stderr`. */
  readonly header: string
  readonly scratchDirs: readonly string[]
  /** Text by name, for its work directory. */
  readonly files: Readonly<Record<string, string>>
  readonly rolling?: LogRolling
  readonly leased: false
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
  const inJavaOptions = { '{{APP_ID}}': ids.appId, '{{EXECUTOR_ID}}': ids.executorId }
  const substitutions = {
    inJavaOptions,
    inArguments: {
      ...inJavaOptions,
      '{{WORKER_URL}}': `spark://Worker@${host}:${site.launcherPort}`,
      '{{HOSTNAME}}': host,
      '{{CORES}}': String(resources.cores),
      '{{RESOURCE_PROFILE_ID}}': String(resourceProfileId),
    },
  }
  const scratchDirs = scratchPaths(site.scratchRoots, site.scratchId, key.applicationId)
  const workDir = path.join(
    path.resolve(site.workDir),
    formatExecutorId(key.applicationId, key.executor),
  )
  const commandLine = { command, substitutions, spark, java, workerEnvironment }
  const { memoryMb, custom } = resources
  const argv = [...sparkCommandLine({ ...commandLine, memoryMb }, facts)]
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
    header: formatHeader('executor', argv, site.secret),
    leased: false,
    ...(site.rolling !== null && { rolling: site.rolling }),
  }
}
