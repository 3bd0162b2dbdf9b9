// Callers on the RPC port that are no peers at all.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { RawPeer } from '../../support/raw-peer.ts'
import { hearthPeer, useRpcRig } from '../../support/rpc-rig.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})
const webUiUrl = () => 'http://127.0.0.1:8080'

test('an HTTP client gets one line that names the web UI', async () => {
  const server = await rig.listen({ webUiUrl })
  const { host, port } = server.address
  const response = await fetch(`http://${host}:${port}/`, { headers: { connection: 'close' } })
  expect(response.status).toBe(400)
  expect(await response.text()).toBe(
    "This port speaks Spark's RPC, not HTTP; the web UI is at http://127.0.0.1:8080\n",
  )
})

test('a text client gets the line although it sends byte by byte and goes on sending', async () => {
  const server = await rig.listen({ webUiUrl })
  const peer = await rig.connect(server)
  await peer.write('P')
  await peer.write('OST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n')
  await peer.write('x'.repeat(100_000))
  expect((await peer.closed).toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*8080\n$/)
})

test('without a web UI the line says only that this is not HTTP', async () => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  await peer.write('GET / HTTP/1.1\r\n\r\n')
  expect((await peer.closed).toString()).toMatch(
    /\r\n\r\nThis port speaks Spark's RPC, not HTTP\n$/,
  )
})

test('a text client that never closes is closed', async () => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  peer.socket.allowHalfOpen = true
  await peer.write('GET')
  await eventually(() => server.connections).toBe(0)
})

test('a TLS client is closed and the log says why', async () => {
  const server = await rig.listen()
  const socket = connectTls({ ...server.address, rejectUnauthorized: false })
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toMatch(/ECONNRESET|EPIPE/)
  expect(rig.complaints).toEqual([
    expect.stringMatching(/^closing connection with 127\.0\.0\.1:\d+: it speaks TLS, which is not/),
  ])
})

test('garbage is closed, and the log names its first byte', async () => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  await peer.write(Uint8Array.of(0x9c, 0x00, 0x17))
  expect(await peer.closed).toHaveLength(0)
  expect(rig.complaints.join()).toContain('first byte 0x9c starts no protocol of this port')
})

test('random bytes of any beginning are survived', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const server = await rig.listen({
    limits: { firstFrameTimeoutMs: 500 },
    onCluster: hearthPeer,
  })
  const closed: Promise<Buffer>[] = []
  for (let first = 0; first < 256; first++) {
    const peer = await rig.connect(server)
    await peer.write(Buffer.concat([Buffer.of(first), randomBytes(200)]))
    closed.push(peer.closed)
  }
  // Some are refused at once, some answered, and some let go at the deadline.
  await eventually(() => server.connections).toBeLessThan(256)
  const all = Promise.all(closed).then(() => 'closed')
  const turn = () => new Promise<string>((resolve) => setImmediate(() => resolve('open')))
  while ((await Promise.race([all, turn()])) === 'open') vi.advanceTimersByTime(500)
  const honest = await rig.connect(server)
  await honest.send({ kind: 'rpc-request', requestId: 1n, body: Uint8Array.of(5) })
  expect(await honest.frames(1)).toMatchObject([{ kind: 'rpc-response', requestId: 1n }])
})

test('a Hearth peer on a port that serves none is closed with the reason in the log', async () => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  await peer.write(Uint8Array.of(0xf1))
  await peer.closed
  expect(rig.complaints.join()).toContain('it speaks for Hearth, which this port does not serve')
})

test('half a magic, then silence: closed at the deadline', async () => {
  const server = await rig.listen({
    limits: { firstFrameTimeoutMs: 100 },
    onCluster: hearthPeer,
  })
  const peer = await rig.connect(server)
  await peer.write(Uint8Array.of(0xf1, 0x48, 0x52))
  await peer.closed
  expect(rig.complaints.join()).toContain('no complete frame within 100 ms')
})

test('a connection beyond the maximum is closed, and one that ends makes room', async () => {
  const server = await rig.listen({ limits: { maxConnections: 2 } })
  const first = await rig.connect(server)
  await rig.connect(server)
  await eventually(() => server.connections).toBe(2)
  const third = await rig.connect(server)
  await third.closed
  expect(rig.complaints).toEqual(['refusing connections: 2 are open, the maximum'])
  first.socket.destroy()
  await eventually(() => server.connections).toBe(1)
  const next = await rig.connect(server)
  await next.send({ kind: 'rpc-request', requestId: 1n, body: new Uint8Array(0) })
  expect(await next.frames(1)).toHaveLength(1)
})

test('a server that stops closes who has said nothing yet', async () => {
  const server = await rig.listen()
  const peer = await rig.connect(server)
  await eventually(() => server.connections).toBe(1)
  await server.stop()
  await peer.closed
  await expect(RawPeer.connect(server.address)).rejects.toThrow('ECONNREFUSED')
})
