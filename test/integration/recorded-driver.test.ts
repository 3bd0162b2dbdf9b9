// Drivers of four releases, as recorded, against a running master: the bytes that a real driver sent, and
// what it would get back.
import { connect, type Socket } from 'node:net'
import { createLog } from '@hearth/common/runtime/log.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import { decodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { decodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import { decodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'
import { DEFAULT_RPC_LIMITS } from '@hearth/common/runtime/rpc/limits.ts'
import { startMaster, type RunningMaster } from '@hearth/master/main.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConversation, RELEASES } from '../fixtures/spark/recordings.ts'
import { waitUntil } from '../support/wait-until.ts'

let master: RunningMaster
let sockets: Socket[] = []

beforeEach(async () => {
  const log = createLog({ name: 'master', level: 'silent' })
  master = await startMaster({
    host: '127.0.0.1',
    port: 0,
    webUiPort: 0,
    properties: new Map(),
    log,
  })
})

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets = []
  await master.stop()
})

async function dial(): Promise<{ socket: Socket; frames: Frame[] }> {
  const socket = connect(master.address.port, '127.0.0.1')
  sockets.push(socket)
  const decoder = new FrameDecoder(DEFAULT_RPC_LIMITS)
  const frames: Frame[] = []
  socket.on('data', (chunk) => frames.push(...decoder.push(chunk)))
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, frames }
}

test.each(RELEASES)('a recorded driver of %s registers', async (release) => {
  const [check, , register] = readConversation(release, 'client-mode').map((frame) => frame.bytes)
  const { socket, frames } = await dial()
  socket.write(check ?? '')
  const reply = await waitUntil('the answer', () => frames[0])
  expect(reply.kind).toBe('rpc-response')
  expect(reply.kind === 'rpc-response' && decodeBooleanReply(reply.body)).toBe(true)

  socket.write(register ?? '')
  const registered = await waitUntil('RegisteredApplication', () => frames[1])
  if (registered.kind !== 'one-way') throw new Error(`got ${registered.kind}`)
  const envelope = decodeEnvelope(registered.body)
  expect(envelope.endpoint).toBe('AppClient')
  expect(envelope.sender).toEqual({ host: '127.0.0.1', port: 17_077 })
  const message = decodeSparkMessage(envelope.content)
  if (message.type !== 'RegisteredApplication') throw new Error(`got ${message.type}`)
  expect(message.appId).toMatch(/^app-\d{14}-\d{4}$/)
  // The address by which the driver dialled us: the only one whose loss it would notice.
  expect(message.master).toMatchObject({
    name: 'Master',
    address: { host: '127.0.0.1', port: 17_077 },
  })

  const response = await fetch(`${master.webUiUrl}/app/json?appId=${message.appId}`)
  expect(await response.json()).toMatchObject({
    id: message.appId,
    name: 'SparkPi',
    state: 'WAITING',
  })

  // The same message again, as a driver sends it after 20 s without an answer.
  socket.write(register ?? '')
  const again = await waitUntil('the second answer', () => frames[2])
  if (again.kind !== 'one-way') throw new Error(`got ${again.kind}`)
  expect(decodeSparkMessage(decodeEnvelope(again.body).content)).toMatchObject({
    appId: message.appId,
  })
})
