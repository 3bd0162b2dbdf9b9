// What clients of the REST port may cost a master: bounded bodies, connections and patience.
import { createLog } from '@hearth/common/runtime/log.ts'
import { startMaster, type RunningMaster } from '@hearth/master/main.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { collectGarbage } from '../../support/collect-garbage.ts'
import { eventually } from '../../support/eventually.ts'
import { askRest, RawClient, submissionOf } from '../../support/rest-client.ts'

const MIB = 2 ** 20
const HUGE = 200 * MIB

let master: RunningMaster
let clients: RawClient[]

async function start(properties: Record<string, string> = {}): Promise<string> {
  master = await startMaster({
    host: '127.0.0.1',
    port: 0,
    webUiPort: 0,
    properties: new Map(Object.entries(properties)),
    log: createLog({ name: 'master', level: 'silent' }),
  })
  return master.restUrl ?? ''
}

async function client(url: string): Promise<RawClient> {
  const one = await RawClient.connect(url)
  clients.push(one)
  return one
}

beforeEach(() => {
  clients = []
})

afterEach(async () => {
  for (const one of clients) one.end()
  await master.stop()
})

async function isWell(url: string): Promise<void> {
  // A request may come later than a short time-out of the test allows, where this process did not run for a while.
  await eventually(async () => (await askRest(url, 'GET', 'readyz')).status).toBe(200)
  expect((await fetch(`${master.webUiUrl}/readyz`)).status).toBe(200)
}

const HEAD = 'POST /v1/submissions/create HTTP/1.1\r\nhost: localhost\r\n'

/** Writes up to so much in chunks until the peer has had enough; how much it was. */
async function flood(one: RawClient, bytes: number, frame: (chunk: Buffer) => Buffer) {
  const chunk = frame(Buffer.alloc(64 * 1024, 0x61))
  let written = 0
  while (written < bytes && one.socket.writable && !one.socket.destroyed) {
    await one.write(chunk)
    written += chunk.length
  }
  return written
}

test('a body of 200 MB is refused at its header, and nothing of it is read', async () => {
  const url = await start()
  const one = await client(url)
  await one.write(`${HEAD}content-length: ${HUGE}\r\n\r\n`)
  await one.closed
  expect(one.received).toContain('HTTP/1.1 413 ')
  expect(one.received).toContain('connection: close')
  expect(one.received).toContain(
    'The request body exceeds the maximum allowed size (10485760 bytes). Adjust spark.master.rest.maxRequestBodySize to change the limit.',
  )
  await isWell(url)
})

test('a body of 200 MB that is sent all the same costs no memory', async () => {
  const url = await start()
  collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  const one = await client(url)
  await one.write(`${HEAD}content-length: ${HUGE}\r\n\r\n`)
  const written = await flood(one, HUGE, (chunk) => chunk)
  await one.closed
  expect(written).toBeLessThan(50 * MIB)
  collectGarbage()
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * MIB)
  await isWell(url)
})

test('a body that says nothing of its length is refused at the limit', async () => {
  const url = await start()
  const one = await client(url)
  await one.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
  const written = await flood(one, HUGE, (chunk) =>
    Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]),
  )
  await one.closed
  expect(written).toBeGreaterThan(10 * MIB)
  expect(written).toBeLessThan(60 * MIB)
  collectGarbage()
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(40 * MIB)
  await isWell(url)
})

test('who asks before sending much is told not to', async () => {
  const url = await start()
  const one = await client(url)
  await one.write(`${HEAD}expect: 100-continue\r\ncontent-length: ${HUGE}\r\n\r\n`)
  await one.closed
  expect(one.received).toMatch(/^HTTP\/1\.1 413 /)
  const other = await client(url)
  await other.write(`${HEAD}expect: 100-continue\r\ncontent-length: 2\r\n\r\n`)
  await eventually(() => other.received).toMatch(/^HTTP\/1\.1 100 Continue/)
  await other.write('{}')
  await eventually(() => other.received).toContain('HTTP/1.1 400 ')
})

test('unfinished bodies of all connections together are bounded', async () => {
  const url = await start()
  const body = 10 * MIB - 1
  const many = await Promise.all(Array.from({ length: 9 }, () => client(url)))
  // One that still sends when it is refused may hear of it by a reset alone.
  const refused = () =>
    many.filter(({ socket, received }) => socket.destroyed || received.includes('HTTP/1.1 503 '))
      .length
  await Promise.all(
    many.map(async (one) => {
      await one.write(`${HEAD}content-length: ${body}\r\n\r\n`)
      await flood(one, body - 64 * 1024, (chunk) => chunk)
    }),
  )
  await eventually(refused).toBeGreaterThanOrEqual(2)
  expect(refused()).toBeLessThanOrEqual(4)
  for (const one of many) one.end()
  // What they held is given back.
  const large = submissionOf({ other: 'x'.repeat(8 * MIB) })
  await eventually(async () => (await askRest(url, 'POST', 'create', { body: large })).status).toBe(
    200,
  )
})

test('slow headers and slow bodies are cut off, and the master goes on', async () => {
  const url = await start({ 'hearth.rest.requestTimeout': '1s' })
  const [headers, body] = await Promise.all([client(url), client(url)])
  await headers.write('POST /v1/submissions/create HTTP/1.1\r\nx: ')
  await body.write(`${HEAD}content-length: 100\r\n\r\n{`)
  await Promise.all([headers.closed, body.closed])
  expect(headers.received).toContain('408')
  await isWell(url)
})

test('so many connections are open at once, and no more', async () => {
  const url = await start({ 'hearth.rest.maxConnections': '5' })
  const held = await Promise.all(Array.from({ length: 5 }, () => client(url)))
  for (const one of held)
    await one.write('GET /v1/submissions/readyz HTTP/1.1\r\nhost: localhost\r\n\r\n')
  for (const one of held) await eventually(() => one.received).toContain('ReadyzResponse')
  const further = await client(url)
  await further.closed
  expect(further.received).toBe('')
  for (const one of held) one.end()
  await eventually(async () => {
    const answer = await askRest(url, 'GET', 'readyz').catch(() => undefined)
    return answer?.status
  }).toBe(200)
})

test('requests behind each other on one connection are answered in order', async () => {
  const url = await start()
  const one = await client(url)
  const body = JSON.stringify(submissionOf())
  const create = `${HEAD}content-length: ${body.length}\r\n\r\n${body}`
  const status = (id: string) =>
    `GET /v1/submissions/status/${id} HTTP/1.1\r\nhost: localhost\r\n\r\n`
  await one.write(create + status('nobody') + create + status('somebody'))
  await eventually(() => one.received).toContain('somebody')
  const actions = [...one.received.matchAll(/"action" : "(\w+)"/g)].map(([, action]) => action)
  expect(actions).toEqual([
    'CreateSubmissionResponse',
    'SubmissionStatusResponse',
    'CreateSubmissionResponse',
    'SubmissionStatusResponse',
  ])
  expect(one.socket.destroyed).toBe(false)
})

test('what is no HTTP is refused, whatever it is', async () => {
  const url = await start()
  for (const bytes of [
    '\0\0\0\0\0\0\0\x15\x03',
    'nonsense\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\n\r\n',
    `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
  ]) {
    const one = await client(url)
    await one.write(bytes)
    await one.closed
  }
  await isWell(url)
})

test('200 submissions at once are 200 drivers, each of its own', async () => {
  const url = await start()
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, number) =>
      askRest(url, 'POST', 'create', { body: submissionOf({ appArgs: [String(number)] }) }),
    ),
  )
  expect(answers.every(({ fields }) => fields['success'] === true)).toBe(true)
  const ids = new Set(answers.map(({ fields }) => String(fields['submissionId'])))
  expect(ids.size).toBe(200)
  for (const id of ids) {
    const { fields } = await askRest(url, 'GET', `status/${id}`)
    expect(fields).toMatchObject({ success: true, driverState: 'SUBMITTED' })
  }
  expect((await askRest(url, 'POST', 'killall')).fields['success']).toBe(true)
  const [first = ''] = ids
  expect((await askRest(url, 'GET', `status/${first}`)).fields['driverState']).toBe('KILLED')
})
