import { javaObject } from '../../../java-serialization/build.ts'
import { booleanField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import {
  addressField,
  echoAddress,
  endpointRefField,
  type EndpointRef,
} from '../../endpoint-ref.ts'
import type { RpcAddress } from '../../envelope.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `Worker`, one-way. */
export interface RegisteredWorker {
  readonly type: 'RegisteredWorker'
  /** Needs an address; later orders name it as `spark://HOST:PORT`, or the worker ignores them. */
  readonly master: EndpointRef
  readonly masterWebUiUrl: string
  /** The address that the worker dialled, from its RegisterWorker (SPARK-20529). */
  readonly masterAddress: RpcAddress
  /** True when this worker was registered already. */
  readonly duplicate: boolean
}

// case class RegisteredWorker(master: RpcEndpointRef, masterWebUiUrl: String,
//   masterAddress: RpcAddress, duplicate: Boolean), in DeployMessages, 3.5.9–4.3.0
export const registeredWorker: MessageCodec<RegisteredWorker> = {
  type: 'RegisteredWorker',
  className: deployMessage('RegisteredWorker'),
  decode: (object) => ({
    type: 'RegisteredWorker',
    master: endpointRefField(object, 'master'),
    masterWebUiUrl: textField(object, 'masterWebUiUrl'),
    masterAddress: addressField(object, 'masterAddress'),
    duplicate: booleanField(object, 'duplicate'),
  }),
  encode: ({ master, masterWebUiUrl, masterAddress, duplicate }, classes) =>
    javaObject(classes.descriptor(registeredWorker.className), {
      master: master.graph,
      masterWebUiUrl: javaString(masterWebUiUrl),
      masterAddress: echoAddress(master, masterAddress),
      duplicate,
    }),
}
