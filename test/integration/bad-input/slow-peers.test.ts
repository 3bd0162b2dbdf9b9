// Peers that stop reading, vanish in the middle or ask more than they listen.
import { afterEach, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import type { Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import type { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { useRpcRig } from '../../support/rpc-rig.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})
const MIB = 2 ** 20

const ask = (requestId: bigint): Frame => ({
  kind: 'rpc-request',
  requestId,
  body: Uint8Array.of(5),
})

// A server whose connections the test drives, and what their owner was told.
async function listenWithOwner(limits = {}) {
  const connections: SparkConnection[] = []
  const requests: bigint[] = []
  const drains: number[] = []
  const closes: string[] = []
  const server = await rig.listen({
    limits,
    onSpark: (connection) => {
      connections.push(connection)
      return {
        onRequest: (requestId) => void requests.push(requestId),
        onOneWay: () => undefined,
        onDrain: () => void drains.push(connection.queuedBytes),
        onClose: (reason) => void closes.push(reason),
      }
    },
  })
  const attach = async () => {
    const peer = await rig.connect(server)
    const index = connections.length
    await peer.send({ kind: 'one-way', body: new Uint8Array(0) })
    await eventually(() => connections.length).toBe(index + 1)
    return { peer, connection: connections[index] as SparkConnection }
  }
  return { server, attach, requests, drains, closes }
}

// Fills the kernel's buffers (a few MiB) and then the queue of the connection.
async function backUp(connection: SparkConnection, untilBytes: number): Promise<number> {
  const body = new Uint8Array(128 * 1024)
  let sent = 0
  while (connection.isOpen && connection.queuedBytes < untilBytes) {
    connection.sendOneWay(body)
    sent++
    await new Promise(setImmediate)
  }
  return sent
}

test('a peer that stops reading is marked as slow, and catches up without a loss', async () => {
  const { attach, drains, closes } = await listenWithOwner()
  const { peer, connection } = await attach()
  peer.stopReading()
  expect(connection.isBackedUp).toBe(false)
  const sent = await backUp(connection, 4 * MIB)
  expect(connection.isBackedUp).toBe(true)
  expect(drains).toEqual([])
  peer.readOn()
  expect(await peer.frames(sent)).toHaveLength(sent)
  await eventually(() => drains).toEqual([0])
  expect(connection.isBackedUp).toBe(false)
  expect(closes).toEqual([])
})

test('nothing more is read from a peer that does not read, until it does', async () => {
  const { attach, requests } = await listenWithOwner()
  const { peer, connection } = await attach()
  peer.stopReading()
  await backUp(connection, 2 * MIB)
  void peer.send(...Array.from({ length: 5 }, (_, at) => ask(BigInt(at))))
  // Another connection gets through meanwhile, so the requests would have been read by now.
  const { peer: other } = await attach()
  await other.send(ask(100n))
  await eventually(() => requests).toEqual([100n])
  peer.readOn()
  await eventually(() => requests).toEqual([100n, 0n, 1n, 2n, 3n, 4n])
})

test('a peer that never reads again is closed when its queue is full', async () => {
  const { server, attach, closes } = await listenWithOwner({ maxQueuedBytes: 4 * MIB })
  const { peer, connection } = await attach()
  peer.stopReading()
  await backUp(connection, 64 * MIB)
  await eventually(() => closes).toEqual([
    expect.stringMatching(/^peer does not read: 4\d{6} bytes are waiting for it$/),
  ])
  expect(rig.complaints.join()).toContain('peer does not read')
  expect(server.budgets.queued.total).toBe(0)
  connection.sendOneWay(new Uint8Array(10))
  expect(connection.queuedBytes).toBe(0)
})

test('all queues together are bounded: the longest one goes', async () => {
  const { attach, closes } = await listenWithOwner({ maxQueuedBytesTotal: 6 * MIB })
  const [first, second] = [await attach(), await attach()]
  first.peer.stopReading()
  second.peer.stopReading()
  await backUp(first.connection, 4 * MIB)
  await backUp(second.connection, 3 * MIB)
  await eventually(() => closes).toEqual([expect.stringContaining('bytes of unread output')])
  expect(first.connection.isOpen).toBe(false)
  expect(second.connection.isOpen).toBe(true)
})

test('requests beyond those that may be open wait unread until some are answered', async () => {
  const { attach, requests } = await listenWithOwner({ maxOpenRequests: 10 })
  const { peer, connection } = await attach()
  for (let at = 0n; at < 10n; at++) await peer.send(ask(at))
  await eventually(() => requests.length).toBe(10)
  await peer.send(ask(10n))
  const { peer: other } = await attach()
  await other.send(ask(99n))
  await eventually(() => requests).toContain(99n)
  expect(requests).not.toContain(10n)
  connection.reply(3n, new Uint8Array(0))
  await eventually(() => requests).toContain(10n)
})

test('a peer that resets while much is queued for it is a close with a reason, no crash', async () => {
  const { server, attach, closes } = await listenWithOwner()
  const { peer, connection } = await attach()
  peer.stopReading()
  await backUp(connection, 2 * MIB)
  peer.reset()
  await eventually(() => closes).toEqual([expect.stringMatching(/ECONNRESET|EPIPE/)])
  expect(server.budgets.queued.total).toBe(0)
})

test('writing to a peer that has gone in the same turn is survived', async () => {
  const { attach, closes } = await listenWithOwner()
  const { peer, connection } = await attach()
  peer.reset()
  while (connection.isOpen) {
    connection.sendOneWay(new Uint8Array(1_000))
    await new Promise(setImmediate)
  }
  await eventually(() => closes).toHaveLength(1)
})

test('a slow peer is closed by us: it still gets everything, then both ends are gone', async () => {
  const { attach, closes } = await listenWithOwner()
  const { peer, connection } = await attach()
  peer.stopReading()
  const sent = await backUp(connection, 2 * MIB)
  await peer.send(ask(1n))
  // Without the grace timer only the peer's own close can end this.
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  connection.close('done')
  peer.readOn()
  await peer.closed
  expect(await peer.frames(sent)).toHaveLength(sent)
  await eventually(() => closes).toEqual(['done'])
})

test('a peer that neither reads nor closes is gone after a short grace', async () => {
  const { attach, closes } = await listenWithOwner()
  const { peer, connection } = await attach()
  peer.stopReading()
  await backUp(connection, 2 * MIB)
  connection.close('done')
  await eventually(() => closes).toEqual(['done'])
})

test('a peer that closes its side but never reads is gone after a short grace', async () => {
  const { attach, closes } = await listenWithOwner()
  const { peer, connection } = await attach()
  peer.stopReading()
  // Less than counts as slow, so its close is read.
  while (connection.queuedBytes === 0) {
    connection.sendOneWay(new Uint8Array(500_000))
    await new Promise(setImmediate)
  }
  expect(connection.isBackedUp).toBe(false)
  peer.socket.end()
  await eventually(() => closes).toEqual(['closed by the peer'])
})
