// Hearth's own worker protocol, on the same port as Spark's (7077): after the magic of frame.ts, one
// JSON document per frame. Grouped by direction. Every order of a master carries its epoch; a worker
// refuses an order of an older one.
import Type, { type Static } from 'typebox'

/** Raised when an old worker and a new master, or the reverse, could misunderstand each other. */
export const CLUSTER_PROTOCOL_VERSION = 3

const Text = (maxLength: number) => Type.String({ maxLength })
const Count = (maximum: number) => Type.Integer({ minimum: 0, maximum })
const Port = Type.Integer({ minimum: 0, maximum: 65_535 })
const MAX_INT = 2_147_483_647
/** What Java's `int` holds: what the pool passes on ends in messages of Spark. */
const Int = Type.Integer({ minimum: -MAX_INT - 1, maximum: MAX_INT })

const ExecutorStateName = Type.Union([
  Type.Literal('launching'),
  Type.Literal('running'),
  Type.Literal('exited'),
  Type.Literal('failed'),
  Type.Literal('killed'),
  Type.Literal('lost'),
])

/** Addresses of custom resources by the name of their kind; left out when there are none. */
const ResourceAddresses = Type.Optional(
  Type.Record(
    Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$' }),
    Type.Array(Text(256), { minItems: 1, maxItems: 10_000 }),
    // A pattern binds only the names that it fits; without this every other one would pass, with anything.
    { maxProperties: 1_000, additionalProperties: false },
  ),
)

/** An executor that a worker's launcher holds; reported at every registration. */
export const HeldExecutor = Type.Object({
  applicationId: Text(255),
  executor: Count(MAX_INT),
  cores: Count(1_000_000),
  memoryMb: Count(MAX_INT),
  custom: ResourceAddresses,
  state: ExecutorStateName,
})
export type HeldExecutor = Static<typeof HeldExecutor>

/** One run of a driver. */
const DriverRun = { driverId: Text(255), attempt: Count(MAX_INT) }

/** A driver that a worker's launcher holds, or that the worker is fetching; reported at every registration. */
export const HeldDriver = Type.Object({
  ...DriverRun,
  cores: Count(1_000_000),
  memoryMb: Count(MAX_INT),
  custom: ResourceAddresses,
  state: ExecutorStateName,
})
export type HeldDriver = Static<typeof HeldDriver>

/** worker → master, the first message; repeated after every reconnection with the same id. */
export const RegisterWorker = Type.Object({
  type: Type.Literal('register-worker'),
  version: Count(MAX_INT),
  workerId: Text(255),
  /** Host by which executors and browsers reach this worker. */
  host: Text(255),
  /** The launcher's port: executors watch it, and the master dials it to learn whether it lives. */
  port: Port,
  webUiUrl: Text(2048),
  cores: Count(1_000_000),
  memoryMb: Count(MAX_INT),
  custom: ResourceAddresses,
  /** The `host:port` that this worker dialled. */
  masterAddress: Text(300),
  held: Type.Array(HeldExecutor, { maxItems: 100_000 }),
  heldDrivers: Type.Array(HeldDriver, { maxItems: 100_000 }),
  /** How long a driver may take here to end when it is told to (`spark.worker.driverTerminateTimeout`). */
  driverGraceMs: Count(MAX_INT),
  /** True when it is going to leave: it takes nothing new. */
  decommissioning: Type.Boolean(),
})
export type RegisterWorker = Static<typeof RegisterWorker>

/** worker → master; answered by `heartbeat-ack`, which renews the launcher's lease. */
export const Heartbeat = Type.Object({ type: Type.Literal('heartbeat'), workerId: Text(255) })

/** A known cause that the worker found in what a process wrote, and what to do about it. */
const ProcessHint = Type.Optional(Type.Object({ code: Text(64), text: Text(4096) }))

/** worker → master; repeated with the same `sequence` until `report-ack` names it. */
export const ExecutorStateReport = Type.Object({
  type: Type.Literal('executor-state'),
  sequence: Count(Number.MAX_SAFE_INTEGER),
  applicationId: Text(255),
  executor: Count(MAX_INT),
  state: ExecutorStateName,
  exitCode: Type.Union([Int, Type.Null()]),
  message: Type.Union([Text(65_536), Type.Null()]),
  hint: ProcessHint,
})
export type ExecutorStateReport = Static<typeof ExecutorStateReport>

/**
 * worker → master; repeated as {@link ExecutorStateReport} is, with numbers of the same row. `failed`: it could
 * not be fetched or started. `lost` before it ran: the worker did not take the order, another one may.
 */
export const DriverStateReport = Type.Object({
  type: Type.Literal('driver-state'),
  sequence: Count(Number.MAX_SAFE_INTEGER),
  ...DriverRun,
  state: ExecutorStateName,
  exitCode: Type.Union([Int, Type.Null()]),
  message: Type.Union([Text(65_536), Type.Null()]),
  hint: ProcessHint,
})
export type DriverStateReport = Static<typeof DriverStateReport>

/** worker → master: the worker has ended its executors and stops; it is not coming back. */
export const WorkerStopping = Type.Object({
  type: Type.Literal('worker-stopping'),
  workerId: Text(255),
})

/** worker → master: it takes no new executors from now on; repeated by every later registration. */
export const WorkerDecommissioning = Type.Object({
  type: Type.Literal('worker-decommissioning'),
  workerId: Text(255),
})

export const WorkerToMaster = Type.Union([
  RegisterWorker,
  Heartbeat,
  ExecutorStateReport,
  DriverStateReport,
  WorkerDecommissioning,
  WorkerStopping,
])
export type WorkerToMaster = Static<typeof WorkerToMaster>

/** master → worker: the registration is durable. */
export const Registered = Type.Object({
  type: Type.Literal('registered'),
  clusterId: Text(255),
  epoch: Count(Number.MAX_SAFE_INTEGER),
  masterUrl: Text(2048),
  masterWebUiUrl: Text(2048),
  heartbeatIntervalMs: Count(MAX_INT),
  /** True when the master had declared this worker lost: whatever it does not order kept must end. */
  wasLost: Type.Boolean(),
  /** Executors among `held` that the master still counts; the worker ends every other one. */
  keep: Type.Array(Type.Object({ applicationId: Text(255), executor: Count(MAX_INT) })),
  /** The same for drivers. */
  keepDrivers: Type.Array(Type.Object(DriverRun)),
  /**
   * How long after a heartbeat that was acknowledged was sent supervised drivers may live on without another
   * one: then this worker's launcher ends them, because they may be started elsewhere.
   */
  leaseMs: Count(MAX_INT),
})
export type Registered = Static<typeof Registered>

export const RegistrationRefused = Type.Object({
  type: Type.Literal('registration-refused'),
  reason: Text(4096),
})
/** master → worker: this master does not lead; `leader` is the leader's `host:port` when known. */
export const MasterInStandby = Type.Object({
  type: Type.Literal('standby'),
  leader: Type.Union([Text(300), Type.Null()]),
})
export const HeartbeatAck = Type.Object({
  type: Type.Literal('heartbeat-ack'),
  epoch: Count(Number.MAX_SAFE_INTEGER),
})
/** master → worker: a heartbeat came from a worker that is not registered here; register again. */
export const Reregister = Type.Object({ type: Type.Literal('reregister') })
/** master → worker: the report of an executor's or a driver's state was counted. */
export const ReportAck = Type.Object({
  type: Type.Literal('report-ack'),
  sequence: Count(Number.MAX_SAFE_INTEGER),
})

const Strings = Type.Array(Text(1_048_576), { maxItems: 100_000 })
/** What to run, as Spark's `Command` says it; the worker's Spark door makes a command line of it. */
export const SparkCommand = Type.Object({
  mainClass: Text(65_536),
  arguments: Strings,
  environment: Type.Record(Type.String(), Text(1_048_576)),
  classPathEntries: Strings,
  libraryPathEntries: Strings,
  javaOptions: Strings,
})
export type SparkCommand = Static<typeof SparkCommand>

/** The part of a launch that the pool does not interpret. */
export const SparkExecutorPayload = Type.Object({
  kind: Type.Literal('spark-executor'),
  applicationName: Type.String(),
  user: Type.String(),
  /** The application's core limit as Spark's worker JSON shows it; null when it has none. */
  maxCores: Type.Union([Int, Type.Null()]),
  resourceProfileId: Int,
  command: SparkCommand,
})
export type SparkExecutorPayload = Static<typeof SparkExecutorPayload>

export const LaunchExecutor = Type.Object({
  type: Type.Literal('launch-executor'),
  epoch: Count(Number.MAX_SAFE_INTEGER),
  applicationId: Text(255),
  executor: Count(MAX_INT),
  cores: Count(1_000_000),
  memoryMb: Count(MAX_INT),
  /** The addresses that this executor may use. */
  custom: ResourceAddresses,
  payload: SparkExecutorPayload,
})
export type LaunchExecutor = Static<typeof LaunchExecutor>

export const KillExecutor = Type.Object({
  type: Type.Literal('kill-executor'),
  epoch: Count(Number.MAX_SAFE_INTEGER),
  applicationId: Text(255),
  executor: Count(MAX_INT),
})
/** A driver as Spark's submission describes it; the worker's Spark door makes a command line of it. */
export const SparkDriverPayload = Type.Object({
  kind: Type.Literal('spark-driver'),
  /** Where the jar or Python file is fetched from; an empty text for nothing to fetch. */
  jarUrl: Text(65_536),
  command: SparkCommand,
})
export type SparkDriverPayload = Static<typeof SparkDriverPayload>

export const LaunchDriver = Type.Object({
  type: Type.Literal('launch-driver'),
  epoch: Count(Number.MAX_SAFE_INTEGER),
  ...DriverRun,
  cores: Count(1_000_000),
  memoryMb: Count(MAX_INT),
  custom: ResourceAddresses,
  /** It may be started elsewhere when this worker is cut off: it lives only while the lease does. */
  supervised: Type.Boolean(),
  payload: SparkDriverPayload,
})
export type LaunchDriver = Static<typeof LaunchDriver>

export const KillDriver = Type.Object({
  type: Type.Literal('kill-driver'),
  epoch: Count(Number.MAX_SAFE_INTEGER),
  ...DriverRun,
})

/** master → worker: the application is over; remove its scratch directories once its last executor is gone. */
export const ApplicationFinished = Type.Object({
  type: Type.Literal('application-finished'),
  epoch: Count(Number.MAX_SAFE_INTEGER),
  applicationId: Text(255),
})

/** master → worker: take no new executors; answered by `worker-decommissioning`. */
export const Decommission = Type.Object({
  type: Type.Literal('decommission'),
  epoch: Count(Number.MAX_SAFE_INTEGER),
})

export const MasterToWorker = Type.Union([
  Registered,
  RegistrationRefused,
  MasterInStandby,
  HeartbeatAck,
  Reregister,
  ReportAck,
  LaunchExecutor,
  KillExecutor,
  LaunchDriver,
  KillDriver,
  ApplicationFinished,
  Decommission,
])
export type MasterToWorker = Static<typeof MasterToWorker>
