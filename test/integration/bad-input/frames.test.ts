// Spark peers whose frames are broken: each is closed with the reason in the log, the others go on.
import { afterEach, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import type { SparkHandlers } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { encodeFrame, type Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { lengthField } from '../../support/raw-peer.ts'
import { useRpcRig } from '../../support/rpc-rig.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})

const ask = (requestId: bigint, ...body: number[]): Frame => ({
  kind: 'rpc-request',
  requestId,
  body: Uint8Array.from(body),
})

test.each([
  [0n, 'frame length 0 is impossible'],
  [5n, 'frame length 5 is impossible'],
  [2n ** 55n, `frame length ${2n ** 55n} exceeds the limit of 67108864`],
  [2n ** 62n, 'first byte 0x40 starts no protocol of this port'],
  [2n ** 30n, 'frame length 1073741824 exceeds the limit of 67108864'],
])('a first frame of length %i closes that connection only', async (length, reason) => {
  const server = await rig.listen()
  const honest = await rig.connect(server)
  await honest.send(ask(1n, 7))
  const peer = await rig.connect(server)
  await peer.write(lengthField(length))
  expect(await peer.closed).toHaveLength(0)
  expect(rig.complaints).toEqual([expect.stringContaining(reason)])
  await honest.send(ask(2n, 8))
  expect(await honest.frames(2)).toMatchObject([{ requestId: 1n }, { requestId: 2n }])
})

test.each([
  [-5n, 'frame length -5 is impossible'],
  [2n ** 62n, `frame length ${2n ** 62n} exceeds the limit of 67108864`],
])(
  'length %i behind a good frame: that one is answered, then the connection is closed',
  async (length, reason) => {
    const server = await rig.listen()
    const peer = await rig.connect(server)
    await peer.send(ask(1n))
    await peer.frames(1)
    await peer.write(lengthField(length))
    await peer.closed
    expect(rig.complaints.join()).toContain(reason)
  },
)

test('a good frame and a bad one in one write: the answer still arrives', async () => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  await peer.write(Buffer.concat([...encodeFrame(ask(1n, 3)), lengthField(0n)]))
  await peer.closed
  expect(await peer.frames(1)).toMatchObject([{ kind: 'rpc-response', requestId: 1n }])
})

test.each([
  [10, 'frame type 10 (UploadStream) is not served here'],
  [7, 'frame type 7 (StreamResponse) is not served here'],
  [99, 'frame type 99 is unknown'],
])('frame type %i', async (type, reason) => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  await peer.write(Buffer.concat([lengthField(30n), Buffer.alloc(22, type)]))
  await peer.closed
  expect(rig.complaints.join()).toContain(reason)
})

test('half a frame and a close: the owner is not told of a peer that never spoke', async () => {
  let accepted = 0
  const server = await rig.listen({
    onSpark: () => {
      accepted++
      return { onRequest: () => undefined, onOneWay: () => undefined, onClose: () => undefined }
    },
  })
  const peer = await rig.connect(server)
  await peer.write(Buffer.concat(encodeFrame(ask(1n, 1, 2, 3))).subarray(0, 20))
  await eventually(() => server.bufferedBytes).toBe(20)
  peer.socket.end()
  await peer.closed
  await eventually(() => server.connections).toBe(0)
  expect(server.bufferedBytes).toBe(0)
  expect(accepted).toBe(0)
})

test('half a frame after a good one is kept without a deadline, and forgotten at a reset', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const closes: string[] = []
  const server = await rig.listen({
    limits: { firstFrameTimeoutMs: 500 },
    onSpark: (connection): SparkHandlers => ({
      onRequest: (id, body) => void connection.reply(id, body),
      onOneWay: () => undefined,
      onClose: (reason) => closes.push(reason),
    }),
  })
  const peer = await rig.connect(server)
  await peer.send(ask(1n))
  await peer.write(Buffer.concat(encodeFrame(ask(2n, 1, 2, 3))).subarray(0, 15))
  await eventually(() => server.bufferedBytes).toBe(15)
  // A connection that came later has been closed by its own deadline: this one's would be over too.
  const silent = await rig.connect(server)
  await eventually(() => server.connections).toBe(2)
  vi.advanceTimersByTime(500)
  await silent.closed
  expect(server.bufferedBytes).toBe(15)
  peer.reset()
  await eventually(() => closes).toEqual([
    expect.stringMatching(/^connection failed: .*ECONNRESET/),
  ])
  expect(server.bufferedBytes).toBe(0)
})

test('a first frame that drips is closed at the deadline, however busy it looks', async () => {
  const server = await rig.listen({ limits: { firstFrameTimeoutMs: 200 } })
  const peer = await rig.connect(server)
  await peer.write(lengthField(60_000_000n))
  while (!peer.socket.destroyed) {
    peer.socket.write(Uint8Array.of(3))
    await new Promise(setImmediate)
  }
  expect(rig.complaints.join()).toContain('no complete frame within 200 ms')
  expect(server.bufferedBytes).toBe(0)
})

test('a request id that is in use closes the connection', async () => {
  const server = await rig.listen({
    onSpark: () => ({
      onRequest: () => undefined,
      onOneWay: () => undefined,
      onClose: () => undefined,
    }),
  })
  const peer = await rig.connect(server)
  await peer.send(ask(7n), ask(7n))
  await peer.closed
  expect(rig.complaints.join()).toContain('request id 7 is in use by an unanswered request')
})

test('files and blocks are refused, the connection stays', async () => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  await peer.send(
    { kind: 'stream-request', streamId: '/jars/app.jar' },
    { kind: 'chunk-fetch-request', streamId: 3n, chunkIndex: 1 },
    { kind: 'rpc-response', requestId: 99n, body: new Uint8Array(3) },
    { kind: 'rpc-failure', requestId: 98n, error: 'nobody asked' },
    { kind: 'stream-failure', streamId: 'x', error: 'nobody asked' },
    ask(5n),
  )
  const error = 'Hearth serves no files and no blocks'
  expect(await peer.frames(3)).toEqual([
    { kind: 'stream-failure', streamId: '/jars/app.jar', error },
    { kind: 'chunk-fetch-failure', streamId: 3n, chunkIndex: 1, error },
    { kind: 'rpc-response', requestId: 5n, body: Buffer.alloc(0) },
  ])
  expect(rig.complaints).toEqual([])
})
