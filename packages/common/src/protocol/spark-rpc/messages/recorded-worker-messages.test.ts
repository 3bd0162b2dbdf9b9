// What real workers and masters said to each other about executors, written again. That every frame is
// understood shows recorded-messages.test.ts.
import { describe, expect, test } from 'vitest'
import {
  readConversation,
  RELEASES,
  type RecordedFrame,
  type Release,
} from '../../../../../../test/fixtures/spark/recordings.ts'
import { classTableOf } from '../class-table.ts'
import { describeEndpointRef, echoEndpointRef } from '../endpoint-ref.ts'
import type { ScalaLine } from '../scala-profile.ts'
import { withShortEnumeration } from '../../../../../../test/support/recorded-values.ts'
import { decodeSparkMessage, encodeSparkMessage, type SparkMessage } from './spark-message.ts'
import { WORKER_MASTER_CODECS } from './worker-master-codecs.ts'

type MessageOf<Type extends SparkMessage['type']> = Extract<SparkMessage, { type: Type }>

const CONVERSATIONS = ['worker-master', 'decommission', 'fail-over', 'cluster-rpc'] as const
/** Written otherwise than Spark does, each for a reason that docs/protocol-coverage.md gives. */
const OTHERWISE = [
  'RegisterWorker',
  'WorkerLatestState',
  'WorkerSchedulerStateResponse',
  'LaunchExecutor',
]

describe.each(RELEASES)('Spark %s', (release) => {
  const line: ScalaLine = release === '3.5.9' ? '2.12' : '2.13'
  const frames = CONVERSATIONS.flatMap((conversation) =>
    recorded(release, conversation).map((frame) => ({ ...frame, conversation })),
  )

  test('all that workers and masters say of executors was recorded, but for refusals', () => {
    const types = new Set(frames.map(({ content }) => decodeSparkMessage(content).type))
    const never = Object.keys(WORKER_MASTER_CODECS).filter(
      (type) => !types.has(type as SparkMessage['type']),
    )
    expect(never.sort()).toEqual([
      'DecommissionWorker',
      'MasterInStandby',
      'ReconnectWorker',
      'RegisterWorkerFailed',
    ])
  })

  test.each(frames)('$conversation frame $n, $class, is written as it was', (frame) => {
    const message = decodeSparkMessage(frame.content)
    const ours = encodeSparkMessage(message, line)
    if (OTHERWISE.includes(message.type)) {
      expect(withoutGraphs(decodeSparkMessage(ours))).toEqual(withoutGraphs(message))
    } else {
      expect(ours).toEqual(
        message.type === 'ExecutorStateChanged' ? withShortEnumeration(frame) : frame.content,
      )
    }
  })

  test('a worker of ours describes itself as the real one did', () => {
    const real = theOnly(release, 'RegisterWorker')
    const { name, address } = real.worker
    if (address === null) throw new Error('a worker has an address')
    const worker = describeEndpointRef(classTableOf(line), name, address)
    const ours = encodeSparkMessage({ ...real, worker }, line)
    // In the JVM the host in the reference is the same String as the host of the worker, and so it is
    // written once.
    const again = encodeSparkMessage(real, line)
    expect(ours.length).toBe(again.length)
    expect(withoutGraphs(decodeSparkMessage(ours))).toEqual(withoutGraphs(real))
  })

  test('M-09 the answer to a registration repeats the address that the worker used, byte for byte', () => {
    const { worker, masterAddress } = theOnly(release, 'RegisterWorker')
    const { masterWebUiUrl, duplicate } = theOnly(release, 'RegisteredWorker')
    const master = echoEndpointRef(worker, {
      name: 'Master',
      address: { host: '127.0.0.1', port: 17077 },
    })
    const answer = { type: 'RegisteredWorker', master, masterWebUiUrl, duplicate } as const
    const real = recorded(release, 'worker-master').find(({ class: name }) =>
      name.endsWith('$RegisteredWorker'),
    )
    expect(encodeSparkMessage({ ...answer, masterAddress }, line)).toEqual(real?.content)
    const other = { ...answer, masterAddress: { host: 'localhost', port: 17077 } }
    expect(decodeSparkMessage(encodeSparkMessage(other, line))).toMatchObject({
      master: { address: { host: '127.0.0.1', port: 17077 } },
      masterAddress: { host: 'localhost', port: 17077 },
    })
  })

  test('M-01 a worker’s latest state names what it holds, and the order to end each is Spark’s', () => {
    const held = theOnly(release, 'WorkerSchedulerStateResponse', 'fail-over')
    const executors = held.executors.map(({ description }) => description)
    expect(executors).toHaveLength(1)
    const state = { type: 'WorkerLatestState', id: held.id, executors, driverIds: ['d-1'] } as const
    expect(decodeSparkMessage(encodeSparkMessage(state, line))).toEqual(state)
    const [order] = recorded(release, 'worker-master').filter(({ class: name }) =>
      name.endsWith('$KillExecutor'),
    )
    const { appId, execId } = theOnly(release, 'LaunchExecutor')
    const kill = { type: 'KillExecutor', masterUrl: 'spark://127.0.0.1:17077', appId, execId }
    expect(encodeSparkMessage(kill as MessageOf<'KillExecutor'>, line)).toEqual(order?.content)
  })
})

function recorded(release: Release, conversation: (typeof CONVERSATIONS)[number]): RecordedFrame[] {
  return readConversation(release, conversation).filter(
    ({ class: name, type }) =>
      type !== 'RpcResponse' && (name.split('$').at(-1) ?? '') in WORKER_MASTER_CODECS,
  )
}

function theOnly<Type extends SparkMessage['type']>(
  release: Release,
  type: Type,
  conversation: (typeof CONVERSATIONS)[number] = 'worker-master',
): MessageOf<Type> {
  const found = recorded(release, conversation)
    .map(({ content }) => decodeSparkMessage(content))
    .find((message): message is MessageOf<Type> => message.type === type)
  if (found === undefined) throw new Error(`${type} was not recorded`)
  return found
}

// A graph is written as it was received; here only what was read from it counts.
function withoutGraphs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutGraphs)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'graph')
      .map(([key, field]) => [key, withoutGraphs(field)]),
  )
}
