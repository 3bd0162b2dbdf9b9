import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { endpointRefField, type EndpointRef } from '../../endpoint-ref.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Worker → `Master`, one-way: at once after its registration, then every quarter of `spark.worker.timeout`. */
export interface Heartbeat {
  readonly type: 'Heartbeat'
  readonly workerId: string
  readonly worker: EndpointRef
}

// case class Heartbeat(workerId: String, worker: RpcEndpointRef), in DeployMessages, 3.5.9–4.3.0
export const heartbeat: MessageCodec<Heartbeat> = {
  type: 'Heartbeat',
  className: deployMessage('Heartbeat'),
  decode: (object) => ({
    type: 'Heartbeat',
    workerId: textField(object, 'workerId'),
    worker: endpointRefField(object, 'worker'),
  }),
  encode: ({ workerId, worker }, classes) =>
    javaObject(classes.descriptor(heartbeat.className), {
      workerId: javaString(workerId),
      worker: worker.graph,
    }),
}
