import { javaObject } from '../../../java-serialization/build.ts'
import { integerField, textField } from '../../../java-serialization/fields.ts'
import { javaString } from '../../../java-serialization/tree.ts'
import { deployMessage, type MessageCodec } from '../message-codec.ts'

/** Master → `AppClient`, one-way: an executor was ordered. Drivers only log it. */
export interface ExecutorAdded {
  readonly type: 'ExecutorAdded'
  readonly id: number
  readonly workerId: string
  readonly hostPort: string
  readonly cores: number
  /** MiB. */
  readonly memory: number
}

// case class ExecutorAdded(id: Int, workerId: String, hostPort: String, cores: Int, memory: Int)
// in DeployMessages, 3.5.9–4.3.0
export const executorAdded: MessageCodec<ExecutorAdded> = {
  type: 'ExecutorAdded',
  className: deployMessage('ExecutorAdded'),
  decode: (object) => ({
    type: 'ExecutorAdded',
    id: integerField(object, 'id'),
    workerId: textField(object, 'workerId'),
    hostPort: textField(object, 'hostPort'),
    cores: integerField(object, 'cores'),
    memory: integerField(object, 'memory'),
  }),
  encode: ({ id, workerId, hostPort, cores, memory }, classes) =>
    javaObject(classes.descriptor(executorAdded.className), {
      id,
      workerId: javaString(workerId),
      hostPort: javaString(hostPort),
      cores,
      memory,
    }),
}
