// Messages between Hearth's workers and masters, one of each kind and more of the long ones.
import type { MasterToWorker, WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'

const HELD = {
  applicationId: 'app-20260101000000-0000',
  executor: 1,
  cores: 2,
  memoryMb: 1024,
} as const

export const TO_MASTER: readonly WorkerToMaster[] = [
  {
    type: 'register-worker',
    version: 3,
    workerId: 'worker-20260101000000-10.0.0.1-7079',
    host: '10.0.0.1',
    port: 7079,
    webUiUrl: 'http://10.0.0.1:8081',
    cores: 16,
    memoryMb: 65_536,
    custom: { gpu: ['0', '1', 'GPU-ec6d'], fpga: ['f'] },
    masterAddress: '[::1]:7077',
    held: [
      { ...HELD, state: 'running', custom: { gpu: ['0'] } },
      { ...HELD, executor: 2_147_483_647, state: 'lost' },
    ],
    heldDrivers: [{ driverId: 'driver-1', attempt: 2, cores: 1, memoryMb: 512, state: 'running' }],
    driverGraceMs: 10_000,
    decommissioning: false,
  },
  { type: 'heartbeat', workerId: 'worker-1' },
  {
    type: 'executor-state',
    sequence: 9,
    applicationId: 'app-20260101000000-0000',
    executor: 0,
    state: 'failed',
    exitCode: 137,
    message: 'Error: Could not find or load main class – x\n\tat a.b(C.java:1)',
  },
  {
    type: 'executor-state',
    sequence: 0,
    applicationId: 'app-1',
    executor: 0,
    state: 'launching',
    exitCode: null,
    message: null,
  },
  {
    ...{ type: 'driver-state', sequence: 4, driverId: 'driver-1', attempt: 1, state: 'exited' },
    ...{ exitCode: 1, message: 'Command exited with code 1' },
  },
  { type: 'worker-stopping', workerId: 'worker-1' },
  { type: 'worker-decommissioning', workerId: 'worker-1' },
]

export const TO_WORKER: readonly MasterToWorker[] = [
  {
    type: 'registered',
    clusterId: 'cluster-1',
    epoch: 3,
    masterUrl: 'spark://10.0.0.9:7077',
    masterWebUiUrl: 'http://10.0.0.9:8080',
    heartbeatIntervalMs: 15_000,
    wasLost: true,
    keep: [
      { applicationId: 'app-1', executor: 0 },
      { applicationId: 'app-2', executor: 1 },
    ],
    keepDrivers: [{ driverId: 'driver-1', attempt: 2 }],
    leaseMs: 60_000,
  },
  { type: 'registration-refused', reason: 'the version is wrong' },
  { type: 'standby', leader: '10.0.0.8:7077' },
  { type: 'standby', leader: null },
  { type: 'heartbeat-ack', epoch: 3 },
  { type: 'reregister' },
  { type: 'report-ack', sequence: 9 },
  {
    type: 'launch-executor',
    epoch: 3,
    applicationId: 'app-20260101000000-0000',
    executor: 4,
    cores: 2,
    memoryMb: 1024,
    custom: { gpu: ['1'] },
    payload: {
      kind: 'spark-executor',
      applicationName: 'PythonPi',
      user: 'spark',
      maxCores: null,
      resourceProfileId: 0,
      command: {
        mainClass: 'org.apache.spark.executor.CoarseGrainedExecutorBackend',
        arguments: [
          '--driver-url',
          'spark://CoarseGrainedScheduler@10.0.0.2:4040',
          '--cores',
          '{{CORES}}',
        ],
        environment: { SPARK_USER: 'spark', PATH: '/bin' },
        classPathEntries: ['/opt/a.jar'],
        libraryPathEntries: [],
        javaOptions: ['-Dspark.driver.port=4040', '--add-opens=java.base/java.lang=ALL-UNNAMED'],
      },
    },
  },
  {
    ...{ type: 'launch-driver', epoch: 3, driverId: 'driver-20260101000000-0000', attempt: 1 },
    ...{ cores: 1, memoryMb: 1024, custom: { gpu: ['0'] }, supervised: true },
    payload: {
      kind: 'spark-driver',
      jarUrl: 'http://10.0.0.2/app.jar',
      command: {
        mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
        arguments: ['{{WORKER_URL}}', '{{USER_JAR}}', 'Main', '10'],
        environment: { SPARK_USER: 'spark' },
        ...{ classPathEntries: [], libraryPathEntries: [], javaOptions: ['-Dspark.app.name=a'] },
      },
    },
  },
  { type: 'kill-driver', epoch: 3, driverId: 'driver-1', attempt: 1 },
  { type: 'kill-executor', epoch: 3, applicationId: 'app-1', executor: 4 },
  { type: 'application-finished', epoch: 3, applicationId: 'app-1' },
  { type: 'decommission', epoch: 3 },
]
