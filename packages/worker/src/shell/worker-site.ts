// What a worker finds and claims on its machine before it serves anybody: configuration, Java, Spark,
// directories, and who it was. Anything that is missing stops the start with a sentence.
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { IdPattern } from '@hearth/common/domain/id-pattern.ts'
import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import type { ResourceAddresses } from '@hearth/common/domain/resources.ts'
import type { Lifecycle } from '@hearth/common/runtime/lifecycle.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { WorkerConfig } from '../config.ts'
import { findJava } from '../doors/spark/find-java.ts'
import { findSpark, type SparkInstallation } from '../doors/spark/find-spark.ts'
import { readLogRolling } from '../doors/spark/log-rolling.ts'
import { parseRedaction } from '../doors/spark/redaction.ts'
import { scratchRoots } from '../doors/spark/scratch-paths.ts'
import type { Environment } from '../doors/spark/variables.ts'
import { ensurePrivateDirectory } from '../launcher/private-directory.ts'
import { readScratchId } from '../launcher/scratch-id.ts'
import { readFetchLimits } from './fetch/fetch-limits.ts'
import type { FetchLimits } from './fetch/fetch-session.ts'
import { findResources } from './find-resources.ts'
import { Scratch } from './scratch.ts'
import { readState, type WorkerState } from './state-file.ts'
import { lockState } from './state-lock.ts'
import { readWorkerIdPattern } from './worker-id.ts'
import { WorkDirs, ensureWorkDir } from './work-dirs.ts'

export interface WorkerSite {
  readonly config: WorkerConfig
  /** Undefined when the worker has none. */
  readonly custom: ResourceAddresses | undefined
  readonly idPattern: IdPattern
  readonly spark: SparkInstallation
  readonly java: string
  readonly secret: RegExp
  /** Null when logs are not rolled. */
  readonly rolling: LogRolling | null
  readonly fetchLimits: FetchLimits
  readonly workDir: string
  readonly stateDir: string
  readonly state: WorkerState
  readonly workDirs: WorkDirs
  readonly scratch: Scratch
}

export interface SiteOptions {
  readonly config: WorkerConfig
  readonly workDir: string
  readonly environment: Environment
  readonly properties: ReadonlyMap<string, string>
  readonly log: Logger
}

/**
 * Java and Spark are looked for now and not at the first launch: a worker without them would take
 * executors and fail each at once. The lock of the state directory is given back by `lifecycle`.
 */
export async function claimSite(options: SiteOptions, lifecycle: Lifecycle): Promise<WorkerSite> {
  const { config, environment, properties, log } = options
  const idPattern = readWorkerIdPattern(config.idPattern)
  const spark = findSpark(environment)
  const java = findJava(environment)
  const secret = parseRedaction(config.redaction)
  const rolling = readLogRolling(config, (text) => log.warn(text))
  const fetchLimits = readFetchLimits(config)
  const workDir = path.resolve(options.workDir)
  await ensureWorkDir(workDir)
  const stateDir = path.resolve(config.stateDir ?? path.join(workDir, '.hearth'))
  await ensurePrivateDirectory(stateDir)
  lifecycle.onStop('state directory', await lockState(stateDir))
  const custom = await findResources({ config, properties, environment, log })
  const roots = scratchRoots(environment, config.localDir, tmpdir())
  return {
    ...{ config, custom, idPattern, spark, java, secret, rolling },
    ...{ fetchLimits, workDir, stateDir },
    state: await readState(stateDir),
    workDirs: new WorkDirs(workDir, stateDir),
    scratch: new Scratch(roots, await readScratchId(stateDir)),
  }
}
