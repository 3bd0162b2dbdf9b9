import { javaObject } from '../../../java-serialization/build.ts'
import { integerField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { enumerationField, enumerationValue } from '../../scala-values/enumeration.ts'
import {
  optionalIntegerField,
  optionalTextField,
  optionOfInteger,
  optionOfText,
} from '../../scala-values/option.ts'
import { EXECUTOR_STATE, type SparkExecutorState } from '../executor-state.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/**
 * Worker → `Master`, ask, answered by a Boolean. Without an answer the worker repeats it
 * `spark.worker.executorStateSync.maxAttempts` times and then exits.
 */
export interface ExecutorStateChanged {
  readonly type: 'ExecutorStateChanged'
  readonly appId: string
  readonly execId: number
  readonly state: SparkExecutorState
  readonly message: string | null
  readonly exitStatus: number | null
}

// case class ExecutorStateChanged(appId: String, execId: Int, state: ExecutorState,
//   message: Option[String], exitStatus: Option[Int]), in DeployMessages, 3.5.9–4.3.0
export const executorStateChanged: MessageCodec<ExecutorStateChanged> = {
  type: 'ExecutorStateChanged',
  className: deployMessage('ExecutorStateChanged'),
  decode: (object) => ({
    type: 'ExecutorStateChanged',
    appId: textField(object, 'appId'),
    execId: integerField(object, 'execId'),
    state: enumerationField(object, 'state', EXECUTOR_STATE),
    message: optionalTextField(object, 'message'),
    exitStatus: optionalIntegerField(object, 'exitStatus'),
  }),
  encode: ({ appId, execId, state, message, exitStatus }, classes) =>
    javaObject(classes.descriptor(executorStateChanged.className), {
      appId: javaString(appId),
      execId,
      state: enumerationValue(classes, EXECUTOR_STATE, state),
      message: optionOfText(classes, message),
      exitStatus: optionOfInteger(classes, exitStatus),
    }),
}
