// A port with a secret and Hearth peers that bend the bytes: nothing is heard of them, and nobody else
// is disturbed.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { CLUSTER_MAGIC, frameClusterDocument } from '@hearth/common/protocol/cluster/frame.ts'
import { MAX_HANDSHAKE_BYTES } from '@hearth/common/protocol/cluster/handshake.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { DiallerHandshake } from '@hearth/common/runtime/auth/cluster-handshake.ts'
import type { ClusterConnection } from '@hearth/common/runtime/rpc/cluster-connection.ts'
import { dialCluster } from '@hearth/common/runtime/rpc/dial.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { afterEach, expect, test, vi } from 'vitest'
import { ClusterPeer, frame } from '../../support/cluster-peer.ts'
import { eventually } from '../../support/eventually.ts'
import { useRpcRig } from '../../support/rpc-rig.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})
const SECRET = 'correct horse battery'
const auth = defaultAuthSettings(SECRET)
const document = (message: unknown) => Buffer.from(JSON.stringify(message))

async function listen(limits = {}) {
  const heard: unknown[] = []
  const closes: string[] = []
  const accepted: ClusterConnection[] = []
  const server = await rig.listen({
    auth,
    limits,
    onCluster: (connection) => {
      accepted.push(connection)
      return {
        onMessage: (message) => void heard.push(message),
        onClose: (reason) => void closes.push(reason),
      }
    },
  })
  return { server, heard, closes, accepted }
}

type Server = Awaited<ReturnType<typeof listen>>['server']

async function connect(server: Server): Promise<ClusterPeer> {
  const peer = new ClusterPeer(await rig.connect(server))
  await peer.raw.write(CLUSTER_MAGIC)
  return peer
}

function dial(server: Server, secret: string | null) {
  const messages: unknown[] = []
  const connection = dialCluster(server.address, {
    log: rig.log,
    secret,
    onOpen: () => ({
      onMessage: (message) => void messages.push(message),
      onClose: () => undefined,
    }),
  })
  return { messages, connection }
}

test('messages of any size pass sealed, both ways, and none of their text is on the wire', async () => {
  const { server, heard, accepted } = await listen()
  const { messages, connection } = dial(server, SECRET)
  const opened = await connection
  const long = { type: 'launch', text: 'x'.repeat(3_000_000) }
  for (const message of ['first', long, 'last']) opened.send(message)
  await eventually(() => heard.length).toBe(3)
  expect(heard).toEqual(['first', long, 'last'])
  accepted[0]?.send(long)
  await eventually(() => messages).toEqual([long])
  opened.close('done')

  const peer = await connect(server)
  const { sealer } = await peer.prove(SECRET)
  await peer.send(sealer.seal(document('hello')))
  await eventually(() => accepted.length).toBe(2)
  accepted[1]?.send({ password: 'swordfish' })
  await eventually(() => peer.documents().length).toBe(3)
  expect(peer.raw.received.includes('swordfish')).toBe(false)
})

test('both ends send at once, and the messages of one do not disturb those of the other', async () => {
  const { server, heard, accepted } = await listen()
  const { messages, connection } = dial(server, SECRET)
  const opened = await connection
  opened.send(-1)
  await eventually(() => heard.length).toBe(1)
  for (let at = 0; at < 500; at++) {
    opened.send(at)
    accepted[0]?.send(at)
  }
  const all = Array.from({ length: 500 }, (_, at) => at)
  await eventually(() => heard).toEqual([-1, ...all])
  await eventually(() => messages).toEqual(all)
  opened.close('done')
})

test('a peer without the secret gets a refusal that says what to set, and nothing else', async () => {
  const { server, heard, closes } = await listen()
  const peer = await connect(server)
  await peer.send({ type: 'register-worker', workerId: 'worker-1' })
  await peer.raw.closed
  expect(peer.documents()).toHaveLength(1)
  expect(await peer.json(0)).toEqual({
    type: 'registration-refused',
    reason: expect.stringMatching(
      /authentication is required.*spark\.authenticate\.secret.*HEARTH_SECRET.*hearth\.authenticate\.secretFile/,
    ) as unknown,
  })
  expect([heard, closes]).toEqual([[], []])
  expect(rig.complaints).toEqual([expect.stringContaining('authentication is required')])
})

test('so does one whose registration is longer than anything before the proof may be', async () => {
  const { server } = await listen()
  const peer = await connect(server)
  await peer.send({ type: 'register-worker', held: 'x'.repeat(MAX_HANDSHAKE_BYTES) })
  await peer.raw.closed
  expect(await peer.json(0)).toMatchObject({ type: 'registration-refused' })
  expect(rig.complaints.join()).toContain(`exceeds the limit of ${MAX_HANDSHAKE_BYTES}`)
})

test('a wrong secret is refused as such, at both ends', async () => {
  const { server, heard } = await listen()
  const { connection } = dial(server, 'another secret')
  await expect(connection).rejects.toMatchObject({
    code: 'EAUTH',
    reason: expect.stringContaining("refused: the worker's secret is not the master's") as unknown,
  })
  expect(heard).toEqual([])
  expect(rig.complaints).toEqual([expect.stringContaining("the worker's secret is not")])
})

test('a dialler with a secret and a port without one: each says so', async () => {
  const server = await rig.listen({
    onCluster: () => ({ onMessage: () => undefined, onClose: () => undefined }),
  })
  await expect(dial(server, SECRET).connection).rejects.toMatchObject({
    code: 'EAUTH',
    reason: expect.stringContaining('the master has none: give the master') as unknown,
  })
  expect(rig.complaints).toEqual([expect.stringContaining('the master has none')])
})

test('a recorded handshake, sent again, opens nothing', async () => {
  const { server, heard } = await listen()
  const first = await connect(server)
  const { sent, sealer } = await first.prove(SECRET)
  const order = frame(sealer.seal(document('order')))
  await first.raw.write(order)
  await eventually(() => heard).toEqual(['order'])

  const replay = await connect(server)
  for (const bytes of [...sent, order]) await replay.raw.write(bytes)
  await replay.raw.closed
  expect(replay.documents()).toHaveLength(2)
  expect(await replay.json(1)).toMatchObject({ type: 'registration-refused' })
  expect(heard).toEqual(['order'])
})

test('a challenge, sent back as one’s own, opens nothing', async () => {
  const { server, heard } = await listen()
  // Without the secret: open a second connection and have the acceptor answer its own challenge.
  const [first, second] = [await connect(server), await connect(server)]
  await first.send(new DiallerHandshake('unknown').hello)
  const challenge = (await first.json(0)) as { nonce: string }
  await second.send({ type: 'auth-hello', version: 1, nonce: challenge.nonce })
  await second.json(0)
  await second.send({ type: 'auth-accepted', proof: '0'.repeat(64) })
  await second.raw.closed
  expect(await second.json(1)).toMatchObject({ type: 'registration-refused' })
  // All it has shown is a nonce and a sentence: no proof that could be sent anywhere.
  expect(second.raw.received.includes('proof"')).toBe(false)
  await first.send({ type: 'auth-proof', proof: challenge.nonce })
  await first.raw.closed
  expect(heard).toEqual([])
})

interface Bent {
  readonly what: string
  /** Sealed frames → the bytes that are sent. */
  readonly bend: (a: Buffer, b: Buffer, c: Buffer) => readonly Buffer[]
  readonly heard: readonly string[]
}

const flipped = (bytes: Buffer) => {
  const copy = Buffer.from(bytes)
  copy[10] = (copy[10] ?? 0) ^ 1
  return copy
}
const BENT: readonly Bent[] = [
  { what: 'a flipped bit', bend: (a, b) => [a, flipped(b)], heard: ['a'] },
  { what: 'a repetition', bend: (a) => [a, a], heard: ['a'] },
  { what: 'another order', bend: (a, b) => [b, a], heard: [] },
  { what: 'a gap', bend: (a, _b, c) => [a, c], heard: ['a'] },
  { what: 'a plain frame', bend: (a) => [a, frame({ type: 'plain order' })], heard: ['a'] },
  { what: 'a short frame', bend: (a) => [a, frame(Buffer.alloc(3, 1))], heard: ['a'] },
]

test.each(BENT)('$what behind the proof closes the connection and is not heard', async (bent) => {
  const { server, heard, accepted, closes } = await listen()
  const peer = await connect(server)
  const { sealer } = await peer.prove(SECRET)
  const sealed = (one: string) => frame(sealer.seal(document(one)))
  await peer.raw.write(Buffer.concat(bent.bend(sealed('a'), sealed('b'), sealed('c'))))
  await peer.raw.closed
  expect(heard).toEqual(bent.heard)
  expect(rig.complaints.join()).toMatch(/it was changed, repeated or moved|too short to be sealed/)
  await eventually(() => closes.length).toBe(accepted.length)
  expect(peer.documents()).toHaveLength(2)
})

test('every truncation of a handshake ends at its deadline, unheard', async () => {
  const { server, heard, accepted } = await listen({ firstFrameTimeoutMs: 300 })
  const { hello } = new DiallerHandshake(SECRET)
  const bytes = Buffer.concat([CLUSTER_MAGIC, frame(hello)])
  const lengths = Array.from({ length: bytes.length + 1 }, (_, length) => length)
  const peers = await rig.connectMany(server, lengths.length)
  await Promise.all(peers.map((peer, at) => peer.write(bytes.subarray(0, lengths[at]))))
  await Promise.all(peers.map((peer) => peer.closed))
  expect([heard, accepted]).toEqual([[], []])
  await eventually(() => server.connections).toBe(0)
  expect(server.bufferedBytes).toBe(0)
})

test('proven and then silent: the deadline still holds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { server, accepted } = await listen({ firstFrameTimeoutMs: 2_000 })
  const peer = await connect(server)
  await peer.prove(SECRET)
  vi.advanceTimersByTime(2_000)
  await peer.raw.closed
  expect(accepted).toEqual([])
})

test('a dialler gives up a listener that says nothing, and one that is aborted', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let hellos = 0
  let onHello: () => void = () => void (hellos += 1)
  const silent = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => onHello())
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port }
  const options = {
    ...{ log: rig.log, secret: SECRET },
    onOpen: () => ({ onMessage: () => undefined, onClose: () => undefined }),
  }
  const limits = { ...DEFAULT_RPC_LIMITS, connectTimeoutMs: 200 }
  const dialled = dialCluster(address, { ...options, limits })
  await eventually(() => hellos).toBe(1)
  vi.advanceTimersByTime(200)
  await expect(dialled).rejects.toMatchObject({
    code: 'EAUTH',
    reason: 'no proof of the secret within 200 ms',
  })
  const controller = new AbortController()
  onHello = () => controller.abort()
  await expect(dialCluster(address, { ...options, signal: controller.signal })).rejects.toThrow(
    'given up',
  )
  silent.close()
  await once(silent, 'close')
})

const HALF_OPEN = 2_000

test(`${HALF_OPEN} half-open handshakes hold at most ${MAX_HANDSHAKE_BYTES} bytes each, and workers go on`, async () => {
  const { server, heard } = await listen()
  const { connection } = dial(server, SECRET)
  const worker = await connection
  worker.send('before')
  await eventually(() => heard).toEqual(['before'])

  const peers = await rig.connectMany(server, HALF_OPEN)
  // A hello, and all but the last byte of the longest frame that is taken before a proof.
  const { hello } = new DiallerHandshake(SECRET)
  const [length = new Uint8Array()] = frameClusterDocument(new Uint8Array(MAX_HANDSHAKE_BYTES))
  const unfinished = Buffer.concat([length, Buffer.alloc(MAX_HANDSHAKE_BYTES - 1, 0x20)])
  const flood = Buffer.concat([CLUSTER_MAGIC, frame(hello), unfinished])
  await Promise.all(peers.map((peer) => peer.write(flood)))
  await eventually(() => server.bufferedBytes).toBe(HALF_OPEN * (MAX_HANDSHAKE_BYTES - 1))

  worker.send('during')
  await eventually(() => heard).toEqual(['before', 'during'])
  const another = dial(server, SECRET)
  ;(await another.connection).send('a new one')
  await eventually(() => heard).toEqual(['before', 'during', 'a new one'])
  // One byte more than the longest is refused before it is read.
  const greedy = await connect(server)
  await greedy.raw.write(Uint8Array.of(0, 0, 0x10, 0x01))
  await greedy.raw.closed
  expect(rig.complaints.join()).toContain('length 4097 exceeds the limit of 4096')
  worker.close('done')
  ;(await another.connection).close('done')
})
