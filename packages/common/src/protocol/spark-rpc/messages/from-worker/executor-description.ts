// An executor that a worker holds, as it tells a master. Not a message itself.
import { javaObject } from '../../../java-serialization/build.ts'
import { integerField, textField } from '../../../java-serialization/fields.ts'
import { javaString, type JavaObject } from '../../../java-serialization/tree.ts'
import { ProtocolError } from '../../../protocol-error.ts'
import type { ClassTable } from '../../class-table.ts'
import { enumerationField, enumerationValue } from '../../scala-values/enumeration.ts'
import { EXECUTOR_STATE, type SparkExecutorState } from '../executor-state.ts'

export interface SparkExecutorDescription {
  readonly appId: string
  readonly execId: number
  /** Id of its resource profile. */
  readonly rpId: number
  readonly cores: number
  readonly memoryMb: number
  readonly state: SparkExecutorState
}

// class ExecutorDescription(val appId: String, val execId: Int, val rpId: Int, val cores: Int,
//   val memoryMb: Int, val state: ExecutorState.Value), org.apache.spark.deploy, 3.5.9–4.3.0
const CLASS = 'org.apache.spark.deploy.ExecutorDescription'

export function readExecutorDescription(object: JavaObject): SparkExecutorDescription {
  if (object.descriptor.name !== CLASS) {
    throw new ProtocolError(`an executor is described by ${object.descriptor.name}, not ${CLASS}`)
  }
  return {
    appId: textField(object, 'appId'),
    execId: integerField(object, 'execId'),
    rpId: integerField(object, 'rpId'),
    cores: integerField(object, 'cores'),
    memoryMb: integerField(object, 'memoryMb'),
    state: enumerationField(object, 'state', EXECUTOR_STATE),
  }
}

export function describeExecutor(
  classes: ClassTable,
  { appId, execId, rpId, cores, memoryMb, state }: SparkExecutorDescription,
): JavaObject {
  return javaObject(classes.descriptor(CLASS), {
    appId: javaString(appId),
    execId,
    rpId,
    cores,
    memoryMb,
    state: enumerationValue(classes, EXECUTOR_STATE, state),
  })
}
