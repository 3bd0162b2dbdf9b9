import { javaObject } from '../../../java-serialization/build.ts'
import { integerField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `Worker`, one-way. */
export interface KillExecutor {
  readonly type: 'KillExecutor'
  /** That of the reference in RegisteredWorker or MasterChanged, or the worker ignores the order. */
  readonly masterUrl: string
  readonly appId: string
  readonly execId: number
}

// case class KillExecutor(masterUrl: String, appId: String, execId: Int), in DeployMessages,
// 3.5.9–4.3.0
export const killExecutor: MessageCodec<KillExecutor> = {
  type: 'KillExecutor',
  className: deployMessage('KillExecutor'),
  decode: (object) => ({
    type: 'KillExecutor',
    masterUrl: textField(object, 'masterUrl'),
    appId: textField(object, 'appId'),
    execId: integerField(object, 'execId'),
  }),
  encode: ({ masterUrl, appId, execId }, classes) =>
    javaObject(classes.descriptor(killExecutor.className), {
      masterUrl: javaString(masterUrl),
      appId: javaString(appId),
      execId,
    }),
}
