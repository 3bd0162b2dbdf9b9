import { expect, test } from 'vitest'
import { FakeSocket } from '../../../../../test/support/fake-socket.ts'
import { captureLog } from '../../../../../test/support/captured-log.ts'
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import { classTableOf } from '@hearth/common/protocol/spark-rpc/class-table.ts'
import { describeEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import { decodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { openBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { refuseSparkWorker } from './decode-message.ts'
import { createPeer } from './peer.ts'

const SELF = { host: 'm1', port: 7077 }
const HANDLERS = { onRequest: () => {}, onOneWay: () => {}, onClose: () => {} }

test('a worker of Spark is told where to start one of Hearth, but not a megabyte of its own words', async () => {
  const socket = new FakeSocket()
  const connection = new SparkConnection(socket.asSocket, {
    remote: { host: 'w1', port: 40_000 },
    limits: DEFAULT_RPC_LIMITS,
    budgets: openBudgets(DEFAULT_RPC_LIMITS),
    log: captureLog().log,
    attach: () => HANDLERS,
  })
  const peer = createPeer('p', connection, SELF)
  const sender = { host: 'w1', port: 7078 }
  const envelope = { sender, receiver: SELF, endpoint: 'Master', content: new Uint8Array(0) }
  const reason = refuseSparkWorker(peer, envelope, {
    ...{ type: 'RegisterWorker', id: 'w', host: 'w1', port: 7078, cores: 1, memory: 1 },
    worker: describeEndpointRef(classTableOf('2.13'), 'Worker', sender),
    masterAddress: { host: 'x'.repeat(1_000_000), port: 7077 },
    ...{ workerWebUiUrl: '', resources: {}, line: '2.13' },
  })
  expect(reason).toMatch(/start one with: hearth worker spark:\/\/x{255}:7077$/)
  await new Promise((resolve) => process.nextTick(resolve))
  const [frame] = new FrameDecoder({ maxFrameBytes: 10_000 }).push(Buffer.concat(socket.written))
  if (frame?.kind !== 'one-way') throw new Error('nothing was sent')
  const told = decodeSparkMessage(decodeEnvelope(frame.body).content)
  expect(told).toEqual({ type: 'RegisterWorkerFailed', message: reason })
  await socket.vanish()
})
