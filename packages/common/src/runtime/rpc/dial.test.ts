import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { useRpcRig } from '../../../../../test/support/rpc-rig.ts'
import { ANSWER_TIMEOUT_MS } from '../../../../../test/support/wait-until.ts'
import { defaultAuthSettings } from '../auth/auth-settings.ts'
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
  expect([...(await connection.ask(Uint8Array.of(1), ANSWER_TIMEOUT_MS))]).toEqual([1])
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
  await Promise.all(
    dials.map((dialled) => expect(dialled).rejects.toMatchObject({ code: 'ABORTED' })),
  )
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

describe('with a secret', () => {
  const auth = defaultAuthSettings('s3cret')

  test('the connection is handed over when both have proven it', async () => {
    const server = await rig.listen({ auth })
    const connection = await dialSpark(server.address, { log: rig.log, auth, onOpen })
    expect([...(await connection.ask(Uint8Array.of(1), ANSWER_TIMEOUT_MS))]).toEqual([1])
    connection.close('done')
  })

  test('a peer with another one is EAUTH, and never handed over', async () => {
    const server = await rig.listen({ auth: defaultAuthSettings('another') })
    const opened = vi.fn<typeof onOpen>(onOpen)
    await expect(
      dialSpark(server.address, { log: rig.log, auth, onOpen: opened }),
    ).rejects.toMatchObject({
      code: 'EAUTH',
      message: expect.stringMatching(
        /not authenticated: .*check spark.authenticate.secret/,
      ) as string,
    })
    expect(opened).not.toHaveBeenCalled()
  })

  test('a peer that does not answer is given up at the time-out, or when told so', async () => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const address = { host: '127.0.0.1', port }
    const hasty = { ...auth, timeoutMs: 100 }
    await expect(dialSpark(address, { log: rig.log, auth: hasty, onOpen })).rejects.toThrow(
      'no authentication within 100 ms',
    )
    const { signal, abort } = abortable()
    silent.once('connection', () => setImmediate(abort))
    await expect(dialSpark(address, { log: rig.log, auth, onOpen, signal })).rejects.toThrow(
      'given up',
    )
    silent.close()
    await once(silent, 'close')
  })

  test('an owner that cannot take the connection rejects the dial', async () => {
    const server = await rig.listen({ auth })
    const refuse = () => {
      throw new Error('no room')
    }
    await expect(dialSpark(server.address, { log: rig.log, auth, onOpen: refuse })).rejects.toThrow(
      'no room',
    )
  })
})

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
