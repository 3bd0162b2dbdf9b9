// The values that another decoder read in the recorded frames, in the form of ours; and the recorded
// frames with the one difference that ours always have.
import type { RecordedFrame } from '../fixtures/spark/recordings.ts'
import { isObject, objectField } from '@hearth/common/protocol/java-serialization/fields.ts'
import { decodeJavaStream } from '@hearth/common/protocol/java-serialization/reader.ts'
import type {
  JavaClassDescriptor,
  JavaObject,
  JavaValue,
} from '@hearth/common/protocol/java-serialization/tree.ts'
import { encodeJavaStream } from '@hearth/common/protocol/java-serialization/writer.ts'
import type { SparkApplicationDescription } from '@hearth/common/protocol/spark-rpc/messages/application-description.ts'
import type { SparkDriverDescription } from '@hearth/common/protocol/spark-rpc/messages/driver-description.ts'
import { DRIVER_STATE } from '@hearth/common/protocol/spark-rpc/messages/driver-state.ts'
import { EXECUTOR_STATE } from '@hearth/common/protocol/spark-rpc/messages/executor-state.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { singletonClass } from '@hearth/common/protocol/spark-rpc/scala-values/singleton.ts'

/** The message with Scala's field names in the place of ours. */
export function flattened(message: SparkMessage): object {
  switch (message.type) {
    case 'RegisterApplication':
      return { appDescription: scalaDescription(message.description), driver: message.driver }
    case 'LaunchExecutor': {
      const { description, ...order } = message
      return { ...order, appDesc: scalaDescription(description) }
    }
    case 'RequestExecutors': {
      const { appId, targets } = message
      const resourceProfileToTotalExecs = targets.map(({ profile, total }) => [profile, total])
      return { appId, resourceProfileToTotalExecs }
    }
    case 'WorkerSchedulerStateResponse': {
      const { id, executors, drivers: driverResponses } = message
      const execResponses = executors.map(({ description, resources }) => ({
        desc: description,
        resources,
      }))
      return { id, execResponses, driverResponses }
    }
    case 'RequestSubmitDriver':
      return { driverDescription: scalaDriver(message.description) }
    case 'LaunchDriver': {
      const { description, ...order } = message
      return { ...order, driverDesc: scalaDriver(description) }
    }
    default:
      return message
  }
}

function scalaDriver({ command, ...description }: SparkDriverDescription): object {
  const { javaOptions: javaOpts, ...rest } = command
  return { ...description, command: { ...rest, javaOpts } }
}

function scalaDescription({ command, ...description }: SparkApplicationDescription): object {
  const { javaOptions: javaOpts, ...rest } = command
  return { ...description, command: { ...rest, javaOpts } }
}

/** The recorded decoding with Options opened, states named, references and profiles as ours. */
export function recordedFields(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error('no fields were recorded')
  const fields = Object.entries(value).filter(([key]) => key !== '@')
  const isOfDriver = '@' in value && DRIVER_STATE_MESSAGES.test(String(value['@']))
  return Object.fromEntries(
    fields.map(([key, field]) => [
      key,
      key === 'resourceProfileToTotalExecs'
        ? requestedTotals(field)
        : plain(field, isOfDriver ? DRIVER_STATE.names : EXECUTOR_STATE.names),
    ]),
  )
}

/** The messages whose states are a driver's: the recording knows the number of a state alone. */
const DRIVER_STATE_MESSAGES = /\$(DriverStateChanged|DriverStatusResponse)$/

function plain(value: unknown, states: readonly string[] = EXECUTOR_STATE.names): unknown {
  if (Array.isArray(value)) return value.map((element) => plain(element, states))
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Record<string, unknown>
  if ('some' in fields) return plain(fields['some'], states)
  if ('enumId' in fields) return states[fields['enumId'] as number]
  switch (fields['@']) {
    case 'org.apache.spark.rpc.netty.NettyRpcEndpointRef': {
      const { name, rpcAddress } = recordedFields(fields['endpointAddress']) as Record<
        string,
        unknown
      >
      return { name, address: rpcAddress }
    }
    case 'org.apache.spark.resource.ResourceProfile': {
      const {
        _id: id,
        executorResources,
        taskResources,
      } = recordedFields(fields) as Record<string, unknown>
      return { id, executorResources, taskResources }
    }
    case 'org.apache.spark.resource.ExecutorResourceRequest':
      return {
        amount: Number(fields['amount']),
        discoveryScript: fields['discoveryScript'],
        vendor: fields['vendor'],
      }
    case 'org.apache.spark.resource.TaskResourceRequest':
      return { amount: fields['amount'] }
    // Only empty ones were recorded.
    case 'scala.collection.immutable.Vector':
      return fields['depth'] === 0 ? [] : fields
    default:
      return recordedFields(fields)
  }
}

function requestedTotals(map: unknown): unknown {
  return Object.entries(map as object).map(([profile, total]) => [
    plain(JSON.parse(profile)),
    total as unknown,
  ])
}

/** The recorded message, with the short form of the enumeration in the place of the recorded one. */
export function withShortEnumeration({ content }: RecordedFrame): Uint8Array {
  const message = decodeJavaStream(content)
  if (!isObject(message)) throw new Error('not an object')
  const shorten = (value: JavaValue): JavaValue => {
    if (!isObject(value)) return value
    if (value.descriptor.name === 'scala.Some') return mapped(value, shorten)
    if (value.descriptor.name !== 'scala.Enumeration$Val') return value
    const long = objectField(value, '$outer')
    const isProxy = long.descriptor.name === 'scala.runtime.ModuleSerializationProxy'
    const short = isProxy ? withoutClass(long) : withoutFields(long)
    return mapped(value, (inner) => (inner === long ? short : inner))
  }
  return encodeJavaStream(mapped(message, shorten))
}

function withoutFields(object: JavaObject): JavaObject {
  const strip = (descriptor: JavaClassDescriptor): JavaClassDescriptor => ({
    ...descriptor,
    fields: [],
    superclass: descriptor.superclass === null ? null : strip(descriptor.superclass),
  })
  return { ...object, descriptor: strip(object.descriptor), levels: [] }
}

function withoutClass(proxy: JavaObject): JavaObject {
  const name = singletonClass(proxy) ?? ''
  const bare = {
    kind: 'descriptor',
    name,
    uid: 0n,
    flags: 0,
    fields: [],
    superclass: null,
  } as const
  return mapped(proxy, () => ({ kind: 'class', descriptor: bare }))
}

function mapped(object: JavaObject, change: (value: JavaValue) => JavaValue): JavaObject {
  const levels = object.levels.map((level) => ({ ...level, values: level.values.map(change) }))
  return { ...object, levels }
}
