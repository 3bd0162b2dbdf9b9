// Registrations that no driver sends, and such as only a strange one does.
import { describe, expect, test } from 'vitest'
import { javaObject } from '../../java-serialization/build.ts'
import {
  javaString,
  type JavaClassDescriptor,
  type JavaLevel,
  type JavaObject,
  type JavaTypeCode,
  type JavaValue,
} from '../../java-serialization/tree.ts'
import { encodeJavaStream } from '../../java-serialization/writer.ts'
import { ProtocolError } from '../../protocol-error.ts'
import { classTableOf } from '../class-table.ts'
import { describeEndpointRef } from '../endpoint-ref.ts'
import { mapOf } from '../scala-values/maps.ts'
import { intBlock } from '../scala-values/sequences.ts'
import { boxInteger } from '../scala-values/option.ts'
import { describeApplication, type SparkApplicationDescription } from './application-description.ts'
import { describeResourceProfile } from './resource-profile.ts'
import { decodeSparkMessage, encodeSparkMessage, type SparkMessage } from './spark-message.ts'
import { cpuTimeMs } from '../../../../../../test/support/cpu-time.ts'

const classes = classTableOf('2.13')
const driver = describeEndpointRef(classes, 'AppClient', { host: 'd1', port: 4040 })
const request = { amount: 1, discoveryScript: '', vendor: '' }
const application = {
  name: 'SparkPi',
  user: 'spark',
  maxCores: null,
  initialExecutorLimit: null,
  appUiUrl: '',
  eventLogDir: null,
  eventLogCodec: null,
  command: {
    mainClass: 'Main',
    arguments: [],
    environment: {},
    classPathEntries: [],
    libraryPathEntries: [],
    javaOptions: [],
  },
  defaultProfile: { id: 0, executorResources: { cores: request }, taskResources: {} },
} satisfies Omit<SparkApplicationDescription, 'graph'>

function registration(changes: Partial<typeof application> | object = {}): Uint8Array {
  const description = describeApplication(classes, { ...application, ...changes })
  return encodeSparkMessage(
    { type: 'RegisterApplication', description, driver, line: '2.13' },
    '2.13',
  )
}

// A registration whose graph was changed by hand.
function registering(graph: JavaObject, reference: JavaObject = driver.graph): Uint8Array {
  const message = javaObject(
    classes.descriptor('org.apache.spark.deploy.DeployMessages$RegisterApplication'),
    { appDescription: graph, driver: reference },
  )
  return encodeJavaStream(message)
}

// The object with one field changed, wherever in its hierarchy it is.
function withField(object: JavaObject, name: string, value: JavaValue): JavaObject {
  const levels = object.levels.map((level) => ({
    ...level,
    values: level.values.map((old, i) => (level.descriptor.fields[i]?.name === name ? value : old)),
  }))
  return { ...object, levels }
}

function read(bytes: Uint8Array): Extract<SparkMessage, { type: 'RegisterApplication' }> {
  const message = decodeSparkMessage(bytes)
  if (message.type !== 'RegisterApplication') throw new Error('not a registration')
  return message
}

describe('passed on as they are, for the master to judge', () => {
  test('a name with HTML, line ends, zeros and a megabyte', () => {
    const name = `<script>\n\0</script>${'x'.repeat(1024 * 1024)}`
    expect(read(registration({ name })).description.name).toBe(name)
  })

  test('negative cores and amounts', () => {
    const defaultProfile = {
      ...application.defaultProfile,
      executorResources: { cores: { ...request, amount: -4 } },
    }
    const { description } = read(registration({ maxCores: -1, defaultProfile }))
    expect(description.maxCores).toBe(-1)
    expect(description.defaultProfile.executorResources['cores']?.amount).toBe(-4)
  })

  test('keys that mean something to JavaScript', () => {
    const environment = Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]) as Record<string, string>
    const command = { ...application.command, environment }
    const back = read(registration({ command })).description.command.environment
    expect(Object.entries(back)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })
})

describe('refused', () => {
  const good = read(registration()).description.graph
  const refused = (bytes: Uint8Array, why: RegExp | string | typeof ProtocolError) => {
    expect(() => decodeSparkMessage(bytes)).toThrow(ProtocolError)
    expect(() => decodeSparkMessage(bytes)).toThrow(why)
  }

  test('a body of 50 MB', () => {
    const bytes = new Uint8Array(50 * 1024 * 1024)
    bytes.set(registration())
    refused(bytes, /longer than the limit/)
  })

  test('a driver that could not be answered', () => {
    const address = describeEndpointRef(classes, 'AppClient', { host: 'd', port: 1 }).graph
    const endpoint = address.levels.at(-1)?.values[0] as JavaObject
    const lost = withField(address, 'endpointAddress', withField(endpoint, 'rpcAddress', null))
    refused(
      registering(good, lost),
      'field rpcAddress of org.apache.spark.rpc.RpcEndpointAddress is null',
    )
    refused(
      registering(good, withField(address, 'defaultAskTimeout', null)),
      /field defaultAskTimeout .* is null, not an object/,
    )
    refused(
      registering(good, endpoint),
      /is of class .*RpcEndpointAddress, not .*NettyRpcEndpointRef/,
    )
    refused(
      registering(good, withField(address, 'defaultAskTimeout', endpoint)),
      /field duration of .*RpcEndpointAddress is nothing/,
    )
  })

  test('parts of another class than they should be', () => {
    refused(registering(driver.graph), /described by .*NettyRpcEndpointRef/)
    refused(registering(withField(good, 'defaultProfile', driver.graph)), /a resource profile is/)
    refused(
      registering(withField(good, 'command', javaString('rm -rf /'))),
      /field command .* a string/,
    )
    refused(registering(withField(good, 'name', null)), /field name .* is null, not a string/)
    refused(registering(withField(good, 'maxCores', null)), 'option maxCores')
    refused(
      registering(
        withField(good, 'maxCores', classes.singleton('scala.collection.immutable.List$')),
      ),
      'option maxCores',
    )
    refused(registering(withField(good, 'user', boxInteger(classes, 1))), /field user/)
  })

  test('an amount that a number cannot hold', () => {
    const executorResources = { memory: { ...request, amount: 2 ** 60 } }
    refused(
      registration({ defaultProfile: { ...application.defaultProfile, executorResources } }),
      /field amount of .*ExecutorResourceRequest is a bigint, not a long below 2\^53/,
    )
  })

  test('a double where Spark has an int, that is none', () => {
    const integer = boxInteger(classes, 1)
    for (const value of [Number.NaN, 0.5, 2 ** 31, -Infinity]) {
      const [descriptor] = integer.levels.map((level) => level.descriptor).slice(-1)
      if (descriptor === undefined) throw new Error('an Integer has a class')
      const fields = descriptor.fields.map(
        (field) => ({ ...field, type: 'D' as JavaTypeCode }) as const,
      )
      const wide = { ...descriptor, fields }
      const levels = [
        ...integer.levels.slice(0, -1),
        { descriptor: wide, values: [value], annotation: [] },
      ]
      const boxed: JavaObject = { kind: 'object', descriptor: wide, levels }
      const maxCores = javaObject(classes.descriptor('scala.Some'), { value: boxed })
      refused(registering(withField(good, 'maxCores', maxCores)), /option maxCores .* holds object/)
    }
  })

  test('a map with a default that wraps itself', () => {
    const descriptor = {
      kind: 'descriptor',
      name: 'scala.collection.immutable.Map$WithDefault',
      uid: 3n,
      flags: 2,
      fields: [{ name: 'underlying', type: 'L', signature: 'Lscala/collection/immutable/Map;' }],
      superclass: null,
    } as const
    const values: JavaValue[] = []
    const endless: JavaObject = {
      kind: 'object',
      descriptor,
      levels: [{ descriptor, values, annotation: [] }],
    }
    values.push(endless)
    const command = good.levels[0]?.values.find(
      (value) =>
        typeof value === 'object' &&
        value?.kind === 'object' &&
        value.descriptor.name.endsWith('Command'),
    ) as JavaObject
    const graph = withField(good, 'command', withField(command, 'environment', endless))
    refused(registering(graph), /map environment .* which is not understood/)
  })

  test('one empty profile, asked for 200,000 times', () => {
    const profile = describeResourceProfile(classes, {
      id: 0,
      executorResources: {},
      taskResources: {},
    })
    const entry = javaObject(classes.descriptor('scala.Tuple2'), {
      _1: profile,
      _2: boxInteger(classes, 1),
    })
    const map = mapOf(classes, [[profile, boxInteger(classes, 1)]])
    const level = map.levels.at(-1)
    const endless = {
      ...map,
      levels: [
        { ...level, annotation: [intBlock(-1), ...Array.from({ length: 200_000 }, () => entry)] },
      ],
    } as JavaObject
    const message = javaObject(
      classes.descriptor('org.apache.spark.deploy.DeployMessages$RequestExecutors'),
      { appId: javaString('app-1'), resourceProfileToTotalExecs: endless },
    )
    refused(encodeJavaStream(message), 'its shared parts unfold to more than is accepted')
  })

  test('a pair with a long line of wide classes, referred to 200,000 times', () => {
    let descriptor: JavaClassDescriptor | null = null
    const levels: JavaLevel[] = []
    for (let level = 0; level < 30; level += 1) {
      const names = Array.from({ length: 250 }, (_, at) => `a_field_with_a_name_${level}_${at}`)
      const fields = (level === 0 ? ['_1', '_2'] : names).map(
        (name) => ({ name, type: 'Z', signature: null }) as const,
      )
      descriptor = {
        ...{ kind: 'descriptor', name: level === 29 ? 'scala.Tuple2' : `scala.C${level}` },
        ...{ uid: 1n, flags: 2, fields, superclass: descriptor },
      }
      levels.push({ descriptor, values: fields.map(() => true), annotation: [] })
    }
    const pair = { kind: 'object', descriptor, levels } as JavaObject
    const map = mapOf(classes, [[driver.graph, driver.graph]])
    const annotation = [intBlock(-1), ...Array.from({ length: 200_000 }, () => pair)]
    const message = javaObject(
      classes.descriptor('org.apache.spark.deploy.DeployMessages$RequestExecutors'),
      {
        appId: javaString('app-1'),
        resourceProfileToTotalExecs: {
          ...map,
          levels: [{ ...map.levels.at(-1), annotation } as JavaLevel],
        },
      },
    )
    const bytes = encodeJavaStream(message)
    const startedAt = cpuTimeMs()
    refused(bytes, ProtocolError)
    expect(cpuTimeMs() - startedAt).toBeLessThan(4_000)
  })

  test('one profile of a thousand resources, asked for 10,000 times', () => {
    const executorResources = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`r${i}`, request]),
    )
    const profile = describeResourceProfile(classes, {
      id: 0,
      executorResources,
      taskResources: {},
    })
    const one = boxInteger(classes, 1)
    const message = javaObject(
      classes.descriptor('org.apache.spark.deploy.DeployMessages$RequestExecutors'),
      {
        appId: javaString('app-1'),
        resourceProfileToTotalExecs: mapOf(
          classes,
          Array.from({ length: 10_000 }, () => [profile, one] as const),
        ),
      },
    )
    const bytes = encodeJavaStream(message)
    expect(bytes.length).toBeLessThan(400_000)
    refused(bytes, 'its shared parts unfold to more than is accepted')
  })
})
