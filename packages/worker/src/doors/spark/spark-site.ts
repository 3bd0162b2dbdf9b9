import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import type { SparkInstallation } from './find-spark.ts'
import type { Environment } from './variables.ts'

/** What is the same for all processes of a worker. */
export interface SparkSite {
  readonly spark: SparkInstallation
  /** The worker's java program; an application may name its own JAVA_HOME. */
  readonly java: string
  /** The worker's environment, after `spark-env.sh`. */
  readonly environment: Environment
  /** Host by which executors and drivers reach this machine. */
  readonly host: string
  /** The launcher's port, which processes watch. */
  readonly launcherPort: number
  /** `http://HOST:PORT` as browsers reach the worker's web UI. */
  readonly webUiUrl: string
  readonly workDir: string
  /** See `scratchRoots` and `scratchPaths`. */
  readonly scratchRoots: readonly string[]
  readonly scratchId: string
  /** What processes prove to each other; null when nothing is asked of them. */
  readonly authSecret: string | null
  /** What must not stand in a log (`parseRedaction`). */
  readonly secret: RegExp
  /** How the logs of processes are rolled; null when they are not. */
  readonly rolling: LogRolling | null
}
