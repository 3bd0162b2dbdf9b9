import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  defaultAuthSettings,
  type AuthSettings,
} from '@hearth/common/runtime/auth/auth-settings.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { dialSpark } from '@hearth/common/runtime/rpc/dial.ts'
import type { SparkConnection } from '@hearth/common/runtime/rpc/spark-connection.ts'
import { encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import { encodeFrame, type Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { decodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import { encodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { ANSWER_TIMEOUT_MS } from '../../../../../test/support/wait-until.ts'
import { openHolder, type Holder } from './holder.ts'

// CheckExistence("Worker") of a Spark 4.1 executor, as recorded (executor-worker, frame 0).
const RECORDED = Buffer.from(
  [
    '00000000000000b003646619ef094e957f0000009b000100093132372e302e302e31000042cd0011656e',
    '64706f696e742d7665726966696572aced00057372003d6f72672e6170616368652e737061726b2e7270',
    '632e6e657474792e527063456e64706f696e74566572696669657224436865636b4578697374656e6365',
    '4aa51e9ee4c19ac40200014c00046e616d657400124c6a6176612f6c616e672f537472696e673b787074',
    '0006576f726b6572',
  ].join(''),
  'hex',
)

let holder: Holder
let sockets: net.Socket[]
let auth: AuthSettings | null | undefined
beforeEach(async () => {
  sockets = []
  auth = null
  holder = await openHolder({ host: '127.0.0.1', port: 0, auth: () => auth, onBroken: () => {} })
})
afterEach(async () => {
  vi.useRealTimers()
  for (const socket of sockets) socket.destroy()
  await holder.close()
})

async function connect(): Promise<net.Socket> {
  const socket = net.connect(holder.port, '127.0.0.1')
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

async function firstFrame(socket: net.Socket): Promise<Frame> {
  const decoder = new FrameDecoder({ maxFrameBytes: 65_536 })
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    const [frame] = decoder.push(chunk)
    if (frame !== undefined) return frame
  }
}

function ask(endpoint: string, content: Uint8Array): Buffer {
  const receiver = { host: '127.0.0.1', port: holder.port }
  const body = encodeEnvelope({ sender: null, receiver, endpoint, content })
  return Buffer.concat(encodeFrame({ kind: 'rpc-request', requestId: 7n, body }))
}

function checkExistence(name: string, line: '2.12' | '2.13'): Buffer {
  return ask('endpoint-verifier', encodeSparkMessage({ type: 'CheckExistence', name, line }, line))
}

test('an executor of Spark 4.1 learns that its worker exists, and the socket stays open', async () => {
  const socket = await connect()
  socket.write(RECORDED)
  const reply = await firstFrame(socket)
  if (reply.kind !== 'rpc-response') throw new Error(`got ${reply.kind}`)
  expect(decodeBooleanReply(reply.body)).toBe(true)
  // Byte by byte, and a second time on the same socket.
  for (const byte of RECORDED) socket.write(Buffer.of(byte))
  expect(await firstFrame(socket)).toMatchObject({ kind: 'rpc-response' })
})

test.each([
  ['Worker', '2.12', true],
  ['Worker', '2.13', true],
  ['Master', '2.13', false],
] as const)('CheckExistence(%s) of Scala %s is answered %s', async (name, line, exists) => {
  const socket = await connect()
  socket.write(checkExistence(name, line))
  const reply = await firstFrame(socket)
  if (reply.kind !== 'rpc-response') throw new Error(`got ${reply.kind}`)
  expect(reply.requestId).toBe(7n)
  expect(decodeBooleanReply(reply.body)).toBe(exists)
})

test.each([
  ['an unknown endpoint', () => ask('Master', new Uint8Array(0)), /Could not find Master/],
  ['no object stream', () => ask('endpoint-verifier', Buffer.from('hello')), /./],
])('%s is answered with a failure, and the socket stays open', async (_, request, text) => {
  const socket = await connect()
  socket.write(request())
  const reply = await firstFrame(socket)
  if (reply.kind !== 'rpc-failure') throw new Error(`got ${reply.kind}`)
  expect(reply.error).toMatch(text)
  socket.write(checkExistence('Worker', '2.13'))
  expect(await firstFrame(socket)).toMatchObject({ kind: 'rpc-response' })
})

test.each([
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a frame of a gigabyte', Buffer.from('000000004000000003', 'hex')],
  ['a length of 0', Buffer.alloc(8)],
])('%s closes the connection', async (_, bytes) => {
  const socket = await connect()
  socket.write(bytes)
  await once(socket, 'close')
})

test('who says nothing is let go after the deadline; who has asked once, never', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const silent = await connect()
  const executor = await connect()
  executor.write(RECORDED)
  await firstFrame(executor)
  vi.advanceTimersByTime(60_000)
  await once(silent, 'close')
  executor.write(RECORDED)
  expect(await firstFrame(executor)).toMatchObject({ kind: 'rpc-response' })
})

test('nobody is answered before a worker has said what is to be proven', async () => {
  auth = undefined
  const early = await connect()
  early.write(RECORDED)
  expect(await once(early, 'close')).toBeDefined()
  expect(early.bytesRead).toBe(0)
  auth = null
  const executor = await connect()
  executor.write(RECORDED)
  expect(await firstFrame(executor)).toMatchObject({ kind: 'rpc-response' })
})

describe('with a secret', () => {
  const settings = defaultAuthSettings('s3cret')
  const modes: readonly (readonly [string, AuthSettings])[] = [
    ['SASL', settings],
    ['SASL encryption', { ...settings, encryptsSasl: true }],
    ['AuthEngine', { ...settings, isCryptoEnabled: true }],
    [
      'AuthEngine with GCM',
      { ...settings, isCryptoEnabled: true, cipher: 'AES/GCM/NoPadding', authEngineVersion: 2 },
    ],
  ]

  // As an executor does, with whatever it was given.
  function dial(executor: AuthSettings): Promise<SparkConnection> {
    const onOpen = () => ({
      onRequest: () => undefined,
      onOneWay: () => undefined,
      onClose: () => undefined,
    })
    const address = { host: '127.0.0.1', port: holder.port }
    const log = createLog({ name: 'executor', level: 'silent' })
    return dialSpark(address, { log, auth: executor, onOpen })
  }

  test.each(modes)(
    'an executor proves it and learns that its worker exists: %s',
    async (_, one) => {
      auth = one
      const executor = await dial(one)
      const reply = await executor.ask(envelopeOf(RECORDED), ANSWER_TIMEOUT_MS)
      expect(decodeBooleanReply(reply)).toBe(true)
      executor.close('done')
    },
  )

  test('who does not prove it is told what to set, and the socket is closed', async () => {
    auth = settings
    const executor = await connect()
    executor.write(RECORDED)
    const reply = await firstFrame(executor)
    if (reply.kind !== 'rpc-failure') throw new Error(`got ${reply.kind}`)
    expect(reply.error).toContain('spark.authenticate.secret')
    await once(executor, 'close')
    await expect(dial({ ...settings, secret: 'other' })).rejects.toMatchObject({ code: 'EAUTH' })
  })
})

test('who wants to prove a secret where there is none is told so', async () => {
  auth = null
  const address = { host: '127.0.0.1', port: holder.port }
  const log = createLog({ name: 'executor', level: 'silent' })
  const onOpen = () => {
    throw new Error('authenticated')
  }
  await expect(
    dialSpark(address, { log, auth: defaultAuthSettings('s3cret'), onOpen }),
  ).rejects.toThrow('this cluster has no secret')
})

// The body of a frame: what an executor sends once it has authenticated.
function envelopeOf(frame: Buffer): Uint8Array {
  return frame.subarray(8 + 1 + 8 + 4)
}

test('W-18 a watcher keeps its socket when others close theirs, and loses it with the launcher', async () => {
  const [watcher, other] = [await connect(), await connect()]
  for (const socket of [watcher, other]) {
    socket.write(RECORDED)
    await firstFrame(socket)
  }
  const closed = once(watcher, 'close')
  other.destroy()
  await once(other, 'close')
  const stranger = await connect()
  stranger.resetAndDestroy()
  await once(stranger, 'close')
  watcher.write(RECORDED)
  expect(await firstFrame(watcher)).toMatchObject({ kind: 'rpc-response' })
  await holder.close()
  await closed
  holder = await openHolder({ host: '127.0.0.1', port: 0, auth: () => auth, onBroken: () => {} })
})
