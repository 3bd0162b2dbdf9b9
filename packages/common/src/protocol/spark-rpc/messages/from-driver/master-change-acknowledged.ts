import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Driver → `Master`, one-way: the driver's answer to MasterChanged. */
export interface MasterChangeAcknowledged {
  readonly type: 'MasterChangeAcknowledged'
  readonly appId: string
}

// case class MasterChangeAcknowledged(appId: String), in DeployMessages, 3.5.9–4.3.0
export const masterChangeAcknowledged: MessageCodec<MasterChangeAcknowledged> = {
  type: 'MasterChangeAcknowledged',
  className: deployMessage('MasterChangeAcknowledged'),
  decode: (object) => ({ type: 'MasterChangeAcknowledged', appId: textField(object, 'appId') }),
  encode: ({ appId }, classes) =>
    javaObject(classes.descriptor(masterChangeAcknowledged.className), {
      appId: javaString(appId),
    }),
}
