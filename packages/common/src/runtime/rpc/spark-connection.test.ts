import { afterEach, expect, test, vi } from 'vitest'
import { eventually } from '../../../../../test/support/eventually.ts'
import { useRpcRig } from '../../../../../test/support/rpc-rig.ts'
import { ANSWER_TIMEOUT_MS } from '../../../../../test/support/wait-until.ts'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import { dialSpark } from './dial.ts'
import type { RpcLimits } from './limits.ts'
import type { SparkConnection, SparkHandlers } from './spark-connection.ts'

const rig = useRpcRig()
afterEach(() => {
  vi.useRealTimers()
})
const bytes = (...values: number[]) => Uint8Array.from(values)

interface End {
  connection: SparkConnection
  readonly requests: { id: bigint; body: number[] }[]
  readonly oneWays: number[][]
  readonly closes: string[]
}

// What an end does is what the test overrides; what it is told is kept.
function endOf(
  connection: SparkConnection,
  overrides: Partial<SparkHandlers>,
): [End, SparkHandlers] {
  const end: End = { connection, requests: [], oneWays: [], closes: [] }
  const handlers: SparkHandlers = {
    onRequest: (id, body) => void end.requests.push({ id, body: [...body] }),
    onOneWay: (body) => void end.oneWays.push([...body]),
    onClose: (reason) => void end.closes.push(reason),
    ...overrides,
  }
  return [end, handlers]
}

async function connectPair(
  atServer: (connection: SparkConnection) => Partial<SparkHandlers> = () => ({}),
  limits: Partial<RpcLimits> = {},
): Promise<{ server: End; client: End }> {
  let server: End | undefined
  const listener = await rig.listen({
    limits,
    onSpark: (connection) => {
      const [end, handlers] = endOf(connection, atServer(connection))
      server = end
      return handlers
    },
  })
  let client: End | undefined
  await dialSpark(listener.address, {
    log: rig.log,
    onOpen: (connection) => {
      const [end, handlers] = endOf(connection, {})
      client = end
      return handlers
    },
  })
  client?.connection.sendOneWay(bytes())
  await eventually(() => server?.oneWays.length ?? server).toBeDefined()
  if (server === undefined || client === undefined) throw new Error('no connection')
  server.oneWays.length = 0
  return { server, client }
}

test('both ends ask and answer; replies may overtake each other', async () => {
  const { server, client } = await connectPair()
  const toServer = [
    client.connection.ask(bytes(1), ANSWER_TIMEOUT_MS),
    client.connection.ask(bytes(2), ANSWER_TIMEOUT_MS),
  ]
  // Either answer may come first.
  const toClient = Promise.allSettled([server.connection.ask(bytes(3), ANSWER_TIMEOUT_MS)])
  await eventually(() => [server.requests.length, client.requests.length]).toEqual([2, 1])
  for (const { id, body } of server.requests.toReversed()) {
    expect(server.connection.reply(id, bytes(...body, 9))).toBe(true)
  }
  for (const { id } of client.requests) client.connection.fail(id, 'not today')
  expect(await Promise.all(toServer)).toEqual([Buffer.from([1, 9]), Buffer.from([2, 9])])
  expect(await toClient).toMatchObject([{ reason: { kind: 'refused', message: 'not today' } }])
  client.connection.close('done')
})

test('what is sent arrives in call order', async () => {
  const { server, client } = await connectPair()
  for (let at = 0; at < 200; at++) client.connection.sendOneWay(bytes(at))
  await eventually(() => server.oneWays.length).toBe(200)
  expect(server.oneWays).toEqual(Array.from({ length: 200 }, (_, at) => [at]))
  client.connection.close('done')
})

test('a request whose handler throws or rejects is failed with the message', async () => {
  const { server, client } = await connectPair(() => ({
    onRequest: (_id, body) => {
      if (body[0] === 1) throw new ProtocolError('class x.Y is on no allow-list')
      return Promise.reject(new Error('disk is full'))
    },
  }))
  await expect(client.connection.ask(bytes(1), ANSWER_TIMEOUT_MS)).rejects.toMatchObject({
    kind: 'refused',
    message: 'class x.Y is on no allow-list',
  })
  await expect(client.connection.ask(bytes(2), ANSWER_TIMEOUT_MS)).rejects.toThrow('disk is full')
  expect(rig.records.map(({ level, msg }) => [level, msg])).toEqual([
    ['warn', 'bad message from Spark peer: class x.Y is on no allow-list'],
    ['error', 'handler onRequest failed'],
  ])
  expect(server.connection.isOpen).toBe(true)
  client.connection.close('done')
})

test('a handler that throws on anything else is logged, and the connection goes on', async () => {
  const { client } = await connectPair((connection) => ({
    onOneWay: (body) => {
      if (body.length > 0) throw new Error('no such message')
    },
    onRequest: (id) => void connection.reply(id, bytes(1)),
    onClose: () => {
      throw new Error('close went wrong')
    },
  }))
  client.connection.sendOneWay(bytes(1))
  expect(await client.connection.ask(bytes(), ANSWER_TIMEOUT_MS)).toHaveLength(1)
  client.connection.close('done')
  await eventually(() => rig.complaints).toEqual([
    'handler onOneWay failed',
    'handler onClose failed',
  ])
})

test('a request is answered once: the second answer is not sent', async () => {
  const { server, client } = await connectPair()
  const reply = client.connection.ask(bytes(1), ANSWER_TIMEOUT_MS)
  await eventually(() => server.requests.length).toBe(1)
  const id = server.requests[0]?.id ?? -1n
  expect(server.connection.reply(id, bytes(1))).toBe(true)
  expect(server.connection.fail(id, 'too late')).toBe(false)
  expect(server.connection.reply(id, bytes(2))).toBe(false)
  expect(server.connection.reply(77n, bytes(2))).toBe(false)
  expect([...(await reply)]).toEqual([1])
  client.connection.close('done')
})

test('a request that nobody answers is failed at the answer time-out, loudly', async () => {
  const { server, client } = await connectPair(undefined, { answerTimeoutMs: 50 })
  await expect(client.connection.ask(bytes(1), ANSWER_TIMEOUT_MS)).rejects.toMatchObject({
    kind: 'refused',
    message: 'Hearth did not answer this request in time',
  })
  expect(rig.complaints).toEqual(['request 1 was never answered; failing it'])
  expect(server.connection.reply(server.requests[0]?.id ?? -1n, bytes())).toBe(false)
  client.connection.close('done')
})

test('a reply after the time-out of its ask is dropped', async () => {
  const { server, client } = await connectPair()
  await expect(client.connection.ask(bytes(1), 20)).rejects.toMatchObject({ kind: 'timed-out' })
  await eventually(() => server.requests.length).toBe(1)
  server.connection.reply(server.requests[0]?.id ?? -1n, bytes(1))
  server.connection.sendOneWay(bytes(8))
  await eventually(() => client.oneWays).toEqual([[8]])
  client.connection.close('done')
})

test.each(['client', 'server'] as const)(
  'a close by the %s rejects the asks of both',
  async (who) => {
    const ends = await connectPair()
    const { server, client } = ends
    const asks = Promise.allSettled([
      client.connection.ask(bytes(1), ANSWER_TIMEOUT_MS),
      server.connection.ask(bytes(2), ANSWER_TIMEOUT_MS),
    ])
    ends[who].connection.close('enough')
    ends[who].connection.close('again')
    expect(ends[who].connection.isOpen).toBe(false)
    expect(await asks).toMatchObject([
      { reason: { kind: 'closed' } },
      { reason: { kind: 'closed' } },
    ])
    const other = who === 'client' ? server : client
    await eventually(() => [ends[who].closes, other.closes]).toEqual([
      ['enough'],
      ['closed by the peer'],
    ])
    await expect(client.connection.ask(bytes(3), ANSWER_TIMEOUT_MS)).rejects.toMatchObject({
      kind: 'closed',
    })
  },
)

test('what was sent before the close still arrives', async () => {
  const { server, client } = await connectPair()
  // Without the grace timer only the peer's own close can end this.
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  client.connection.sendOneWay(new Uint8Array(1_000_000))
  client.connection.sendOneWay(bytes(2))
  client.connection.close('done')
  client.connection.sendOneWay(bytes(3))
  await eventually(() => server.closes).toHaveLength(1)
  expect(server.oneWays.map((body) => body.length)).toEqual([1_000_000, 1])
})

test('no frame is delivered after a close by the handler of an earlier one', async () => {
  const { server, client } = await connectPair((connection) => ({
    onRequest: () => connection.close('enough'),
  }))
  const ask = client.connection.ask(bytes(1), ANSWER_TIMEOUT_MS)
  client.connection.sendOneWay(bytes(2))
  await expect(ask).rejects.toMatchObject({ kind: 'closed' })
  await eventually(() => server.closes).toEqual(['enough'])
  expect(server.oneWays).toEqual([])
})

test('an owner that cannot take a connection has it closed, and the server goes on', async () => {
  let count = 0
  const server = await rig.listen({
    onSpark: (connection) => {
      if (count++ === 0) throw new Error('no room')
      return endOf(connection, { onRequest: (id) => void connection.reply(id, bytes()) })[1]
    },
  })
  const ask = { kind: 'rpc-request', requestId: 1n, body: bytes(1) } as const
  const first = await rig.connect(server)
  await first.send(ask)
  await first.closed
  const second = await rig.connect(server)
  await second.send(ask)
  expect(await second.frames(1)).toHaveLength(1)
})

test('a peer that goes on sending what cannot be read is disconnected', async () => {
  const { server, client } = await connectPair(() => ({
    onOneWay: (body) => {
      if (body.length > 0) throw new ProtocolError('not a message')
    },
  }))
  for (let sent = 0; sent < 99; sent += 1) client.connection.sendOneWay(bytes(1))
  await expect(client.connection.ask(bytes(1), 1)).rejects.toThrow(/\S/)
  expect(server.connection.isOpen).toBe(true)
  client.connection.sendOneWay(bytes(1))
  await eventually(() => server.closes).toEqual([expect.stringMatching(/100 messages that cannot/)])
})
