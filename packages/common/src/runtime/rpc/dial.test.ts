import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { useRpcRig } from '../../../../../test/support/rpc-rig.ts'
import { dialCluster, dialSpark } from './dial.ts'
import { DEFAULT_RPC_LIMITS } from './limits.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})

const onOpen = () => ({
  onRequest: () => undefined,
  onOneWay: () => undefined,
  onMessage: () => undefined,
  onClose: () => undefined,
})

test.each(['127.0.0.1', 'localhost', '[::1]'])('reaches a listener at %s', async (host) => {
  const server = await rig.listen({ host: host === '[::1]' ? host : '127.0.0.1' })
  const connection = await dialSpark({ host, port: server.address.port }, { log: rig.log, onOpen })
  expect(connection.remote).toEqual({ host, port: server.address.port })
  expect([...(await connection.ask(Uint8Array.of(1), 5_000))]).toEqual([1])
  connection.close('done')
})

test('a refused connection names the address and keeps the code', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  await expect(
    dialSpark({ host: '127.0.0.1', port }, { log: rig.log, onOpen }),
  ).rejects.toMatchObject({
    name: 'DialError',
    code: 'ECONNREFUSED',
    message: expect.stringContaining(`cannot connect to 127.0.0.1:${port}`) as string,
  })
})

test('a host that does not answer is given up at the time-out', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const server = await rig.listen()
  const dialled = dialCluster(server.address, { log: rig.log, limits: DEFAULT_RPC_LIMITS, onOpen })
  vi.advanceTimersByTime(DEFAULT_RPC_LIMITS.connectTimeoutMs)
  await expect(dialled).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    message: expect.stringContaining('no connection within 10000 ms') as string,
  })
})

test('a dial can be given up, before it starts and while it runs', async () => {
  const server = await rig.listen()
  const ended = AbortSignal.abort()
  const running = new AbortController()
  const dials = [ended, running.signal].map((signal) =>
    dialSpark(server.address, { log: rig.log, onOpen, signal }),
  )
  running.abort()
  for (const dialled of dials) await expect(dialled).rejects.toMatchObject({ code: 'ABORTED' })
})

test('an owner that cannot take the connection rejects the dial', async () => {
  const server = await rig.listen()
  const refuse = () => {
    throw new Error('no room')
  }
  await expect(dialSpark(server.address, { log: rig.log, onOpen: refuse })).rejects.toThrow(
    'no room',
  )
})
