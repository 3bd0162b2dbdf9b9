import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → every `Worker`, one-way: scratch directories of the application can go. */
export interface ApplicationFinished {
  readonly type: 'ApplicationFinished'
  readonly id: string
}

// case class ApplicationFinished(id: String), in DeployMessages, 3.5.9–4.3.0
export const applicationFinished: MessageCodec<ApplicationFinished> = {
  type: 'ApplicationFinished',
  className: deployMessage('ApplicationFinished'),
  decode: (object) => ({ type: 'ApplicationFinished', id: textField(object, 'id') }),
  encode: ({ id }, classes) =>
    javaObject(classes.descriptor(applicationFinished.className), { id: javaString(id) }),
}
