import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { endpointRefField, type EndpointRef } from '../../endpoint-ref.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `AppClient`, one-way. A driver takes every later one, too, with its id and reference. */
export interface RegisteredApplication {
  readonly type: 'RegisteredApplication'
  readonly appId: string
  /** Needs an address: that by which the driver dialled us, or it would not notice our loss. */
  readonly master: EndpointRef
}

// case class RegisteredApplication(appId: String, master: RpcEndpointRef), in DeployMessages,
// 3.5.9–4.3.0
export const registeredApplication: MessageCodec<RegisteredApplication> = {
  type: 'RegisteredApplication',
  className: deployMessage('RegisteredApplication'),
  decode: (object) => ({
    type: 'RegisteredApplication',
    appId: textField(object, 'appId'),
    master: endpointRefField(object, 'master'),
  }),
  encode: ({ appId, master }, classes) =>
    javaObject(classes.descriptor(registeredApplication.className), {
      appId: javaString(appId),
      master: master.graph,
    }),
}
