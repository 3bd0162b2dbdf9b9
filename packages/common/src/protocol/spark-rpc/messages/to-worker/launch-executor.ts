import { javaObject } from '../../../java-serialization/build.ts'
import { integerField, objectField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import {
  readApplicationDescription,
  type SparkApplicationDescription,
} from '../application-description.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'
import {
  describeAddressesOfResources,
  resourceAddressesField,
  type ResourceAddresses,
} from '../resource-addresses.ts'

/** Master → `Worker`, one-way; answered with an ExecutorStateChanged. */
export interface LaunchExecutor {
  readonly type: 'LaunchExecutor'
  /** That of the reference in RegisteredWorker or MasterChanged, or the worker ignores the order. */
  readonly masterUrl: string
  readonly appId: string
  readonly execId: number
  /** Id of the resource profile that it belongs to. */
  readonly rpId: number
  readonly description: SparkApplicationDescription
  readonly cores: number
  /** MiB. */
  readonly memory: number
  readonly resources: ResourceAddresses
}

// case class LaunchExecutor(masterUrl: String, appId: String, execId: Int, rpId: Int,
//   appDesc: ApplicationDescription, cores: Int, memory: Int,
//   resources: Map[String, ResourceInformation] = Map.empty), in DeployMessages, 3.5.9–4.3.0
export const launchExecutor: MessageCodec<LaunchExecutor> = {
  type: 'LaunchExecutor',
  className: deployMessage('LaunchExecutor'),
  decode: (object, { budget }) => ({
    type: 'LaunchExecutor',
    masterUrl: textField(object, 'masterUrl'),
    appId: textField(object, 'appId'),
    execId: integerField(object, 'execId'),
    rpId: integerField(object, 'rpId'),
    description: readApplicationDescription(objectField(object, 'appDesc'), budget),
    cores: integerField(object, 'cores'),
    memory: integerField(object, 'memory'),
    resources: resourceAddressesField(object, 'resources', budget),
  }),
  encode: (message, classes) =>
    javaObject(classes.descriptor(launchExecutor.className), {
      masterUrl: javaString(message.masterUrl),
      appId: javaString(message.appId),
      execId: message.execId,
      rpId: message.rpId,
      appDesc: message.description.graph,
      cores: message.cores,
      memory: message.memory,
      resources: describeAddressesOfResources(classes, message.resources),
    }),
}
