import { javaObject } from '../../../java-serialization/build.ts'
import { objectField, textField } from '../../../java-serialization/fields.ts'
import { javaString, type JavaObject } from '../../../java-serialization/tree.ts'
import { ProtocolError } from '../../../protocol-error.ts'
import { listOf, objectSequenceField } from '../../scala-values/sequences.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'
import {
  describeAddressesOfResources,
  resourceAddressesField,
  type ResourceAddresses,
} from '../resource-addresses.ts'
import {
  describeExecutor,
  readExecutorDescription,
  type SparkExecutorDescription,
} from './executor-description.ts'

export interface HeldSparkExecutor {
  readonly description: SparkExecutorDescription
  /** What it got of the worker's custom resources. */
  readonly resources: ResourceAddresses
}

export interface HeldSparkDriver {
  readonly driverId: string
  readonly resources: ResourceAddresses
}

/** Worker → `Master`, one-way: its answer to MasterChanged, from which a new leader learns what runs. */
export interface WorkerSchedulerStateResponse {
  readonly type: 'WorkerSchedulerStateResponse'
  readonly id: string
  readonly executors: readonly HeldSparkExecutor[]
  readonly drivers: readonly HeldSparkDriver[]
}

// case class WorkerExecutorStateResponse(desc: ExecutorDescription,
//   resources: Map[String, ResourceInformation])
// case class WorkerDriverStateResponse(driverId: String, resources: Map[String, ResourceInformation])
// case class WorkerSchedulerStateResponse(id: String,
//   execResponses: List[WorkerExecutorStateResponse],
//   driverResponses: Seq[WorkerDriverStateResponse]), in DeployMessages, 3.5.9–4.3.0
const EXECUTOR = deployMessage('WorkerExecutorStateResponse')
const DRIVER = deployMessage('WorkerDriverStateResponse')

export const workerSchedulerStateResponse: MessageCodec<WorkerSchedulerStateResponse> = {
  type: 'WorkerSchedulerStateResponse',
  className: deployMessage('WorkerSchedulerStateResponse'),
  decode: (object, { budget }) => ({
    type: 'WorkerSchedulerStateResponse',
    id: textField(object, 'id'),
    executors: objectSequenceField(object, 'execResponses', budget).map((held) => ({
      description: readExecutorDescription(objectField(checked(held, EXECUTOR), 'desc')),
      resources: resourceAddressesField(held, 'resources', budget),
    })),
    drivers: objectSequenceField(object, 'driverResponses', budget).map((held) => ({
      driverId: textField(checked(held, DRIVER), 'driverId'),
      resources: resourceAddressesField(held, 'resources', budget),
    })),
  }),
  encode: ({ id, executors, drivers }, classes) =>
    javaObject(classes.descriptor(workerSchedulerStateResponse.className), {
      id: javaString(id),
      execResponses: listOf(
        classes,
        executors.map(({ description, resources }) =>
          javaObject(classes.descriptor(EXECUTOR), {
            desc: describeExecutor(classes, description),
            resources: describeAddressesOfResources(classes, resources),
          }),
        ),
      ),
      driverResponses: listOf(
        classes,
        drivers.map(({ driverId, resources }) =>
          javaObject(classes.descriptor(DRIVER), {
            driverId: javaString(driverId),
            resources: describeAddressesOfResources(classes, resources),
          }),
        ),
      ),
    }),
}

function checked(held: JavaObject, className: string): JavaObject {
  if (held.descriptor.name === className) return held
  throw new ProtocolError(`what a worker holds is a ${held.descriptor.name}, not ${className}`)
}
