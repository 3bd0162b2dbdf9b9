// The same on a running master: whoever comes to its port, and however many, the application that runs
// there notices nothing, and a new one is still served.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeFrame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { collectGarbage } from '../../support/collect-garbage.ts'
import { eventually } from '../../support/eventually.ts'
import { MasterRig } from '../../support/master-rig.ts'
import { RawPeer, lengthField } from '../../support/raw-peer.ts'

let rig: MasterRig
let peers: RawPeer[]

// Honest peers connect and speak in this process too, which a busy machine may keep from running for seconds: the
// deadline of the first frame is the one that a master has anyway.
const LIMITS = { 'hearth.rpc.maxUnfinishedBytes': '32m' }

beforeEach(async () => {
  peers = []
  rig = await MasterRig.start(LIMITS)
})

afterEach(async () => {
  for (const peer of peers) peer.socket.destroy()
  await rig.stop()
})

const MIB = 2 ** 20

async function connect(): Promise<RawPeer> {
  const peer = await RawPeer.connect(rig.master.address)
  peers.push(peer)
  return peer
}

async function connectMany(count: number): Promise<RawPeer[]> {
  const many = await RawPeer.connectMany(rig.master.address, count)
  peers.push(...many)
  return many
}

// A newcomer is served while the attack lasts, and afterwards everything is as before.
async function expectService(): Promise<void> {
  const newcomer = await rig.driver()
  await newcomer.registered({ name: 'newcomer', maxCores: 1 })
  await newcomer.next('ExecutorUpdated', ({ state }) => state === 'RUNNING')
  newcomer.close()
  await rig.expectUnharmed()
}

test('HTTP on the RPC port is told where the web UI is', async () => {
  const { host, port } = rig.master.address
  const response = await fetch(`http://${host}:${port}/`, { headers: { connection: 'close' } })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain(`the web UI is at ${rig.master.webUiUrl}`)
  await expectService()
})

test('TLS and garbage are closed', async () => {
  const tls = connectTls({ ...rig.master.address, rejectUnauthorized: false })
  await once(tls, 'error')
  const garbage = await connectMany(64)
  await Promise.all(garbage.map((peer) => peer.write(randomBytes(300))))
  await expectService()
  await Promise.all(garbage.map((peer) => peer.closed))
})

test.each([0n, -1n, 1n << 30n, 1n << 55n, 1n << 62n])(
  'a frame of length %i is closed',
  async (length) => {
    const peer = await connect()
    await peer.write(lengthField(length))
    await peer.closed
    await expectService()
  },
)

test('half frames and a thousand idle connections: all closed at the deadline', async () => {
  const many = await connectMany(1_000)
  const [frame] = encodeFrame({ kind: 'rpc-request', requestId: 1n, body: new Uint8Array(50) })
  for (const [at, peer] of many.entries()) {
    if (at % 2 === 0) await peer.write(frame?.subarray(0, 1 + (at % 20)) ?? '')
  }
  await expectService()
  await Promise.all(many.map((peer) => peer.closed))
  await rig.expectUnharmed()
})

test('60 MB declared and half sent, on fifty connections: memory is bounded', async () => {
  // No deadline helps here: what is closed is closed for what it holds.
  await rig.stop()
  rig = await MasterRig.start({ ...LIMITS, 'hearth.rpc.firstFrameTimeout': '1h' })
  const many = await connectMany(50)
  const held = () => {
    collectGarbage()
    return process.memoryUsage().arrayBuffers
  }
  const before = held()
  const chunk = Buffer.alloc(MIB / 2, 7)
  await Promise.all(
    many.map(async (peer) => {
      await peer.write(lengthField(60n * BigInt(MIB)))
      for (let sent = 0; sent < 30 * MIB && !peer.socket.destroyed; sent += chunk.length) {
        await Promise.race([peer.write(chunk), peer.closed])
      }
    }),
  )
  // 1.5 GB were offered, 30 MB by each; 32 MiB may be held, so one at most is left when all is taken.
  await eventually(() => many.filter(({ socket }) => !socket.destroyed).length).toBeLessThan(2)
  // What the master has let go is freed by another thread, which may have to wait for a core.
  await eventually(() => held() - before).toBeLessThan(64 * MIB)
  await expectService()
})

test('a peer that asks and never reads is held back; the master answers others', async () => {
  const peer = await connect()
  peer.stopReading()
  const body = Buffer.from([0, 0, 0, 7, ...Buffer.from('Nowhere'), ...Buffer.alloc(100)])
  const thousand = Buffer.concat(
    Array.from({ length: 1_000 }, (_, at) =>
      Buffer.concat(encodeFrame({ kind: 'rpc-request', requestId: BigInt(at), body })),
    ),
  )
  while (peer.socket.writableLength < 16 * MIB) {
    peer.socket.write(thousand)
    await new Promise(setImmediate)
  }
  // What the master took at first is answered into the kernel's buffers; from then on it takes nothing.
  let waiting: number
  do {
    waiting = peer.socket.writableLength
    await expectService()
  } while (peer.socket.writableLength < waiting)
  expect(waiting).toBeGreaterThan(0)
})
