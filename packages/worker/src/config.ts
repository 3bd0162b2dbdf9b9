// Every key that a worker honours.
import type { ConfigOf, ConfigTable } from '@hearth/common/runtime/config/table.ts'
import { RPC_KEYS } from '@hearth/common/runtime/rpc/limits.ts'
import { DEFAULT_SETTINGS, type Settings } from './core/settings.ts'
import { DEFAULT_REDACTION } from './doors/spark/redaction.ts'
import { MAX_ADDRESSES } from './doors/spark/resource-addresses.ts'
import { DEFAULT_DENY } from './shell/fetch/deny-list.ts'

const SECOND_MS = 1000
const HOUR_MS = 3600 * SECOND_MS

export const WORKER_KEYS = {
  backoffMs: {
    key: 'hearth.worker.registrationBackoff',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.backoffMs,
    min: 10,
    doc: 'First delay before a master that could not be reached is dialled again, and the least time between two dials; it doubles with every failure. Masters are dialled for ever.',
  },
  backoffMaxMs: {
    key: 'hearth.worker.registrationBackoffMax',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.backoffMaxMs,
    min: 100,
    doc: 'Longest delay between two dials of a master. Must be well below hearth.worker.returnTimeout of the master, or a worker that lives is lost after a restart of its master.',
  },
  standbyRetryMs: {
    key: 'hearth.worker.standbyRetry',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.standbyRetryMs,
    min: 10,
    doc: 'Delay before a master in standby is asked again while no master leads; fail-over takes at least as long.',
  },
  registrationTimeoutMs: {
    key: 'hearth.worker.registrationTimeout',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.registrationTimeoutMs,
    min: 100,
    doc: 'How long a master may take to answer a registration, which it makes durable first, before it is dialled anew.',
  },
  masterSilenceMs: {
    key: 'hearth.worker.masterTimeout',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.masterSilenceMs,
    min: 1000,
    doc: 'Silence after which the worker gives up the connection to its master and looks for one that leads; never less than three heartbeats.',
  },
  reportRetryMs: {
    key: 'hearth.worker.reportRetry',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.reportRetryMs,
    min: 100,
    doc: 'Delay before the state of an executor is reported again when no acknowledgement came.',
  },
  launcherRetryMs: {
    key: 'hearth.worker.launcherRetry',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.launcherRetryMs,
    min: 100,
    doc: 'First delay before a launcher that could not be started is tried again; it doubles with every failure.',
  },
  killGraceMs: {
    key: 'hearth.worker.killGrace',
    kind: 'duration-ms',
    default: 10 * SECOND_MS,
    doc: 'Time between SIGTERM and SIGKILL for an executor that is to end.',
  },
  orphanLimitMs: {
    key: 'hearth.worker.orphanLimit',
    kind: 'duration-ms',
    default: HOUR_MS,
    min: SECOND_MS,
    doc: 'Without a worker for so long, the launcher ends its executors and drivers. Must be longer than hearth.worker.returnTimeout of the master and than any restart of a worker.',
  },
  driverGraceMs: {
    key: 'spark.worker.driverTerminateTimeout',
    kind: 'duration-ms',
    default: DEFAULT_SETTINGS.driverGraceMs,
    doc: 'Time between SIGTERM and SIGKILL for a driver that is to end. Masters wait so much longer before they start a supervised driver of a lost worker elsewhere.',
  },
  fetchMaxBytes: {
    key: 'hearth.fetch.maxSize',
    kind: 'bytes',
    default: 2 * 1024 ** 3,
    min: 1,
    doc: 'The largest jar or file that is fetched for a driver; a larger one ends the driver with an error.',
  },
  fetchTimeoutMs: {
    key: 'hearth.fetch.timeout',
    kind: 'duration-ms',
    default: 600 * SECOND_MS,
    min: 10,
    doc: 'How long fetching the jar or file of a driver may take as a whole.',
  },
  fetchIdleMs: {
    key: 'hearth.fetch.idleTimeout',
    kind: 'duration-ms',
    default: 60 * SECOND_MS,
    min: 10,
    doc: 'How long a server may say nothing while a driver’s jar or file is fetched from it, connecting included.',
  },
  fetchDeny: {
    key: 'hearth.fetch.deny',
    kind: 'string',
    default: DEFAULT_DENY,
    doc: 'Comma-separated addresses and networks (`a.b.c.d/n`) from which no driver’s jar or file is fetched, also not by a redirect or by a name that leads there: those where clouds keep the credentials of machines. An empty value denies nothing.',
  },
  fetchCaFile: {
    key: 'hearth.fetch.caFile',
    kind: 'string',
    default: undefined,
    doc: 'PEM file with certificates of authorities that are trusted for https, besides those that Node brings and in place of those of NODE_EXTRA_CA_CERTS, when a driver’s jar or file is fetched. The driver’s own Java trusts whom it likes.',
  },
  onStop: {
    key: 'hearth.worker.onStop',
    kind: 'string',
    choices: ['end', 'detach'],
    default: 'end',
    doc: 'What becomes of the executors and drivers when the worker is stopped by a signal: `end` ends them and tells the master that the worker does not come back; `detach` leaves them to the launcher, which the next start of the worker adopts (for upgrades).',
  },
  stateDir: {
    key: 'hearth.worker.stateDir',
    kind: 'string',
    default: undefined,
    doc: 'Directory of the worker’s own state and of its launcher, for the owner alone; WORKDIR/.hearth when unset. Each worker needs one of its own, on a local disk that a restart does not clear.',
  },
  localDir: {
    key: 'spark.local.dir',
    kind: 'string',
    default: undefined,
    doc: 'Comma-separated roots of the scratch directories of executors, where neither SPARK_EXECUTOR_DIRS nor SPARK_LOCAL_DIRS is set; the system’s temporary directory when unset.',
  },
  redaction: {
    key: 'spark.redaction.regex',
    kind: 'string',
    default: DEFAULT_REDACTION,
    doc: 'Java options whose key or value matches are hidden in the first line of an executor’s stderr.',
  },
  rollingStrategy: {
    key: 'spark.executor.logs.rolling.strategy',
    kind: 'string',
    default: 'none',
    doc: 'Whether `stdout` and `stderr` of executors are rolled, and of drivers too: not at all (`none` or empty), before they grow beyond a size (`size`), or at intervals (`time`). Their output then goes through the launcher.',
  },
  rollingMaxBytes: {
    key: 'spark.executor.logs.rolling.maxSize',
    aliases: ['spark.executor.logs.rolling.size.maxBytes'],
    kind: 'bytes',
    default: 1024 ** 2,
    min: 1,
    max: 2_147_483_647,
    doc: 'With the strategy `size`: no log file grows larger. Less than 80 KiB is raised to that, as in Spark.',
  },
  rollingInterval: {
    key: 'spark.executor.logs.rolling.time.interval',
    kind: 'string',
    default: 'daily',
    doc: 'With the strategy `time`: `daily`, `hourly`, `minutely` or a number of seconds, counted from midnight of UTC on January 1st 1970; less than 60 is raised to that, as in Spark. A log is rolled by the first output after that.',
  },
  rollingRetainedFiles: {
    key: 'spark.executor.logs.rolling.maxRetainedFiles',
    kind: 'integer',
    default: -1,
    min: -1,
    doc: 'How many rolled files of each log are kept beside the one that is written; the oldest are removed. 0 and -1 keep all until the directory is removed.',
  },
  rollingCompression: {
    key: 'spark.executor.logs.rolling.enableCompression',
    kind: 'boolean',
    default: false,
    doc: 'Compress rolled files with gzip; the log pages of the worker and `hearth logs` read them all the same.',
  },
  cleanupEnabled: {
    key: 'spark.worker.cleanup.enabled',
    kind: 'boolean',
    default: true,
    doc: 'Remove the directories of ended executors and drivers when they are old (true, as in Spark 4). Only directories that this worker created are removed.',
  },
  cleanupIntervalMs: {
    key: 'spark.worker.cleanup.interval',
    kind: 'duration-ms',
    bareUnit: 's',
    default: HOUR_MS / 2,
    min: SECOND_MS,
    doc: 'How often old directories are looked for.',
  },
  cleanupTtlMs: {
    key: 'spark.worker.cleanup.appDataTtl',
    kind: 'duration-ms',
    bareUnit: 's',
    default: 7 * 24 * HOUR_MS,
    doc: 'The directories of an application or a driver are old when no process of it lives here and nothing in them is newer than this.',
  },
  idPattern: {
    key: 'spark.worker.idPattern',
    kind: 'string',
    default: 'worker-%s-%s-%d',
    doc: 'How the id of a new worker is made out of the time, its host and its port (UTC; Java’s `String.format` with `%s`, `%d`, `%0Nd`, `%N$s`). Two workers with the same id push each other out of the cluster.',
  },
  resourcesFile: {
    key: 'spark.worker.resourcesFile',
    kind: 'string',
    default: undefined,
    doc: 'JSON file with the addresses of the custom resources that this worker offers, a list of `{"id":{"componentName":"spark.worker","resourceName":NAME},"addresses":[…]}`. It wins over discovery scripts; a file that cannot be read stops the start.',
  },
  decommissionEnabled: {
    key: 'spark.decommission.enabled',
    kind: 'boolean',
    default: false,
    doc: 'Whether the signal of spark.worker.decommission.signal takes the worker out of service: it refuses new executors, its executors go on until they end, and nothing takes that back but a stop that ends them. Applications need the key too, so that their executors hand over what they store.',
  },
  decommissionSignal: {
    key: 'spark.worker.decommission.signal',
    kind: 'string',
    choices: ['PWR', 'USR2', 'QUIT', 'ALRM', 'WINCH'],
    default: 'PWR',
    doc: 'The signal that takes the worker out of service where spark.decommission.enabled is true, and that it ignores otherwise.',
  },
  discoveryTimeoutMs: {
    key: 'hearth.worker.discoveryTimeout',
    kind: 'duration-ms',
    default: 60 * SECOND_MS,
    min: 10,
    doc: 'How long a discovery script of custom resources may run; then it is ended and the worker does not start.',
  },
  retainedExecutors: {
    key: 'spark.worker.ui.retainedExecutors',
    kind: 'integer',
    default: DEFAULT_SETTINGS.retainedExecutors,
    max: 100_000,
    doc: 'Ended executors kept in memory and shown.',
  },
  retainedDrivers: {
    key: 'spark.worker.ui.retainedDrivers',
    kind: 'integer',
    default: DEFAULT_SETTINGS.retainedDrivers,
    max: 100_000,
    doc: 'Ended runs of drivers kept in memory and shown.',
  },
} as const satisfies ConfigTable

/** One of each per custom resource; `{name}` is its name. Read by `readNamedConfig`. */
export const WORKER_RESOURCE_KEYS = {
  amount: {
    key: 'spark.worker.resource.{name}.amount',
    kind: 'integer',
    default: undefined,
    max: MAX_ADDRESSES,
    doc: 'Units of the custom resource {name} that this worker offers. The worker does not start when neither spark.worker.resourcesFile nor the discovery script yields so many addresses; of more, all are offered.',
  },
  discoveryScript: {
    key: 'spark.worker.resource.{name}.discoveryScript',
    kind: 'string',
    default: undefined,
    doc: 'Program, run without arguments and without a shell when the worker starts, that prints `{"name":"{name}","addresses":["0","1"]}`. It is not run for a resource that spark.worker.resourcesFile lists.',
  },
} as const satisfies ConfigTable

/** What is documented and parsed together. */
export const WORKER_CONFIG = { ...WORKER_KEYS, ...RPC_KEYS } as const satisfies ConfigTable
export type WorkerConfig = ConfigOf<typeof WORKER_CONFIG>

/** What the launcher takes beyond the kill grace to be sure that everything has ended. */
export const STOP_MARGIN_MS = 15 * SECOND_MS

/** The core's settings out of the configured values. */
export function settingsOf(config: WorkerConfig): Settings {
  return {
    backoffMs: config.backoffMs,
    backoffMaxMs: config.backoffMaxMs,
    standbyRetryMs: config.standbyRetryMs,
    registrationTimeoutMs: config.registrationTimeoutMs,
    masterSilenceMs: config.masterSilenceMs,
    reportRetryMs: config.reportRetryMs,
    launcherRetryMs: config.launcherRetryMs,
    stopTimeoutMs: Math.max(config.killGraceMs, config.driverGraceMs) + STOP_MARGIN_MS,
    retainedExecutors: config.retainedExecutors,
    retainedDrivers: config.retainedDrivers,
    driverGraceMs: config.driverGraceMs,
  }
}
