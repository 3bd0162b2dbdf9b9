// The numbers that decide. All durations in milliseconds of monotonic time.
import type { SelectionPolicy } from './placement/worker-order.ts'

export interface Settings {
  /** Silence after which a connected worker is lost (`spark.worker.timeout`). */
  readonly workerTimeoutMs: number
  /** How often a worker sends a heartbeat: a quarter of the time-out, as in Spark. */
  readonly heartbeatIntervalMs: number
  /** How long a worker with a closed connection may take to come back (`hearth.worker.returnTimeout`). */
  readonly workerReturnTimeoutMs: number
  /** How long a client that can neither be reached nor is refused is waited for. */
  readonly clientReturnTimeoutMs: number
  /** How often a connected client is asked whether it is there. */
  readonly clientAskIntervalMs: number
  /** Silence after which a connected client is given up; a stopped process may come back until then. */
  readonly clientTimeoutMs: number
  /** Dead workers stay visible for this long. */
  readonly deadWorkerRetentionMs: number
  /** Core limit of applications that bring none; null for no limit (`spark.deploy.defaultCores`). */
  readonly defaultCores: number | null
  /** Spread executors over many workers, or fill one worker before the next (`spark.deploy.spreadOutApps`). */
  readonly spreadOut: boolean
  /** Which workers are preferred (`spark.deploy.workerSelectionPolicy`). */
  readonly selectionPolicy: SelectionPolicy
  /** Abnormal executor ends in a row, with none running, that fail an application; -1 for never. */
  readonly maxExecutorRetries: number
  /** An executor that ran for so long has shown that launches work, for its application and on its worker. */
  readonly provenAfterMs: number
  /** How long an application keeps off a worker after its second failed launch there; it doubles. */
  readonly launchBackoffMs: number
  readonly launchBackoffMaxMs: number
  /** Failed launches that put a worker into quarantine; 0 for never. */
  readonly quarantineFailures: number
  /** How long the first quarantine of a worker lasts; each further one in a row doubles. */
  readonly quarantineMs: number
  readonly quarantineMaxMs: number
  /** How applications are named (`spark.deploy.appIdPattern`): of the time and a counter. */
  readonly applicationIdPattern: string
  /** The counter starts anew here; null for never (`spark.deploy.appNumberModulo`). */
  readonly applicationModulo: number | null
  /** An application's id is its name (`spark.master.useAppNameAsAppId.enabled`). */
  readonly isNameApplicationId: boolean
  /** Spread drivers over many workers, or fill one before the next (`spark.deploy.spreadOutDrivers`). */
  readonly spreadOutDrivers: boolean
  /** Drivers that hold resources at most; null for no limit (`spark.deploy.maxDrivers`). */
  readonly maxDrivers: number | null
  /** Drivers that may wait; further submissions are refused. */
  readonly maxWaitingDrivers: number
  /** Share of the pool that drivers may take whether or not their executors would fit beside them. */
  readonly driverMaxShare: number
  /** How drivers are named (`spark.deploy.driverIdPattern`): of the time and a counter. */
  readonly driverIdPattern: string
  /** The delay before the first restart of a supervised driver; it doubles. */
  readonly superviseDelayMs: number
  readonly superviseDelayMaxMs: number
  /** A run that was longer starts the delays anew. */
  readonly superviseStableMs: number
  /** Restarts within the window after which a supervised driver fails; -1 for no limit. */
  readonly superviseMaxRestarts: number
  readonly superviseWindowMs: number
  /** How long supervised drivers live on without an acknowledged heartbeat: as long as a worker may be away. */
  readonly leaseMs: number
  /** What is added to the end of a former run's lease before it is run elsewhere. */
  readonly leaseMarginMs: number
  /** Ended drivers kept for people to look at (`spark.deploy.retainedDrivers`). */
  readonly retainedDrivers: number
  /** Ended applications kept for people to look at (`spark.deploy.retainedApplications`). */
  readonly retainedApplications: number
}

export const DEFAULT_SETTINGS: Settings = {
  workerTimeoutMs: 60_000,
  heartbeatIntervalMs: 15_000,
  workerReturnTimeoutMs: 60_000,
  clientReturnTimeoutMs: 60_000,
  clientAskIntervalMs: 30_000,
  clientTimeoutMs: 600_000,
  deadWorkerRetentionMs: 960_000,
  defaultCores: null,
  spreadOut: true,
  selectionPolicy: 'CORES_FREE_DESC',
  maxExecutorRetries: 10,
  provenAfterMs: 10_000,
  launchBackoffMs: 1_000,
  launchBackoffMaxMs: 15_000,
  quarantineFailures: 3,
  quarantineMs: 600_000,
  quarantineMaxMs: 3_600_000,
  applicationIdPattern: 'app-%s-%04d',
  applicationModulo: null,
  isNameApplicationId: false,
  spreadOutDrivers: true,
  maxDrivers: null,
  maxWaitingDrivers: 10_000,
  driverMaxShare: 0.25,
  driverIdPattern: 'driver-%s-%04d',
  superviseDelayMs: 1_000,
  superviseDelayMaxMs: 60_000,
  superviseStableMs: 5_000,
  superviseMaxRestarts: 100,
  superviseWindowMs: 3_600_000,
  leaseMs: 60_000,
  leaseMarginMs: 5_000,
  retainedDrivers: 200,
  retainedApplications: 200,
}
