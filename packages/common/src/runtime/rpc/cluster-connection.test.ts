import { afterEach, expect, test, vi } from 'vitest'
import { eventually } from '../../../../../test/support/eventually.ts'
import { useRpcRig } from '../../../../../test/support/rpc-rig.ts'
import { CLUSTER_MAGIC, encodeClusterFrame } from '../../protocol/cluster/frame.ts'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import type { ClusterConnection } from './cluster-connection.ts'
import { dialCluster } from './dial.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})

interface End {
  connection?: ClusterConnection
  readonly messages: unknown[]
  readonly closes: string[]
}

// Throws at messages that name an error to throw.
function record(end: End, connection: ClusterConnection) {
  end.connection = connection
  return {
    onMessage: (message: unknown) => {
      end.messages.push(message)
      if (message === 'refuse') throw new ProtocolError('no message of ours')
      if (message === 'fail') throw new Error('bug')
    },
    onClose: (reason: string) => void end.closes.push(reason),
  }
}

async function listen(limits = {}) {
  const end: End = { messages: [], closes: [] }
  const server = await rig.listen({ limits, onCluster: (connection) => record(end, connection) })
  return { server, end }
}

async function connectPair() {
  const { server, end } = await listen()
  const client: End = { messages: [], closes: [] }
  const connection = await dialCluster(server.address, {
    log: rig.log,
    onOpen: (opened) => record(client, opened),
  })
  return { server: end, client, connection }
}

const frame = (message: unknown) => Buffer.concat(encodeClusterFrame(message, 2 ** 24))

test('messages of any size pass in order, both ways', async () => {
  const { server, client, connection } = await connectPair()
  const large = { type: 'large', text: 'ü'.repeat(3_000_000) }
  for (const message of [{ type: 'first' }, large, { type: 'last' }]) connection.send(message)
  await eventually(() => server.messages.length).toBe(3)
  expect(server.messages).toEqual([{ type: 'first' }, large, { type: 'last' }])
  server.connection?.send({ type: 'answer' })
  await eventually(() => client.messages).toEqual([{ type: 'answer' }])
  connection.close('done')
  await eventually(() => [client.closes, server.closes]).toEqual([['done'], ['closed by the peer']])
  connection.send({ type: 'too late' })
})

test('a message that the peer would refuse is refused here, and the connection stays', async () => {
  const { server, connection } = await connectPair()
  expect(() => connection.send('x'.repeat(2 ** 24))).toThrow(ProtocolError)
  connection.send('after')
  await eventually(() => server.messages).toEqual(['after'])
  connection.close('done')
})

test('a handler that finds no message of ours closes the connection; a bug of ours does not', async () => {
  const { server, connection } = await connectPair()
  connection.send('fail')
  connection.send('refuse')
  connection.send('never read')
  await eventually(() => server.closes).toEqual(['no message of ours'])
  expect(server.messages).toEqual(['fail', 'refuse'])
  expect(rig.complaints).toEqual([
    'handler onMessage failed',
    expect.stringMatching(/^closing connection with 127\.0\.0\.1:\d+: no message of ours$/),
  ])
})

test('what is said about a message before it is refused reaches the peer', async () => {
  const server = await rig.listen({
    onCluster: (connection) => ({
      onMessage: () => {
        connection.send({ type: 'refused', reason: 'x'.repeat(100_000) })
        throw new ProtocolError('no message of ours')
      },
      onClose: () => undefined,
    }),
  })
  const client: End = { messages: [], closes: [] }
  const connection = await dialCluster(server.address, {
    log: rig.log,
    onOpen: (opened) => record(client, opened),
  })
  connection.send('hello')
  await eventually(() => client.closes).toEqual(['closed by the peer'])
  expect(client.messages).toEqual([{ type: 'refused', reason: 'x'.repeat(100_000) }])
})

test('both ends send more than anybody holds: neither waits for the other', async () => {
  const { server, client, connection } = await connectPair()
  connection.send('hello')
  await eventually(() => server.messages.length).toBe(1)
  const large = 'x'.repeat(4_000_000)
  for (let at = 0; at < 10; at++) {
    connection.send(large)
    server.connection?.send(large)
  }
  expect(connection.isBackedUp).toBe(true)
  await eventually(() => [server.messages.length, client.messages.length]).toEqual([11, 10])
  connection.close('done')
})

test.each([
  ['another version', Uint8Array.of(0xf1, 0x48, 0x52, 0x54, 0x48, 0x02), 'version 2 is not spoken'],
  ['a broken magic', Uint8Array.of(0xf1, 0, 0, 0, 0, 0), 'byte 1 of the magic is wrong'],
  ['no JSON', Buffer.concat([CLUSTER_MAGIC, Buffer.from('\0\0\0\x02{]')]), 'not a JSON document'],
  [
    '4 GiB declared',
    Buffer.from([...CLUSTER_MAGIC, 255, 255, 255, 255]),
    '4294967295 exceeds the limit',
  ],
  [
    'depth',
    Buffer.from([...CLUSTER_MAGIC, 0, 0, 0, 99, ...Buffer.alloc(99, '[')]),
    'nests deeper than 32',
  ],
])('%s is refused with the reason in the log', async (_what, sent, reason) => {
  const { server, end } = await listen()
  const peer = await rig.connect(server)
  await peer.write(sent)
  await peer.closed
  expect(rig.complaints.join()).toContain(reason)
  expect(end.messages).toEqual([])
})

test('the deadline holds until the first whole message and no longer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { server, end } = await listen({ firstFrameTimeoutMs: 500 })
  const [quick, slow] = [await rig.connect(server), await rig.connect(server)]
  await quick.write(Buffer.concat([CLUSTER_MAGIC, frame('hello')]))
  await slow.write(Buffer.concat([CLUSTER_MAGIC, frame('hello').subarray(0, 8)]))
  await eventually(() => [end.messages, server.connections]).toEqual([['hello'], 2])
  vi.advanceTimersByTime(500)
  await slow.closed
  await quick.write(frame('still here'))
  await eventually(() => end.messages).toEqual(['hello', 'still here'])
})
