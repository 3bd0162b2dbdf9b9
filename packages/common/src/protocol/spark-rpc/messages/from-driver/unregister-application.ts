import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Driver → `Master`, one-way: the application ended normally. */
export interface UnregisterApplication {
  readonly type: 'UnregisterApplication'
  readonly appId: string
}

// case class UnregisterApplication(appId: String), in DeployMessages, 3.5.9–4.3.0
export const unregisterApplication: MessageCodec<UnregisterApplication> = {
  type: 'UnregisterApplication',
  className: deployMessage('UnregisterApplication'),
  decode: (object) => ({ type: 'UnregisterApplication', appId: textField(object, 'appId') }),
  encode: ({ appId }, classes) =>
    javaObject(classes.descriptor(unregisterApplication.className), { appId: javaString(appId) }),
}
