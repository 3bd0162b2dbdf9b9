// Many connections, or much on each: memory stays bounded and an honest peer is answered.
import { afterEach, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import type { Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { lengthField } from '../../support/raw-peer.ts'
import { useRpcRig } from '../../support/rpc-rig.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})
const MIB = 2 ** 20
const GIB = 2 ** 30

const ask = (requestId: bigint): Frame => ({
  kind: 'rpc-request',
  requestId,
  body: Uint8Array.of(5),
})

test('1 GiB declared and never sent, on one connection and on fifty, costs eight bytes each', async () => {
  const server = await rig.listen({ limits: { maxFrameBytes: GIB } })
  const [first, ...more] = await rig.connectMany(server, 51)
  const before = process.memoryUsage().arrayBuffers
  await first?.write(lengthField(BigInt(GIB)))
  await eventually(() => server.bufferedBytes).toBe(8)
  await Promise.all(more.map((peer) => peer.write(lengthField(BigInt(GIB)))))
  await eventually(() => server.bufferedBytes).toBe(51 * 8)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * MIB)
})

test('one unfinished frame holds at most the longest frame', async () => {
  const server = await rig.listen({ limits: { maxFrameBytes: 4 * MIB } })
  const peer = await rig.connect(server)
  await peer.write(lengthField(BigInt(4 * MIB)))
  await peer.write(Buffer.alloc(4 * MIB - 9, 9))
  await eventually(() => server.bufferedBytes).toBe(4 * MIB - 1)
  await peer.write(Uint8Array.of(1))
  await eventually(() => server.bufferedBytes).toBe(0)
})

test('fifty connections with unfinished frames: the largest are closed, the honest one is answered', async () => {
  const limit = 8 * MIB
  const server = await rig.listen({ limits: { maxUnfinishedBytes: limit } })
  const honest = await rig.connect(server)
  await honest.send(ask(1n))
  await honest.frames(1)
  const flood = await rig.connectMany(server, 50)
  let mostBuffered = 0
  const watch = setInterval(() => {
    mostBuffered = Math.max(mostBuffered, server.bufferedBytes)
  }, 1)
  const chunk = Buffer.alloc(256 * 1024, 3)
  const outcomes = flood.map(async (peer) => {
    await peer.write(lengthField(BigInt(60 * MIB)))
    for (let sent = 0; sent < 2 * MIB && !peer.socket.destroyed; sent += chunk.length) {
      await Promise.race([peer.write(chunk), peer.closed])
    }
  })
  await Promise.all(outcomes)
  // Whoever is left has sent its 2 MiB, so at most four are.
  await eventually(() => rig.complaints.length).toBeGreaterThanOrEqual(46)
  clearInterval(watch)
  expect(mostBuffered).toBeGreaterThan(limit / 2)
  expect(mostBuffered).toBeLessThanOrEqual(limit)
  expect(server.bufferedBytes).toBeLessThanOrEqual(limit)
  expect(new Set(rig.complaints.map(withoutNumbers))).toEqual(
    new Set([
      'closing connection with #.#.#.#:#: all connections together hold more than # bytes of unfinished frames, this one most of them (#)',
    ]),
  )
  await honest.send(ask(2n))
  expect(await honest.frames(2)).toHaveLength(2)
})

test('a thousand idle connections cost nobody anything and end at their deadline', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const server = await rig.listen({ limits: { firstFrameTimeoutMs: 5_000 } })
  const honest = await rig.connect(server)
  await honest.send(ask(1n))
  await honest.frames(1)
  const idle = await rig.connectMany(server, 1_000)
  await eventually(() => server.connections).toBe(1_001)
  await honest.send(ask(2n))
  await honest.frames(2)
  vi.advanceTimersByTime(5_000)
  await Promise.all(idle.map((peer) => peer.closed))
  await eventually(() => server.connections).toBe(1)
  await honest.send(ask(3n))
  expect(await honest.frames(3)).toHaveLength(3)
})

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '#')
}
