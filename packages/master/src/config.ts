// Every key that a master honours.
import type { ConfigOf, ConfigTable } from '@hearth/common/runtime/config/table.ts'
import { RPC_KEYS } from '@hearth/common/runtime/rpc/limits.ts'
import { idPatternProblem } from './core/id-patterns.ts'
import { SELECTION_POLICIES } from './core/placement/worker-order.ts'
import { REST_CONFIG } from './rest-config.ts'
import { DEFAULT_SETTINGS, type Settings } from './core/settings.ts'

export { DEFAULT_REST_PORT } from './rest-config.ts'

export const MASTER_KEYS = {
  workerTimeoutMs: {
    key: 'spark.worker.timeout',
    kind: 'duration-ms',
    bareUnit: 's',
    default: DEFAULT_SETTINGS.workerTimeoutMs,
    // A quarter of it is the heartbeat interval, which must not be shorter than the master's tick.
    min: 4_000,
    doc: 'Silence after which a connected worker is lost. Workers send a heartbeat at a quarter of it; a value below the pauses of a busy machine loses healthy workers.',
  },
  workerReturnTimeoutMs: {
    key: 'hearth.worker.returnTimeout',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.workerReturnTimeoutMs,
    min: 0,
    doc: 'How long a worker whose connection has closed may take to come back with its executors alive; then they are lost. It is lost at once when its launcher is dead too.',
  },
  clientReturnTimeoutMs: {
    key: 'hearth.application.returnTimeout',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.clientReturnTimeoutMs,
    min: 0,
    doc: 'How long a driver whose connection has closed is dialled before its application ends. A driver whose address refuses the connection ends at once.',
  },
  clientAskIntervalMs: {
    key: 'hearth.application.askInterval',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.clientAskIntervalMs,
    min: 1_000,
    doc: 'How often a connected driver is asked whether it lives.',
  },
  clientTimeoutMs: {
    key: 'hearth.application.timeout',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.clientTimeoutMs,
    min: 10_000,
    doc: 'Silence after which a connected driver that does not answer is given up and its application ends. A driver stopped in a debugger comes back within it.',
  },
  defaultCores: {
    key: 'spark.deploy.defaultCores',
    kind: 'integer',
    default: undefined,
    min: 1,
    doc: 'Core limit of applications that set no spark.cores.max; unlimited when unset, so that the first application takes the whole pool.',
  },
  spreadOut: {
    key: 'spark.deploy.spreadOutApps',
    aliases: ['spark.deploy.spreadOut'],
    kind: 'boolean',
    default: DEFAULT_SETTINGS.spreadOut,
    doc: 'Spread the executors of an application over many workers (true), or fill one worker before the next.',
  },
  selectionPolicy: {
    key: 'spark.deploy.workerSelectionPolicy',
    kind: 'string',
    choices: SELECTION_POLICIES,
    default: DEFAULT_SETTINGS.selectionPolicy,
    doc: 'Which workers get executors first: those with the most (DESC) or the least (ASC) free cores or memory, or in the order of their ids. Equal workers are taken in the order of their ids.',
  },
  maxExecutorRetries: {
    key: 'spark.deploy.maxExecutorRetries',
    kind: 'integer',
    default: DEFAULT_SETTINGS.maxExecutorRetries,
    min: -1,
    doc: 'Executors that may end abnormally in a row, with none running, before the application fails; -1 never fails it. A worker counts once while another one could run the executor, and an executor that ran for hearth.launch.provenAfter starts the count anew.',
  },
  provenAfterMs: {
    key: 'hearth.launch.provenAfter',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.provenAfterMs,
    min: 0,
    doc: 'An executor that ends abnormally before it ran for so long is a failed launch. A JVM that cannot reach its driver, or is started with options it does not know, ends within seconds.',
  },
  launchBackoffMs: {
    key: 'hearth.launch.backoff',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.launchBackoffMs,
    min: 100,
    doc: 'How long an application gets no executor on a worker on which its launch failed twice, and a driver is not offered again to a worker that did not take it; it doubles with every further time.',
  },
  launchBackoffMaxMs: {
    key: 'hearth.launch.backoffMax',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.launchBackoffMaxMs,
    min: 100,
    doc: 'Longest time for which an application keeps off a worker after failed launches, and a driver one that did not take it.',
  },
  quarantineFailures: {
    key: 'hearth.quarantine.failures',
    kind: 'integer',
    default: DEFAULT_SETTINGS.quarantineFailures,
    min: 0,
    doc: 'Failed launches on one worker, of applications that run elsewhere, after which it gets nothing new for a while; 0 for never.',
  },
  quarantineMs: {
    key: 'hearth.quarantine.time',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.quarantineMs,
    min: 1_000,
    doc: 'How long the first quarantine of a worker lasts; each further one in a row is twice as long. A worker that is restarted is trusted at once.',
  },
  quarantineMaxMs: {
    key: 'hearth.quarantine.timeMax',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.quarantineMaxMs,
    min: 1_000,
    doc: 'Longest quarantine of a worker.',
  },
  applicationIdPattern: {
    key: 'spark.deploy.appIdPattern',
    kind: 'string',
    default: DEFAULT_SETTINGS.applicationIdPattern,
    doc: 'How applications are named, as a format of Java: of the time of registration (yyyyMMddHHmmss, UTC) and a counter. No white space; the counter must be in it.',
  },
  applicationModulo: {
    key: 'spark.deploy.appNumberModulo',
    kind: 'integer',
    default: undefined,
    min: 1_000,
    doc: 'The counter in the ids of applications starts anew at this number; never when unset. An id that is in use is passed over.',
  },
  isNameApplicationId: {
    key: 'spark.master.useAppNameAsAppId.enabled',
    kind: 'boolean',
    default: DEFAULT_SETTINGS.isNameApplicationId,
    doc: 'An application’s id is its name in lower case without white space. One whose name is in use is refused.',
  },
  spreadOutDrivers: {
    key: 'spark.deploy.spreadOutDrivers',
    kind: 'boolean',
    default: DEFAULT_SETTINGS.spreadOutDrivers,
    doc: 'Spread drivers over many workers (true), or fill one worker before the next.',
  },
  maxDrivers: {
    key: 'spark.deploy.maxDrivers',
    kind: 'integer',
    default: undefined,
    min: 1,
    doc: 'Drivers in cluster mode that may run at a time; the others wait. Unlimited when unset.',
  },
  maxWaitingDrivers: {
    key: 'hearth.drivers.maxWaiting',
    kind: 'integer',
    default: DEFAULT_SETTINGS.maxWaitingDrivers,
    min: 1,
    max: 1_000_000,
    doc: 'Drivers that may wait for a place; further submissions are refused.',
  },
  driverMaxShare: {
    key: 'hearth.drivers.maxShare',
    kind: 'fraction',
    default: DEFAULT_SETTINGS.driverMaxShare,
    min: 0,
    max: 1,
    doc: 'Share of the pool’s cores and memory that drivers may take in any case. Beyond it a driver starts only while some worker could hold its first executor, and that of every other driver, beside all drivers: drivers alone can never fill the pool.',
  },
  driverIdPattern: {
    key: 'spark.deploy.driverIdPattern',
    kind: 'string',
    default: DEFAULT_SETTINGS.driverIdPattern,
    doc: 'How drivers are named, as a format of Java: of the time of submission (yyyyMMddHHmmss, UTC) and a counter. No white space; the counter must be in it.',
  },
  superviseDelayMs: {
    key: 'hearth.supervise.delay',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.superviseDelayMs,
    min: 100,
    doc: 'How long a supervised driver that failed waits before its first restart; it doubles with each further one. Restarts begin at ticks of a second.',
  },
  superviseDelayMaxMs: {
    key: 'hearth.supervise.delayMax',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.superviseDelayMaxMs,
    min: 100,
    doc: 'Longest wait before a restart of a supervised driver.',
  },
  superviseStableMs: {
    key: 'hearth.supervise.stableAfter',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.superviseStableMs,
    min: 0,
    doc: 'A supervised driver that ran for longer waits for the first delay again.',
  },
  superviseMaxRestarts: {
    key: 'hearth.supervise.maxRestarts',
    kind: 'integer',
    default: DEFAULT_SETTINGS.superviseMaxRestarts,
    min: -1,
    doc: 'Restarts and relaunches of a supervised driver within hearth.supervise.window; the next failure fails it. -1 for no limit, as in Spark.',
  },
  superviseWindowMs: {
    key: 'hearth.supervise.window',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.superviseWindowMs,
    min: 1_000,
    doc: 'The time in which restarts of a supervised driver are counted.',
  },
  leaseMarginMs: {
    key: 'hearth.supervise.margin',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.leaseMarginMs,
    min: 1_000,
    doc: 'What a supervised driver waits beyond the end of its former run’s lease and the time that run has to end, before it is run elsewhere.',
  },
  retainedDrivers: {
    key: 'spark.deploy.retainedDrivers',
    kind: 'integer',
    default: DEFAULT_SETTINGS.retainedDrivers,
    min: 0,
    max: 1_000_000,
    doc: 'Ended drivers kept in memory and shown.',
  },
  retainedApplications: {
    key: 'spark.deploy.retainedApplications',
    kind: 'integer',
    default: DEFAULT_SETTINGS.retainedApplications,
    min: 0,
    max: 1_000_000,
    doc: 'Ended applications kept in memory and shown.',
  },
  deadWorkerPersistence: {
    key: 'spark.dead.worker.persistence',
    kind: 'integer',
    default: 15,
    min: 0,
    doc: 'Dead workers stay visible for this many worker time-outs and one more.',
  },
} as const satisfies ConfigTable

/** What is documented and parsed together. */
export const MASTER_CONFIG = {
  ...MASTER_KEYS,
  ...RPC_KEYS,
  ...REST_CONFIG,
} as const satisfies ConfigTable
export type MasterConfig = ConfigOf<typeof MASTER_CONFIG>

/** Sentences about values that are of the right kind and still cannot be meant; empty when none are. */
export function configProblems(config: MasterConfig): readonly string[] {
  return (['applicationIdPattern', 'driverIdPattern'] as const).flatMap((name) => {
    const problem = idPatternProblem(config[name])
    if (problem === undefined) return []
    return [`${MASTER_KEYS[name].key} is ${JSON.stringify(config[name])}: ${problem}`]
  })
}

const HEARTBEATS_PER_TIMEOUT = 4

/** The core's settings out of the configured values. */
export function settingsOf(config: MasterConfig): Settings {
  return {
    workerTimeoutMs: config.workerTimeoutMs,
    heartbeatIntervalMs: Math.floor(config.workerTimeoutMs / HEARTBEATS_PER_TIMEOUT),
    workerReturnTimeoutMs: config.workerReturnTimeoutMs,
    clientReturnTimeoutMs: config.clientReturnTimeoutMs,
    clientAskIntervalMs: config.clientAskIntervalMs,
    clientTimeoutMs: config.clientTimeoutMs,
    deadWorkerRetentionMs: config.workerTimeoutMs * (config.deadWorkerPersistence + 1),
    defaultCores: config.defaultCores ?? null,
    spreadOut: config.spreadOut,
    selectionPolicy:
      SELECTION_POLICIES.find((policy) => policy === config.selectionPolicy) ??
      DEFAULT_SETTINGS.selectionPolicy,
    maxExecutorRetries: config.maxExecutorRetries,
    provenAfterMs: config.provenAfterMs,
    launchBackoffMs: config.launchBackoffMs,
    launchBackoffMaxMs: config.launchBackoffMaxMs,
    quarantineFailures: config.quarantineFailures,
    quarantineMs: config.quarantineMs,
    quarantineMaxMs: config.quarantineMaxMs,
    applicationIdPattern: config.applicationIdPattern,
    applicationModulo: config.applicationModulo ?? null,
    isNameApplicationId: config.isNameApplicationId,
    spreadOutDrivers: config.spreadOutDrivers,
    maxDrivers: config.maxDrivers ?? null,
    maxWaitingDrivers: config.maxWaitingDrivers,
    driverMaxShare: config.driverMaxShare,
    driverIdPattern: config.driverIdPattern,
    superviseDelayMs: config.superviseDelayMs,
    superviseDelayMaxMs: config.superviseDelayMaxMs,
    superviseStableMs: config.superviseStableMs,
    superviseMaxRestarts: config.superviseMaxRestarts,
    superviseWindowMs: config.superviseWindowMs,
    // A worker is lost when it was silent, or away, for so long: its drivers must not end before.
    leaseMs: Math.max(config.workerTimeoutMs, config.workerReturnTimeoutMs),
    leaseMarginMs: config.leaseMarginMs,
    retainedDrivers: config.retainedDrivers,
    retainedApplications: config.retainedApplications,
  }
}
