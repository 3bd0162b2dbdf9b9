import { javaObject } from '../../../java-serialization/build.ts'
import { textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import {
  listOf,
  listOfTexts,
  objectSequenceField,
  textSequenceField,
} from '../../scala-values/sequences.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'
import {
  describeExecutor,
  readExecutorDescription,
  type SparkExecutorDescription,
} from './executor-description.ts'

/**
 * Worker → `Master`, one-way, at once after RegisteredWorker: what it holds. A master orders the end of
 * what it does not know, with a KillExecutor or KillDriver each.
 */
export interface WorkerLatestState {
  readonly type: 'WorkerLatestState'
  readonly id: string
  readonly executors: readonly SparkExecutorDescription[]
  readonly driverIds: readonly string[]
}

// case class WorkerLatestState(id: String, executors: Seq[ExecutorDescription],
//   driverIds: Seq[String]), in DeployMessages, 3.5.9–4.3.0
export const workerLatestState: MessageCodec<WorkerLatestState> = {
  type: 'WorkerLatestState',
  className: deployMessage('WorkerLatestState'),
  decode: (object, { budget }) => ({
    type: 'WorkerLatestState',
    id: textField(object, 'id'),
    executors: objectSequenceField(object, 'executors', budget).map(readExecutorDescription),
    driverIds: textSequenceField(object, 'driverIds', budget),
  }),
  encode: ({ id, executors, driverIds }, classes) =>
    javaObject(classes.descriptor(workerLatestState.className), {
      id: javaString(id),
      executors: listOf(
        classes,
        executors.map((executor) => describeExecutor(classes, executor)),
      ),
      driverIds: listOfTexts(classes, driverIds),
    }),
}
