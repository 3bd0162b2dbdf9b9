// Real conversations, read and written again: what Spark's drivers sent becomes what another decoder
// read in it, and what Spark's master sent them we write byte for byte.
import { describe, expect, test } from 'vitest'
import {
  readConversation,
  RELEASES,
  type ConversationName,
  type RecordedFrame,
  type Release,
} from '../../../../../../test/fixtures/spark/recordings.ts'
import { isObject, objectField } from '../../java-serialization/fields.ts'
import { decodeJavaStream } from '../../java-serialization/reader.ts'
import type { JavaClassDescriptor, JavaObject, JavaValue } from '../../java-serialization/tree.ts'
import { encodeJavaStream } from '../../java-serialization/writer.ts'
import { echoEndpointRef } from '../endpoint-ref.ts'
import type { ScalaLine } from '../scala-profile.ts'
import { decodeBooleanReply, encodeBooleanReply } from './boolean-reply.ts'
import { EXECUTOR_STATE } from './executor-state.ts'
import type { RegisterApplication } from './from-driver/register-application.ts'
import { decodeSparkMessage, encodeSparkMessage, type SparkMessage } from './spark-message.ts'

const CONVERSATIONS = ['client-mode', 'executor-worker', 'dynamic-allocation'] as const
const MASTER_TO_DRIVER = [
  'RegisteredApplication',
  'ExecutorAdded',
  'ExecutorUpdated',
  'ApplicationRemoved',
  'WorkerRemoved',
  'MasterChanged',
]

describe.each(RELEASES)('Spark %s', (release) => {
  const line: ScalaLine = release === '3.5.9' ? '2.12' : '2.13'

  describe.each(CONVERSATIONS)('%s', (conversation) => {
    test.each(requestsOf(release, conversation))(
      'frame $n, $type of $class, has the values that were recorded with it',
      (frame) => {
        const message = decodeSparkMessage(frame.content)
        expect(frame.class.endsWith(`$${message.type}`)).toBe(true)
        expect(flattened(message)).toMatchObject(recordedFields(frame.value))
        if ('line' in message) expect(message.line).toBe(line)
      },
    )

    test('every reply is a Boolean that we write alike', () => {
      const replies = readConversation(release, conversation).filter(
        ({ type }) => type === 'RpcResponse',
      )
      expect(replies.length).toBeGreaterThan(0)
      for (const { content, value } of replies) {
        expect(decodeBooleanReply(content)).toBe(value)
        expect(encodeBooleanReply(value === true)).toEqual(content)
      }
    })
  })

  const toDrivers = ([...CONVERSATIONS, 'fail-over'] as const).flatMap((conversation) =>
    requestsOf(release, conversation)
      .filter(({ class: name }) => MASTER_TO_DRIVER.some((type) => name.endsWith(`$${type}`)))
      .map((frame) => ({ ...frame, conversation })),
  )

  test('a master’s messages to drivers were recorded', () => {
    const types = toDrivers.map(({ class: name }) => name.split('$').at(-1))
    expect(new Set(types)).toEqual(
      new Set(['RegisteredApplication', 'ExecutorAdded', 'ExecutorUpdated', 'MasterChanged']),
    )
  })

  test.each(toDrivers)('$conversation frame $n, $class, is written byte for byte', (frame) => {
    const message = decodeSparkMessage(frame.content)
    // One field differs: the enumeration behind an executor's state is not the recorded one. Scala 2.12
    // writes the whole ExecutorState with all its values, of which the reader uses only the class;
    // 2.13 names the class with a UID that is not compared when it is left out. Drivers of all four
    // releases were run with the short forms.
    const ours = encodeSparkMessage(message, line)
    expect(ours).toEqual(
      message.type === 'ExecutorUpdated' ? withShortEnumeration(frame) : frame.content,
    )
  })

  test('what a driver sent once registers again, byte for byte', () => {
    for (const type of ['CheckExistence', 'RegisterApplication', 'UnregisterApplication']) {
      const frame = requestsOf(release, 'client-mode').find((it) => it.class.endsWith(`$${type}`))
      if (frame === undefined) throw new Error(`${type} was not recorded`)
      expect(encodeSparkMessage(decodeSparkMessage(frame.content), line)).toEqual(frame.content)
    }
  })

  test('the reference to a master, made from the driver’s own, is that of the real master', () => {
    const { driver } = registration(release)
    const frame = requestsOf(release, 'client-mode').find((it) =>
      it.class.endsWith('$RegisteredApplication'),
    )
    const real = decodeSparkMessage(frame?.content ?? new Uint8Array())
    if (real.type !== 'RegisteredApplication') throw new Error('not recorded')
    const address = { host: '127.0.0.1', port: 17077 }
    const master = echoEndpointRef(driver, { name: 'Master', address })
    expect(encodeSparkMessage({ ...real, master }, line)).toEqual(frame?.content)
  })

  test('requests for executors survive, though not in the collections that Spark chose', () => {
    const requests = requestsOf(release, 'dynamic-allocation')
      .map(({ content }) => decodeSparkMessage(content))
      .filter(({ type }) => type === 'RequestExecutors' || type === 'KillExecutors')
    expect(new Set(requests.map(({ type }) => type)).size).toBe(2)
    for (const request of requests) {
      expect(decodeSparkMessage(encodeSparkMessage(request, line))).toEqual(request)
    }
  })
})

function requestsOf(release: Release, conversation: ConversationName): RecordedFrame[] {
  return readConversation(release, conversation).filter(({ type }) => type !== 'RpcResponse')
}

function registration(release: Release): RegisterApplication {
  const messages = requestsOf(release, 'client-mode').map(({ content }) =>
    decodeSparkMessage(content),
  )
  const found = messages.find((message) => message.type === 'RegisterApplication')
  if (found === undefined) throw new Error('no registration was recorded')
  return found
}

// Our field names in the place of Scala's, and no graphs.
function flattened(message: SparkMessage): object {
  switch (message.type) {
    case 'RegisterApplication': {
      const { command, ...description } = message.description
      const { javaOptions: javaOpts, ...rest } = command
      return {
        appDescription: { ...description, command: { ...rest, javaOpts } },
        driver: message.driver,
      }
    }
    case 'RequestExecutors': {
      const { appId, targets } = message
      const resourceProfileToTotalExecs = targets.map(({ profile, total }) => [profile, total])
      return { appId, resourceProfileToTotalExecs }
    }
    default:
      return message
  }
}

// The recorded decoding with Options opened, states named, references and profiles as ours.
function recordedFields(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error('no fields were recorded')
  const fields = Object.entries(value).filter(([key]) => key !== '@')
  return Object.fromEntries(
    fields.map(([key, field]) => [
      key,
      key === 'resourceProfileToTotalExecs' ? requestedTotals(field) : plain(field),
    ]),
  )
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const fields = value as Record<string, unknown>
  if ('some' in fields) return plain(fields['some'])
  if ('enumId' in fields) return EXECUTOR_STATE.names[fields['enumId'] as number]
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

// The recorded message, with the short form of the enumeration in the place of the recorded one.
function withShortEnumeration({ content }: RecordedFrame): Uint8Array {
  const message = decodeJavaStream(content)
  if (!isObject(message)) throw new Error('not an object')
  const shorten = (value: JavaValue): JavaValue => {
    if (!isObject(value) || value.descriptor.name !== 'scala.Enumeration$Val') return value
    const long = objectField(value, '$outer')
    const short =
      long.descriptor.name === EXECUTOR_STATE.className ? withoutFields(long) : withoutClass(long)
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
  const name = EXECUTOR_STATE.className
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
