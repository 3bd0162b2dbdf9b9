import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `Worker`, one-way: a heartbeat came from a worker that is not registered here any more. */
export interface ReconnectWorker {
  readonly type: 'ReconnectWorker'
  readonly masterUrl: string
}

// case class ReconnectWorker(masterUrl: String), in DeployMessages, 3.5.9–4.3.0
export const reconnectWorker: MessageCodec<ReconnectWorker> = {
  type: 'ReconnectWorker',
  className: deployMessage('ReconnectWorker'),
  decode: (object) => ({ type: 'ReconnectWorker', masterUrl: textField(object, 'masterUrl') }),
  encode: ({ masterUrl }, classes) =>
    javaObject(classes.descriptor(reconnectWorker.className), { masterUrl: javaString(masterUrl) }),
}
