import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `Worker`, one-way. A worker that is not registered anywhere exits with status 1. */
export interface RegisterWorkerFailed {
  readonly type: 'RegisterWorkerFailed'
  readonly message: string
}

// case class RegisterWorkerFailed(message: String), in DeployMessages, 3.5.9–4.3.0
export const registerWorkerFailed: MessageCodec<RegisterWorkerFailed> = {
  type: 'RegisterWorkerFailed',
  className: deployMessage('RegisterWorkerFailed'),
  decode: (object) => ({ type: 'RegisterWorkerFailed', message: textField(object, 'message') }),
  encode: ({ message }, classes) =>
    javaObject(classes.descriptor(registerWorkerFailed.className), {
      message: javaString(message),
    }),
}
