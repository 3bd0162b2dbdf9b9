// What each message of Spark may be once it is decoded, independent of the codecs: what they promise in
// their types, with the ranges that Java's types have.
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import Type, { type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

const Text = Type.String()
const Int = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 })
const Long = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const closed = { additionalProperties: false }

const Address = Type.Object({ host: Text, port: Int }, closed)
const Ref = Type.Object({ name: Text, address: orNull(Address), graph: Type.Any() }, closed)
const RefWithAddress = Type.Object({ name: Text, address: Address, graph: Type.Any() }, closed)
const Line = Type.Union([Type.Literal('2.12'), Type.Literal('2.13')])
const Texts = Type.Array(Text)
const Addresses = Type.Record(Type.String(), Texts)
const State = Type.Union(
  ['LAUNCHING', 'RUNNING', 'KILLED', 'FAILED', 'LOST', 'EXITED', 'DECOMMISSIONED'].map((name) =>
    Type.Literal(name),
  ),
)

const Profile = Type.Object(
  {
    id: Int,
    executorResources: Type.Record(
      Type.String(),
      Type.Object({ amount: Long, discoveryScript: Text, vendor: Text }, closed),
    ),
    // A Double in Spark: a task may need half a GPU.
    taskResources: Type.Record(Type.String(), Type.Object({ amount: Type.Any() }, closed)),
  },
  closed,
)

const Command = Type.Object(
  {
    mainClass: Text,
    arguments: Texts,
    environment: Type.Record(Type.String(), Text),
    classPathEntries: Texts,
    libraryPathEntries: Texts,
    javaOptions: Texts,
  },
  closed,
)

const Application = Type.Object(
  {
    name: Text,
    user: Text,
    maxCores: orNull(Int),
    initialExecutorLimit: orNull(Int),
    appUiUrl: Text,
    eventLogDir: orNull(Text),
    eventLogCodec: orNull(Text),
    command: Command,
    defaultProfile: Profile,
    graph: Type.Any(),
  },
  closed,
)

const Executor = Type.Object(
  { appId: Text, execId: Int, rpId: Int, cores: Int, memoryMb: Int, state: State },
  closed,
)
const DriverState = Type.Union(
  ['SUBMITTED', 'RUNNING', 'FINISHED', 'RELAUNCHING', 'UNKNOWN', 'KILLED', 'FAILED', 'ERROR'].map(
    (name) => Type.Literal(name),
  ),
)
const Driver = Type.Object(
  {
    jarUrl: Text,
    mem: Int,
    cores: Int,
    supervise: Type.Boolean(),
    command: Command,
    resourceReqs: Type.Array(
      Type.Object({ resourceName: Text, amount: Int, numParts: Int }, closed),
    ),
    graph: Type.Any(),
  },
  closed,
)
const Target = Type.Object({ resourceProfileId: Int, profile: Profile, total: Int }, closed)
const HeldExecutor = Type.Object({ description: Executor, resources: Addresses }, closed)
const HeldDriver = Type.Object({ driverId: Text, resources: Addresses }, closed)

const FIELDS: { readonly [Name in SparkMessage['type']]: Record<string, TSchema> } = {
  CheckExistence: { name: Text, line: Line },
  RegisterApplication: { description: Application, driver: RefWithAddress, line: Line },
  UnregisterApplication: { appId: Text },
  MasterChangeAcknowledged: { appId: Text },
  RequestExecutors: { appId: Text, targets: Type.Array(Target) },
  KillExecutors: { appId: Text, executorIds: Texts },
  RegisteredApplication: { appId: Text, master: Ref },
  ExecutorAdded: { id: Int, workerId: Text, hostPort: Text, cores: Int, memory: Int },
  ExecutorUpdated: {
    id: Int,
    state: State,
    message: orNull(Text),
    exitStatus: orNull(Int),
    workerHost: orNull(Text),
  },
  ApplicationRemoved: { message: Text },
  WorkerRemoved: { id: Text, host: Text, message: Text },
  MasterChanged: { master: Ref, masterWebUiUrl: Text },
  RegisterWorker: {
    id: Text,
    host: Text,
    port: Int,
    worker: RefWithAddress,
    cores: Int,
    memory: Int,
    workerWebUiUrl: Text,
    masterAddress: Address,
    resources: Addresses,
    line: Line,
  },
  WorkerLatestState: { id: Text, executors: Type.Array(Executor), driverIds: Texts },
  Heartbeat: { workerId: Text, worker: Ref },
  ExecutorStateChanged: {
    appId: Text,
    execId: Int,
    state: State,
    message: orNull(Text),
    exitStatus: orNull(Int),
  },
  WorkerSchedulerStateResponse: {
    id: Text,
    executors: Type.Array(HeldExecutor),
    drivers: Type.Array(HeldDriver),
  },
  WorkerDecommissioning: { id: Text, workerRef: Ref },
  RegisteredWorker: {
    master: Ref,
    masterWebUiUrl: Text,
    masterAddress: Address,
    duplicate: Type.Boolean(),
  },
  RegisterWorkerFailed: { message: Text },
  MasterInStandby: {},
  ReconnectWorker: { masterUrl: Text },
  LaunchExecutor: {
    masterUrl: Text,
    appId: Text,
    execId: Int,
    rpId: Int,
    description: Application,
    cores: Int,
    memory: Int,
    resources: Addresses,
  },
  KillExecutor: { masterUrl: Text, appId: Text, execId: Int },
  ApplicationFinished: { id: Text },
  DecommissionWorker: {},
  RequestSubmitDriver: { description: Driver, line: Line },
  RequestKillDriver: { driverId: Text, line: Line },
  RequestDriverStatus: { driverId: Text, line: Line },
  SubmitDriverResponse: {
    master: orNull(Ref),
    success: Type.Boolean(),
    driverId: orNull(Text),
    message: Text,
  },
  KillDriverResponse: {
    master: orNull(Ref),
    driverId: Text,
    success: Type.Boolean(),
    message: Text,
  },
  DriverStatusResponse: {
    found: Type.Boolean(),
    state: orNull(DriverState),
    workerId: orNull(Text),
    workerHostPort: orNull(Text),
    exception: orNull(Text),
  },
  LaunchDriver: { driverId: Text, description: Driver, resources: Addresses },
  KillDriver: { driverId: Text },
  DriverStateChanged: { driverId: Text, state: DriverState, exception: orNull(Text) },
}

const VALIDATORS = new Map(
  Object.entries(FIELDS).map(([name, fields]) => [
    name,
    Compile(Type.Object({ type: Type.Literal(name), ...fields }, closed)),
  ]),
)

/** What is wrong with a decoded message; undefined when nothing is. */
export function sparkMessageProblem(message: SparkMessage): string | undefined {
  const { type } = message
  const validator = VALIDATORS.get(type)
  if (validator === undefined) return `${type} has no schema`
  const [problem] = validator.Check(message) ? [] : validator.Errors(message)
  return problem === undefined ? undefined : `${type}${problem.instancePath} ${problem.message}`
}
