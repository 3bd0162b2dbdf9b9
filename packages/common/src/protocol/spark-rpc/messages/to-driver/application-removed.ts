import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `AppClient`, one-way: the driver stops with "Master removed our application: MESSAGE". */
export interface ApplicationRemoved {
  readonly type: 'ApplicationRemoved'
  readonly message: string
}

// case class ApplicationRemoved(message: String), in DeployMessages, 3.5.9–4.3.0
export const applicationRemoved: MessageCodec<ApplicationRemoved> = {
  type: 'ApplicationRemoved',
  className: deployMessage('ApplicationRemoved'),
  decode: (object) => ({ type: 'ApplicationRemoved', message: textField(object, 'message') }),
  encode: ({ message }, classes) =>
    javaObject(classes.descriptor(applicationRemoved.className), { message: javaString(message) }),
}
