import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { endpointRefField, type EndpointRef } from '../../endpoint-ref.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/**
 * Worker → `Master`, one-way: it got the signal of `spark.worker.decommission.signal` and takes nothing
 * new; its executors move their blocks and go.
 */
export interface WorkerDecommissioning {
  readonly type: 'WorkerDecommissioning'
  readonly id: string
  readonly workerRef: EndpointRef
}

// case class WorkerDecommissioning(id: String, workerRef: RpcEndpointRef), in DeployMessages,
// 3.5.9–4.3.0
export const workerDecommissioning: MessageCodec<WorkerDecommissioning> = {
  type: 'WorkerDecommissioning',
  className: deployMessage('WorkerDecommissioning'),
  decode: (object) => ({
    type: 'WorkerDecommissioning',
    id: textField(object, 'id'),
    workerRef: endpointRefField(object, 'workerRef'),
  }),
  encode: ({ id, workerRef }, classes) =>
    javaObject(classes.descriptor(workerDecommissioning.className), {
      id: javaString(id),
      workerRef: workerRef.graph,
    }),
}
