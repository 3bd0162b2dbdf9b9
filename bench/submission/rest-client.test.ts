import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createBody, RestClient } from './rest-client.ts'

const CREATED = JSON.stringify({ success: true, submissionId: 'driver-1', message: 'é' })

let server: Server
let client: RestClient
const sockets: Socket[] = []
/** Every request so far, as text. */
const requests: string[] = []
/** What is done with a request; answers it unless a test says otherwise. */
let onRequest: (socket: Socket, request: string) => void

beforeEach(async () => {
  onRequest = (socket) => socket.write(answer(200, CREATED))
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const request = chunk.toString()
      requests.push(request)
      onRequest(socket, request)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  client = new RestClient(typeof address === 'object' ? (address?.port ?? 0) : 0, 2)
})

afterEach(async () => {
  client.close()
  for (const socket of sockets.splice(0)) socket.destroy()
  requests.splice(0)
  server.close()
  await once(server, 'close')
})

function answer(
  status: number,
  body: string,
  header = `Content-Length: ${Buffer.byteLength(body)}`,
) {
  return `HTTP/1.1 ${status} Whatever\r\nDate: today\r\n${header}\r\n\r\n${body}`
}

it('a request is what HTTP/1.1 asks for, its length in bytes', async () => {
  const body = createBody({ jar: 'file:/ä.jar', mainClass: 'Main', environment: { A: 'b' } })
  expect(await client.create(body)).toBe('driver-1')
  const [head, sent] = requests[0]?.split('\r\n\r\n') ?? []
  expect(head).toMatch(/^POST \/v1\/submissions\/create HTTP\/1\.1\r\nhost: 127\.0\.0\.1\r\n/)
  expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`)
  expect(JSON.parse(sent ?? '')).toMatchObject({
    action: 'CreateSubmissionRequest',
    appResource: 'file:/ä.jar',
    environmentVariables: { SPARK_USER: 'bench', A: 'b' },
  })
})

it('connections are kept, and no more are opened than allowed', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => client.create('{}')))
  expect(ids).toHaveLength(20)
  expect(requests).toHaveLength(20)
  expect(sockets).toHaveLength(2)
})

it('an answer may come in any pieces', async () => {
  onRequest = (socket) => {
    socket.setNoDelay(true)
    const bytes = Buffer.from(answer(200, CREATED))
    const write = (at: number): void => {
      if (at >= bytes.length) return
      socket.write(bytes.subarray(at, at + 7), () => setImmediate(write, at + 7))
    }
    write(0)
  }
  expect(await client.create('{}')).toBe('driver-1')
})

it('what is not success is an error in the server’s words', async () => {
  onRequest = (socket) => socket.write(answer(400, 'Malformed request'))
  await expect(client.create('{}')).rejects.toThrow('/create was answered 400: Malformed request')
  const refused = JSON.stringify({ success: false, message: 'no room' })
  onRequest = (socket) => socket.write(answer(200, refused))
  await expect(client.create('{}')).rejects.toThrow('the driver was not accepted: no room')
  await expect(client.status('driver-9')).rejects.toThrow('driver driver-9 is not known: no room')
  await expect(client.kill('driver-9')).rejects.toThrow('driver driver-9 was not killed: no room')
  onRequest = (socket) => socket.write(answer(200, '{}', 'Transfer-Encoding: chunked'))
  await expect(client.create('{}')).rejects.toThrow('without a status or a length')
})

it('a connection that breaks costs one request, and the next opens another', async () => {
  onRequest = (socket) => socket.destroy()
  await expect(client.create('{}')).rejects.toThrow(/closed the connection|ECONNRESET/)
  onRequest = (socket) => socket.write(answer(200, CREATED))
  expect(await client.create('{}')).toBe('driver-1')
  expect(await client.create('{}')).toBe('driver-1')
  expect(sockets).toHaveLength(2)
})

it('who waits for a connection gets one when the last broke or was refused', async () => {
  onRequest = (socket) => socket.destroy()
  const all = await Promise.allSettled(Array.from({ length: 6 }, () => client.create('{}')))
  expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'rejected'))
  onRequest = (socket) => socket.write(answer(200, CREATED))
  expect(await client.create('{}')).toBe('driver-1')
  client.close()
  server.close()
  for (const socket of sockets) socket.destroy()
  await once(server, 'close')
  await expect(client.status('driver-1')).rejects.toThrow(/ECONNREFUSED/)
  await expect(client.status('driver-1')).rejects.toThrow(/ECONNREFUSED/)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
