import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { endpointRefField, type EndpointRef } from '../../endpoint-ref.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** New leader → `AppClient`, one-way, over a connection that the leader dialled. */
export interface MasterChanged {
  readonly type: 'MasterChanged'
  /** Needs an address: the driver reads it. */
  readonly master: EndpointRef
  readonly masterWebUiUrl: string
}

// case class MasterChanged(master: RpcEndpointRef, masterWebUiUrl: String), in DeployMessages,
// 3.5.9–4.3.0
export const masterChanged: MessageCodec<MasterChanged> = {
  type: 'MasterChanged',
  className: deployMessage('MasterChanged'),
  decode: (object) => ({
    type: 'MasterChanged',
    master: endpointRefField(object, 'master'),
    masterWebUiUrl: textField(object, 'masterWebUiUrl'),
  }),
  encode: ({ master, masterWebUiUrl }, classes) =>
    javaObject(classes.descriptor(masterChanged.className), {
      master: master.graph,
      masterWebUiUrl: javaString(masterWebUiUrl),
    }),
}
