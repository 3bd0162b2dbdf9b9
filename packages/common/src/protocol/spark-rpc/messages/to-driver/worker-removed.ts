import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `AppClient`, one-way: the driver drops the shuffle output of that host. */
export interface WorkerRemoved {
  readonly type: 'WorkerRemoved'
  readonly id: string
  readonly host: string
  readonly message: string
}

// case class WorkerRemoved(id: String, host: String, message: String), in DeployMessages, 3.5.9–4.3.0
export const workerRemoved: MessageCodec<WorkerRemoved> = {
  type: 'WorkerRemoved',
  className: deployMessage('WorkerRemoved'),
  decode: (object) => ({
    type: 'WorkerRemoved',
    id: textField(object, 'id'),
    host: textField(object, 'host'),
    message: textField(object, 'message'),
  }),
  encode: ({ id, host, message }, classes) =>
    javaObject(classes.descriptor(workerRemoved.className), {
      id: javaString(id),
      host: javaString(host),
      message: javaString(message),
    }),
}
