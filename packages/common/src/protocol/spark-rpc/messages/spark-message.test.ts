import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConversation, RELEASES } from '../../../../../../test/fixtures/spark/recordings.ts'
import { ProtocolError } from '../../protocol-error.ts'
import { classTableOf } from '../class-table.ts'
import { describeEndpointRef } from '../endpoint-ref.ts'
import { encodeUidProbe } from '../uid-probe.ts'
import { describeApplication } from './application-description.ts'
import { describeDriver } from './driver-description.ts'
import { DRIVER_STATE } from './driver-state.ts'
import { EXECUTOR_STATE } from './executor-state.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
  UnknownClassVersionError,
  type SparkMessage,
} from './spark-message.ts'

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const text = fc.string({ unit: 'binary' })
const address = fc.record({ host: text, port: int })
const requests = <T>(value: fc.Arbitrary<T>) => fc.dictionary(text, value, { maxKeys: 6 })
const profile = fc.record({
  id: int,
  executorResources: requests(
    fc.record({ amount: fc.maxSafeInteger(), discoveryScript: text, vendor: text }),
  ),
  taskResources: requests(fc.record({ amount: fc.double() })),
})
const command = fc.record({
  mainClass: text,
  arguments: fc.array(text),
  environment: requests(text),
  classPathEntries: fc.array(text),
  libraryPathEntries: fc.array(text),
  javaOptions: fc.array(text),
})
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })

describe.each(['2.12', '2.13'] as const)('messages for Scala %s', (line) => {
  const classes = classTableOf(line)
  const ref = fc
    .tuple(text, address)
    .map(([name, where]) => describeEndpointRef(classes, name, where))
  const application = fc
    .record({
      name: text,
      user: text,
      maxCores: optional(int),
      initialExecutorLimit: optional(int),
      appUiUrl: text,
      eventLogDir: optional(text),
      eventLogCodec: optional(text),
      command,
      defaultProfile: profile,
    })
    .map((fields) => describeApplication(classes, fields))
  const message: fc.Arbitrary<SparkMessage> = fc.oneof(
    fc.record({ type: fc.constant('CheckExistence'), name: text, line: fc.constant(line) }),
    fc.record({
      type: fc.constant('RegisterApplication'),
      description: application,
      driver: ref,
      line: fc.constant(line),
    }),
    fc.record({ type: fc.constant('UnregisterApplication'), appId: text }),
    fc.record({ type: fc.constant('MasterChangeAcknowledged'), appId: text }),
    fc.record({
      type: fc.constant('RequestExecutors'),
      appId: text,
      targets: fc.array(
        fc
          .tuple(profile, int)
          .map(([it, total]) => ({ resourceProfileId: it.id, profile: it, total })),
      ),
    }),
    fc.record({ type: fc.constant('KillExecutors'), appId: text, executorIds: fc.array(text) }),
    fc.record({ type: fc.constant('RegisteredApplication'), appId: text, master: ref }),
    fc.record({
      type: fc.constant('ExecutorAdded'),
      id: int,
      workerId: text,
      hostPort: text,
      cores: int,
      memory: int,
    }),
    fc.record({
      type: fc.constant('ExecutorUpdated'),
      id: int,
      state: fc.constantFrom(...EXECUTOR_STATE.names),
      message: optional(text),
      exitStatus: optional(int),
      workerHost: optional(text),
    }),
    fc.record({ type: fc.constant('ApplicationRemoved'), message: text }),
    fc.record({ type: fc.constant('WorkerRemoved'), id: text, host: text, message: text }),
    fc.record({ type: fc.constant('MasterChanged'), master: ref, masterWebUiUrl: text }),
  )
  const resources = requests(fc.array(text))
  const state = fc.constantFrom(...EXECUTOR_STATE.names)
  const executor = fc.record({
    ...{ appId: text, execId: int, rpId: int, cores: int, memoryMb: int, state },
  })
  const workerMessage: fc.Arbitrary<SparkMessage> = fc.oneof(
    fc.record({
      type: fc.constant('RegisterWorker'),
      ...{ id: text, host: text, port: int, worker: ref, cores: int, memory: int },
      ...{ workerWebUiUrl: text, masterAddress: address, resources, line: fc.constant(line) },
    }),
    fc.record({
      type: fc.constant('WorkerLatestState'),
      ...{ id: text, executors: fc.array(executor), driverIds: fc.array(text) },
    }),
    fc.record({ type: fc.constant('Heartbeat'), workerId: text, worker: ref }),
    fc.record({
      type: fc.constant('ExecutorStateChanged'),
      ...{ appId: text, execId: int, state, message: optional(text), exitStatus: optional(int) },
    }),
    fc.record({
      type: fc.constant('WorkerSchedulerStateResponse'),
      id: text,
      executors: fc.array(fc.record({ description: executor, resources })),
      drivers: fc.array(fc.record({ driverId: text, resources })),
    }),
    fc.record({ type: fc.constant('WorkerDecommissioning'), id: text, workerRef: ref }),
    fc.record({
      type: fc.constant('RegisteredWorker'),
      ...{ master: ref, masterWebUiUrl: text, masterAddress: address, duplicate: fc.boolean() },
    }),
    fc.record({ type: fc.constant('RegisterWorkerFailed'), message: text }),
    fc.record({ type: fc.constant('MasterInStandby') }),
    fc.record({ type: fc.constant('ReconnectWorker'), masterUrl: text }),
    fc.record({
      type: fc.constant('LaunchExecutor'),
      ...{ masterUrl: text, appId: text, execId: int, rpId: int, description: application },
      ...{ cores: int, memory: int, resources },
    }),
    fc.record({ type: fc.constant('KillExecutor'), masterUrl: text, appId: text, execId: int }),
    fc.record({ type: fc.constant('ApplicationFinished'), id: text }),
    fc.record({ type: fc.constant('DecommissionWorker') }),
  )

  const driver = fc
    .record({
      ...{ jarUrl: text, mem: int, cores: int, supervise: fc.boolean(), command },
      resourceReqs: fc.array(fc.record({ resourceName: text, amount: int, numParts: int })),
    })
    .map((fields) => describeDriver(classes, fields))
  const driverState = fc.constantFrom(...DRIVER_STATE.names)
  const asking = { driverId: text, line: fc.constant(line) }
  const driverMessage: fc.Arbitrary<SparkMessage> = fc.oneof(
    fc.record({
      type: fc.constant('RequestSubmitDriver'),
      ...{ description: driver, line: fc.constant(line) },
    }),
    fc.record({ type: fc.constant('RequestKillDriver'), ...asking }),
    fc.record({ type: fc.constant('RequestDriverStatus'), ...asking }),
    fc.record({
      type: fc.constant('SubmitDriverResponse'),
      ...{ master: optional(ref), success: fc.boolean(), driverId: optional(text), message: text },
    }),
    fc.record({
      type: fc.constant('KillDriverResponse'),
      ...{ master: optional(ref), success: fc.boolean(), driverId: text, message: text },
    }),
    fc.record({
      type: fc.constant('DriverStatusResponse'),
      ...{ found: fc.boolean(), state: optional(driverState), workerId: optional(text) },
      ...{ workerHostPort: optional(text), exception: optional(text) },
    }),
    fc.record({
      type: fc.constant('LaunchDriver'),
      ...{ driverId: text, description: driver, resources },
    }),
    fc.record({ type: fc.constant('KillDriver'), driverId: text }),
    fc.record({
      type: fc.constant('DriverStateChanged'),
      ...{ driverId: text, state: driverState, exception: optional(text) },
    }),
  )

  test.each([
    ['application', message],
    ['worker', workerMessage],
    ['submission', driverMessage],
  ])('every message of an %s comes back', (_who, messages) => {
    fc.assert(
      fc.property(messages, (it) => {
        const bytes = encodeSparkMessage(it, line)
        const back = decodeSparkMessage(bytes)
        expect(withoutGraphs(back)).toEqual(withoutGraphs(it))
        // A description that is passed on keeps the class descriptors of its sender beside ours.
        if (it.type === 'LaunchExecutor' || it.type === 'LaunchDriver') return
        expect(encodeSparkMessage(back, line)).toEqual(bytes)
      }),
    )
  })
})

describe('a class that is not the expected one', () => {
  const added = { type: 'KillExecutors', appId: 'app-1', executorIds: ['1'] } as const
  const className = 'org.apache.spark.deploy.DeployMessages$KillExecutors'
  const profileOf = { line: '2.13', uidOverrides: new Map([[className, 42n]]) } as const

  test('an unknown UID is refused and names class and UID', () => {
    const bytes = encodeSparkMessage(added, profileOf)
    expect(() => decodeSparkMessage(bytes)).toThrow(
      `class ${className} has serialVersionUID 42, which is not that of a known Spark release (Scala 2.12: -3955979353196882338, Scala 2.13: 9133637256198584554)`,
    )
    try {
      decodeSparkMessage(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(UnknownClassVersionError)
      expect(error).toMatchObject({ className, uid: 42n })
    }
  })

  test('with the peer’s profile it is understood', () => {
    const bytes = encodeSparkMessage(added, profileOf)
    expect(decodeSparkMessage(bytes, { profile: profileOf })).toEqual(added)
    expect(() => decodeSparkMessage(bytes, { profile: { line: '2.13' } })).toThrow(
      UnknownClassVersionError,
    )
  })

  test('the line of a profile is the line of its messages', () => {
    const name = 'org.apache.spark.rpc.netty.RpcEndpointVerifier$CheckExistence'
    const profile212 = { line: '2.12', uidOverrides: new Map([[name, 7n]]) } as const
    const ask = { type: 'CheckExistence', name: 'Master', line: '2.12' } as const
    const bytes = encodeSparkMessage(ask, profile212)
    expect(decodeSparkMessage(bytes, { profile: profile212 })).toEqual(ask)
  })

  test('an echoed class of an unknown release is taken as it is', () => {
    const uidOverrides = new Map([
      ['org.apache.spark.resource.ResourceProfile', 1n],
      ['org.apache.spark.rpc.RpcEndpointRef', 2n],
      ['scala.concurrent.duration.FiniteDuration', 3n],
    ])
    const classes = classTableOf({ line: '2.13', uidOverrides })
    const driver = describeEndpointRef(classes, 'AppClient', { host: 'd', port: 1 })
    const bytes = encodeSparkMessage(
      { type: 'RegisteredApplication', appId: 'a', master: driver },
      '2.13',
    )
    expect(decodeSparkMessage(bytes)).toMatchObject({ master: { name: 'AppClient' } })
  })

  test('a message that is not spoken here is refused by name', () => {
    // Said within one master alone (4.x).
    const unspoken = 'org.apache.spark.deploy.DeployMessages$KillAllDriversResponse'
    expect(() => decodeSparkMessage(encodeUidProbe(unspoken))).toThrow(
      /KillAllDriversResponse, which is not understood here/,
    )
  })

  test('a class on no list is refused by name, wherever it stands', () => {
    expect(() => decodeSparkMessage(encodeUidProbe('java.util.HashSet'))).toThrow(
      /class java\.util\.HashSet is not on the list/,
    )
    const nested = encodeSparkMessage(
      {
        type: 'ExecutorUpdated',
        id: 1,
        state: 'LOST',
        message: 'm',
        exitStatus: 1,
        workerHost: 'w',
      },
      '2.13',
    )
    expect(() => decodeSparkMessage(renamed(nested, 'scala.Some', 'scald.Some'))).toThrow(
      /class scald\.Some is not on the list/,
    )
  })
})

describe('bytes that are not a message', () => {
  const recorded = RELEASES.flatMap((release) => [
    ...readConversation(release, 'client-mode'),
    ...readConversation(release, 'dynamic-allocation'),
    ...readConversation(release, 'worker-master'),
    ...readConversation(release, 'cluster-rpc'),
  ]).filter(({ type, class: name }) => type !== 'RpcResponse' || name.endsWith('Response'))

  test('a message cut at any place is refused', () => {
    // One of each kind: all cuts of all of them would take minutes.
    const kinds = new Map(recorded.map((frame) => [`${frame.class} ${frame.uid}`, frame.content]))
    const taken: string[] = []
    for (const [kind, content] of kinds) {
      for (let length = 0; length < content.length; length++) {
        if (isMessage(content.subarray(0, length))) taken.push(`${kind} cut at ${length}`)
      }
    }
    expect(taken).toEqual([])
  })

  test('a changed message is another message or refused', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(fc.constantFrom(...recorded), changes, ({ content }, edits) => {
        const bytes = content.slice()
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        isMessage(bytes)
      }),
      { numRuns: 3000 },
    )
  })

  test('a message with a piece cut out or doubled is another message or refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...recorded), fc.nat(), fc.nat(), ({ content }, a, b) => {
        const [from, to] = [a % content.length, b % content.length]
        isMessage(joined(content.subarray(0, from), content.subarray(to)))
      }),
      { numRuns: 2000 },
    )
  })

  test('any bytes after the header are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        isMessage(joined(Uint8Array.of(0xac, 0xed, 0, 5), bytes))
        isMessage(bytes)
      }),
    )
  })

  test('the limits are those of the caller', () => {
    const bytes = encodeSparkMessage({ type: 'UnregisterApplication', appId: 'app' }, '2.13')
    expect(() => decodeSparkMessage(bytes, { limits: { maxBytes: 100 } })).toThrow(/limit of 100/)
  })

  test('a value that is no object is refused', () => {
    const nothing = Uint8Array.of(0xac, 0xed, 0, 5, 0x70)
    expect(() => decodeSparkMessage(nothing)).toThrow('the message is null')
  })

  test('fields that are missing or of another type are named', () => {
    const bytes = encodeSparkMessage({ type: 'UnregisterApplication', appId: 'app' }, '2.13')
    expect(() => decodeSparkMessage(renamed(bytes, 'appId', 'appIt'))).toThrow(
      'field appId of org.apache.spark.deploy.DeployMessages$UnregisterApplication is nothing, not a string',
    )
    const added = encodeSparkMessage(
      { type: 'ExecutorAdded', id: 1, workerId: 'w', hostPort: 'h', cores: 1, memory: 1 },
      '2.13',
    )
    expect(() => decodeSparkMessage(renamed(added, 'cores', 'corps'))).toThrow(/cores .* nothing/)
  })

  // False for a refusal; anything else that is thrown fails the test.
  function isMessage(bytes: Uint8Array): boolean {
    try {
      return typeof decodeSparkMessage(bytes).type === 'string'
    } catch (error) {
      if (error instanceof ProtocolError) return false
      throw error
    }
  }
})

function withoutGraphs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutGraphs)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'graph')
      .map(([key, field]) => [key, withoutGraphs(field)]),
  )
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length)
  bytes.set(a)
  bytes.set(b, a.length)
  return bytes
}

// The bytes with one text replaced by another of the same length, wherever it stands.
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return Uint8Array.from(latin1.replaceAll(from, to), (char) => char.charCodeAt(0))
}
