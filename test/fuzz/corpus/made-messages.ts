// Messages of Spark whose collections are full, as no recording has them: every kind of map and sequence
// is met in one of them, in the forms of both Scala lines.
import { classTableOf } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import { describeEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import { describeApplication } from '@hearth/common/protocol/spark-rpc/messages/application-description.ts'
import { describeDriver } from '@hearth/common/protocol/spark-rpc/messages/driver-description.ts'
import type { SparkResourceProfile } from '@hearth/common/protocol/spark-rpc/messages/resource-profile.ts'
import {
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { ScalaLine } from '@hearth/common/protocol/spark-rpc/scala-profile.ts'

const APPLICATION = 'app-20260101000000-0000'
const TEXTS = ['-Xmx1g', '{{CORES}}', 'ümlaut', '']

function profile(id: number): SparkResourceProfile {
  const request = { amount: 2, discoveryScript: '/opt/find.sh', vendor: 'nvidia' }
  return {
    id,
    executorResources: { cores: request, memory: { ...request, amount: 1024 }, gpu: request },
    taskResources: { cpus: { amount: 1 }, gpu: { amount: 0.25 } },
  }
}

function messagesOf(line: ScalaLine): SparkMessage[] {
  const classes = classTableOf(line)
  const driver = describeEndpointRef(classes, 'AppClient', { host: 'd1', port: 4040 })
  const worker = describeEndpointRef(classes, 'Worker', { host: 'w1', port: 7078 })
  const description = describeApplication(classes, {
    ...{ name: 'PythonPi', user: 'spark', maxCores: 8, initialExecutorLimit: 2 },
    ...{ appUiUrl: 'http://d1:4040', eventLogDir: 'file:/tmp/e', eventLogCodec: 'zstd' },
    command: {
      mainClass: 'org.apache.spark.executor.CoarseGrainedExecutorBackend',
      arguments: TEXTS,
      environment: { SPARK_USER: 'spark', PATH: '/bin', EMPTY: '' },
      classPathEntries: TEXTS,
      libraryPathEntries: TEXTS,
      javaOptions: TEXTS,
    },
    defaultProfile: profile(0),
  })
  const driverDescription = describeDriver(classes, {
    ...{ jarUrl: 'file:/a.jar', mem: 512, cores: 1, supervise: true },
    command: {
      mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
      arguments: ['{{WORKER_URL}}', '{{USER_JAR}}', ...TEXTS],
      environment: { SPARK_USER: 'spark', PATH: '/bin', EMPTY: '' },
      classPathEntries: TEXTS,
      libraryPathEntries: TEXTS,
      javaOptions: TEXTS,
    },
    resourceReqs: [
      { resourceName: 'gpu', amount: 2, numParts: 1 },
      { resourceName: 'fpga', amount: 1, numParts: 1 },
    ],
  })
  const driverId = 'driver-20260101000000-0000'
  const resources = { gpu: ['0', '1'], fpga: ['f'] }
  const executor = {
    ...{ appId: APPLICATION, execId: 1, rpId: 0, cores: 2, memoryMb: 1024 },
    state: 'RUNNING' as const,
  }
  const id = 'worker-20260101000000-10.0.0.1-7079'
  const targets = [0, 1, 2].map((at) => ({ resourceProfileId: at, profile: profile(at), total: 4 }))
  return [
    { type: 'RegisterApplication', description, driver, line },
    { type: 'RequestExecutors', appId: APPLICATION, targets },
    { type: 'KillExecutors', appId: APPLICATION, executorIds: ['0', '1', 'x'] },
    {
      ...{ type: 'RegisterWorker', id, host: 'w1', port: 7078, worker, cores: 8, memory: 1024 },
      ...{ workerWebUiUrl: 'http://w1:8081', masterAddress: { host: 'm1', port: 7077 } },
      ...{ resources, line },
    },
    { type: 'WorkerLatestState', id, executors: [executor, executor], driverIds: ['driver-1'] },
    {
      ...{ type: 'WorkerSchedulerStateResponse', id },
      executors: [{ description: executor, resources }],
      drivers: [{ driverId: 'driver-1', resources }],
    },
    {
      ...{ type: 'LaunchExecutor', masterUrl: 'spark://m1:7077', appId: APPLICATION },
      ...{ execId: 1, rpId: 0, description, cores: 2, memory: 1024, resources },
    },
    { type: 'RequestSubmitDriver', description: driverDescription, line },
    { type: 'LaunchDriver', driverId, description: driverDescription, resources },
    { type: 'DriverStateChanged', driverId, state: 'ERROR', exception: 'no jar' },
    {
      ...{ type: 'DriverStatusResponse', found: true, state: 'ERROR', exception: 'no jar' },
      ...{ workerId: id, workerHostPort: 'w1:7078' },
    },
    {
      ...{ type: 'SubmitDriverResponse', master: null, success: true, driverId },
      message: `Driver successfully submitted as ${driverId}`,
    },
    { type: 'KillDriverResponse', master: worker, driverId, success: false, message: '' },
  ]
}

/** Their Java streams. */
export function madeMessages(): Uint8Array[] {
  return (['2.12', '2.13'] as const).flatMap((line) =>
    messagesOf(line).map((message) => encodeSparkMessage(message, line)),
  )
}
