import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { listOfTexts, textSequenceField } from '../../scala-values/sequences.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Driver → `Master`, ask, answered by a Boolean. */
export interface KillExecutors {
  readonly type: 'KillExecutors'
  readonly appId: string
  /** Numbers as text; Spark ignores those that are none. */
  readonly executorIds: readonly string[]
}

// case class KillExecutors(appId: String, executorIds: Seq[String]), in DeployMessages, 3.5.9–4.3.0
export const killExecutors: MessageCodec<KillExecutors> = {
  type: 'KillExecutors',
  className: deployMessage('KillExecutors'),
  decode: (object, { budget }) => ({
    type: 'KillExecutors',
    appId: textField(object, 'appId'),
    executorIds: textSequenceField(object, 'executorIds', budget),
  }),
  encode: ({ appId, executorIds }, classes) =>
    javaObject(classes.descriptor(killExecutors.className), {
      appId: javaString(appId),
      executorIds: listOfTexts(classes, executorIds),
    }),
}
