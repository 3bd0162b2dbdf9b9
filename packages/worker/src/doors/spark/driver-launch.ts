import path from 'node:path'
import { urlHost } from '@hearth/common/domain/addresses.ts'
import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import type { DriverRunKey } from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { SparkDriverPayload } from '@hearth/common/protocol/cluster/messages.ts'
import { SPARK_SECRET_VARIABLE } from '@hearth/common/runtime/auth/secret.ts'
import { sparkCommandLine } from './command-line.ts'
import { driverEnvironment } from './environment.ts'
import { fileFacts, type FileFacts } from './file-facts.ts'
import { parseJarUrl, userJarPath } from './jar-source.ts'
import { formatHeader } from './redaction.ts'
import { formatResourcesFile } from './resources-file.ts'
import type { SparkSite } from './spark-site.ts'

/** The part of the master's order that a launch needs. */
export interface DriverOrder {
  readonly key: DriverRunKey
  readonly resources: Resources
  readonly payload: SparkDriverPayload
  readonly leased: boolean
}

/** All that the launcher needs to carry the order out. */
export interface DriverLaunch extends Resources {
  readonly key: DriverRunKey
  readonly payload: SparkDriverPayload
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workDir: string
  /** Written to the driver's `stderr` before it starts. */
  readonly header: string
  readonly scratchDirs: readonly string[]
  /** Text by name, for its work directory. */
  readonly files: Readonly<Record<string, string>>
  readonly rolling?: LogRolling
  readonly leased: boolean
}

// A SparkContext wants the key to be there (SecurityManager.initializeAuth, 3.5 to 4.3), and then reads the secret in
// its environment first (getSecretKey). Spark's own worker leaves the key out, and no driver starts.
const SECRET_IS_ELSEWHERE = `-Dspark.authenticate.secret=see-${SPARK_SECRET_VARIABLE}`

/**
 * How Spark's worker would start this run of a driver (`DriverRunner`, 3.5 to 4.3), its jar being there
 * already. The directory is the driver's: a later run finds what an earlier one left, and its output
 * follows on. Throws BadJarUrl when its jar could not have been fetched.
 */
export function driverLaunch(
  site: Omit<SparkSite, 'scratchRoots' | 'scratchId'>,
  { key, resources, payload, leased }: DriverOrder,
  facts: FileFacts = fileFacts,
): DriverLaunch {
  const { spark, java, environment: workerEnvironment, webUiUrl, authSecret } = site
  const { driverId, attempt } = key
  const workDir = path.join(path.resolve(site.workDir), driverId)
  const { memoryMb, custom } = resources
  const files: Record<string, string> = {}
  const javaOptions = [...payload.command.javaOptions]
  if (custom !== undefined) {
    const name = `resource-driver-${attempt}.json`
    files[name] = formatResourcesFile('spark.driver', custom)
    javaOptions.push(`-Dspark.driver.resourcesFile=${path.join(workDir, name)}`)
  }
  const command = { ...payload.command, javaOptions }
  const substitutions = {
    inJavaOptions: {},
    inArguments: {
      '{{WORKER_URL}}': `spark://Worker@${urlHost(site.host)}:${site.launcherPort}`,
      '{{USER_JAR}}': userJarPath(parseJarUrl(payload.jarUrl), workDir),
    },
  }
  const ownJavaOptions = authSecret === null ? [] : [SECRET_IS_ELSEWHERE]
  const line = {
    ...{ command, substitutions, spark, java, workerEnvironment, memoryMb, ownJavaOptions },
  }
  const argv = sparkCommandLine(line, facts)
  const sparkHome = spark.home
  const surroundings = { command, workerEnvironment, authSecret, sparkHome, webUiUrl, driverId }
  return {
    ...{ ...resources, key, payload, argv, workDir, files, leased, scratchDirs: [] },
    env: driverEnvironment(surroundings),
    header: formatHeader('driver', argv, site.secret),
    ...(site.rolling !== null && { rolling: site.rolling }),
  }
}
