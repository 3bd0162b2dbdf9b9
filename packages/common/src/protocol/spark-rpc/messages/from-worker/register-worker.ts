import { javaObject } from '../../../java-serialization/build.ts'
import { integerField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import {
  addressField,
  assertCanEcho,
  echoAddress,
  endpointRefField,
  type EndpointRef,
} from '../../endpoint-ref.ts'
import type { RpcAddress } from '../../envelope.ts'
import type { ScalaLine } from '../../scala-profile.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'
import {
  describeAddressesOfResources,
  resourceAddressesField,
  type ResourceAddresses,
} from '../resource-addresses.ts'

/**
 * Worker → `Master`, one-way; sent to every master that it knows, and again until one has answered with
 * RegisteredWorker.
 */
export interface RegisterWorker {
  readonly type: 'RegisterWorker'
  readonly id: string
  readonly host: string
  readonly port: number
  /** Always has an address; references of ours can be made from it. */
  readonly worker: EndpointRef
  readonly cores: number
  /** MiB. */
  readonly memory: number
  readonly workerWebUiUrl: string
  /** The address that the worker dialled; the answer has to repeat it. */
  readonly masterAddress: RpcAddress
  readonly resources: ResourceAddresses
  readonly line: ScalaLine
}

// case class RegisterWorker(id: String, host: String, port: Int, worker: RpcEndpointRef, cores: Int,
//   memory: Int, workerWebUiUrl: String, masterAddress: RpcAddress,
//   resources: Map[String, ResourceInformation] = Map.empty), in DeployMessages, 3.5.9–4.3.0
export const registerWorker: MessageCodec<RegisterWorker> = {
  type: 'RegisterWorker',
  className: deployMessage('RegisterWorker'),
  decode(object, { line, budget }) {
    const worker = endpointRefField(object, 'worker')
    assertCanEcho(worker)
    return {
      type: 'RegisterWorker',
      id: textField(object, 'id'),
      host: textField(object, 'host'),
      port: integerField(object, 'port'),
      worker,
      cores: integerField(object, 'cores'),
      memory: integerField(object, 'memory'),
      workerWebUiUrl: textField(object, 'workerWebUiUrl'),
      masterAddress: addressField(object, 'masterAddress'),
      resources: resourceAddressesField(object, 'resources', budget),
      line,
    }
  },
  encode: (message, classes) =>
    javaObject(classes.descriptor(registerWorker.className), {
      id: javaString(message.id),
      host: javaString(message.host),
      port: message.port,
      worker: message.worker.graph,
      cores: message.cores,
      memory: message.memory,
      workerWebUiUrl: javaString(message.workerWebUiUrl),
      masterAddress: echoAddress(message.worker, message.masterAddress),
      resources: describeAddressesOfResources(classes, message.resources),
    }),
}
