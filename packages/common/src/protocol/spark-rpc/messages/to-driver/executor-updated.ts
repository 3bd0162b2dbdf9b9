import { javaObject } from '../../../java-serialization/build.ts'
import { integerField } from '../../../java-serialization/fields.ts'
import { enumerationField, enumerationValue } from '../../scala-values/enumeration.ts'
import {
  optionalIntegerField,
  optionalTextField,
  optionOfInteger,
  optionOfText,
} from '../../scala-values/option.ts'
import { EXECUTOR_STATE, type SparkExecutorState } from '../executor-state.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `AppClient`, one-way. A final state makes the driver give the executor up. */
export interface ExecutorUpdated {
  readonly type: 'ExecutorUpdated'
  readonly id: number
  readonly state: SparkExecutorState
  readonly message: string | null
  /** With a status the end counts against the application; null says that the process was lost. */
  readonly exitStatus: number | null
  /** Set when the whole host is gone, so that the driver drops its shuffle output. */
  readonly workerHost: string | null
}

// case class ExecutorUpdated(id: Int, state: ExecutorState, message: Option[String],
//   exitStatus: Option[Int], workerHost: Option[String]), in DeployMessages, 3.5.9–4.3.0
export const executorUpdated: MessageCodec<ExecutorUpdated> = {
  type: 'ExecutorUpdated',
  className: deployMessage('ExecutorUpdated'),
  decode: (object) => ({
    type: 'ExecutorUpdated',
    id: integerField(object, 'id'),
    state: enumerationField(object, 'state', EXECUTOR_STATE),
    message: optionalTextField(object, 'message'),
    exitStatus: optionalIntegerField(object, 'exitStatus'),
    workerHost: optionalTextField(object, 'workerHost'),
  }),
  encode: ({ id, state, message, exitStatus, workerHost }, classes) =>
    javaObject(classes.descriptor(executorUpdated.className), {
      id,
      state: enumerationValue(classes, EXECUTOR_STATE, state),
      message: optionOfText(classes, message),
      exitStatus: optionOfInteger(classes, exitStatus),
      workerHost: optionOfText(classes, workerHost),
    }),
}
