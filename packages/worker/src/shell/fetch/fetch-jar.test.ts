// Fetching, with real servers that behave well and badly.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import http, { type RequestListener } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseJarUrl } from '../../doors/spark/jar-source.ts'
import { DEFAULT_DENY, parseDenyList } from './deny-list.ts'
import { explainDisk, fetchJar } from './fetch-jar.ts'
import type { FetchLimits } from './fetch-session.ts'
import { redirectTarget } from './http-source.ts'

const LIMITS: FetchLimits = {
  ...{ maxBytes: 1024 * 1024, timeoutMs: 20_000, idleMs: 20_000 },
  deny: parseDenyList(DEFAULT_DENY),
}

let root: string
let directory: string
const servers: { server: net.Server; sockets: Set<Socket> }[] = []
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'hearth-fetch-'))
  directory = path.join(root, 'driver-1')
})
afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  rmSync(root, { recursive: true })
})

async function listen(server: net.Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  servers.push({ server, sockets })
  return (server.address() as AddressInfo).port
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(http.createServer(listener))}`
}

function fetchIt(
  jarUrl: string,
  limits: Partial<FetchLimits> = {},
  stop: AbortSignal = new AbortController().signal,
): Promise<void> {
  const source = parseJarUrl(jarUrl)
  return fetchJar({ jarUrl, source, directory, limits: { ...LIMITS, ...limits }, stop })
}

/** What the driver's directory holds; fails when a part of something is left. */
function contents(): Record<string, string> {
  const names = existsSync(directory) ? readdirSync(directory) : []
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]),
  )
}

async function fails(fetching: Promise<void>, problem: RegExp | string): Promise<void> {
  await expect(fetching).rejects.toThrow(problem)
  expect(contents()).toEqual({})
}

test('a jar is fetched under its name, once', async () => {
  let asked = 0
  const base = await serve((request, response) => {
    asked++
    response.end(`${request.url} ${request.headers.host} ${request.headers.authorization ?? ''}`)
  })
  const url = `${base}/a%20b/my%20app.jar?x=1`
  await fetchIt(url)
  const text = `/a%20b/my%20app.jar?x=1 ${new URL(base).host} `
  expect(contents()).toEqual({ 'my app.jar': text })
  await fetchIt(url)
  expect(asked).toBe(1)
})

test('credentials of the address are shown to its server and to no other, and in no message', async () => {
  const seen: string[] = []
  const other = await serve((request, response) => {
    seen.push(`other ${request.headers.authorization ?? 'nothing'}`)
    response.writeHead(404).end()
  })
  const base = await serve((request, response) => {
    seen.push(request.headers.authorization ?? 'nothing')
    response.writeHead(302, { location: `${other}/app.jar` }).end()
  })
  const fetching = fetchIt(base.replace('//', '//ann:p%40w@') + '/app.jar')
  const error: unknown = await fetching.catch((reason: unknown) => reason)
  expect(String(error)).toMatch(/the driver’s jar http:\/\/…@127\.0\.0\.1:\d+\/app\.jar cannot/)
  const basic = Buffer.from('ann:p@w').toString('base64')
  expect(seen).toEqual([`Basic ${basic}`, 'other nothing'])
})

test.each([301, 302, 303, 307, 308])(
  'a redirect %i is followed, its address may be relative',
  async (status) => {
    const base = await serve((request, response) => {
      if (request.url === '/x/app.jar') response.writeHead(status, { location: '../y?z' }).end('no')
      else response.end(request.url)
    })
    await fetchIt(`${base}/x/app.jar`)
    expect(contents()).toEqual({ 'app.jar': '/y?z' })
  },
)

test('redirects end somewhere, or the fetch does', async () => {
  let asked = 0
  const base = await serve((_request, response) => {
    response.writeHead(302, { location: `/${++asked}` }).end()
  })
  await fails(fetchIt(`${base}/app.jar`), 'it is redirected more than 20 times')
  expect(asked).toBe(21)
})

test.each([
  ['file:///etc/passwd', /redirects to file:, which is not followed/],
  ['ftp://127.0.0.1/x', /redirects to ftp:, which is not followed/],
  ['http://[', /redirects to http:\/\/\[, which is no address/],
  ['http://169.254.169.254/latest/meta-data/', /nothing is fetched from 169\.254\.169\.254/],
  ['http://2852039166/', /nothing is fetched from 169\.254\.169\.254/],
  ['http://[::ffff:169.254.169.254]/', /nothing is fetched from ::ffff:a9fe:a9fe/],
  ['http://[fd00:ec2::254]/', /nothing is fetched from fd00:ec2::254/],
])('a redirect to %s is refused', async (location, problem) => {
  const base = await serve((_request, response) => {
    response.writeHead(302, { location }).end()
  })
  await fails(fetchIt(`${base}/app.jar`), problem)
})

test('a redirect leads from http to https, and not back', () => {
  const [open, sealed] = [new URL('http://h/a'), new URL('https://h/a')]
  expect(redirectTarget(open, 'https://h/b').href).toBe('https://h/b')
  expect(redirectTarget(sealed, '/b').href).toBe('https://h/b')
  expect(() => redirectTarget(sealed, 'http://h/b')).toThrow('h redirects away from https')
})

test('a redirect to nowhere is refused', async () => {
  const base = await serve((_request, response) => {
    response.writeHead(302).end()
  })
  await fails(fetchIt(`${base}/app.jar`), 'redirects to nowhere')
})

test.each(['http', 'ftp'])(
  'a denied address is not connected to over %s: by number, by name',
  async (scheme) => {
    let connections = 0
    const port = await listen(net.createServer(() => connections++))
    const deny = parseDenyList('127.0.0.0/8,::1')
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]']) {
      const fetching = fetchIt(`${scheme}://${host}:${port}/app.jar`, { deny })
      await fails(fetching, /nothing is fetched from .*, which hearth\.fetch\.deny names/)
    }
    expect(connections).toBe(0)
  },
)

test('an address that its name service turns to at the last moment is judged too', async () => {
  let asked = 0
  const base = await serve(() => asked++)
  // What is judged before the connection is let through; the socket that has connected is looked at again.
  let looks = 0
  const deny = () => ++looks > 1
  await fails(fetchIt(`${base}/app.jar`, { deny }), 'nothing is fetched from 127.0.0.1')
  expect(asked).toBe(0)
})

test.each([
  [404, 'Not Found', /127\.0\.0\.1:\d+ answered 404 Not Found/],
  [500, 'Oh\u00e9 no', /answered 500 Oh\? no/],
  [204, '', /answered 204/],
  [206, 'Partial Content', /answered 206/],
  [304, 'Not Modified', /answered 304/],
])('an answer of %i is an error in words', async (status, words, problem) => {
  const base = await serve((_request, response) => {
    response.writeHead(status, words).end()
  })
  await fails(fetchIt(`${base}/app.jar`), problem)
})

test('a server that is not there, does not speak http, or hangs up', async () => {
  const port = await listen(net.createServer())
  servers.splice(0).forEach(({ server }) => server.close())
  await fails(fetchIt(`http://127.0.0.1:${port}/app.jar`), /127\.0\.0\.1:\d+: connect ECONNREFUSED/)
  await fails(
    fetchIt('http://no.such.host.invalid/app.jar'),
    /does not know the host no\.such\.host\.invalid|EAI/,
  )
  const nonsense = await listen(net.createServer((socket) => socket.end('nonsense\r\n\r\n')))
  await fails(fetchIt(`http://127.0.0.1:${nonsense}/app.jar`), /Parse Error/)
  const closing = await listen(net.createServer((socket) => socket.end()))
  await fails(fetchIt(`http://127.0.0.1:${closing}/app.jar`), /socket hang up|ECONNRESET/)
  const plain = await serve((_request, response) => response.end())
  await fails(fetchIt(`${plain.replace('http:', 'https:')}/app.jar`), /SSL|wrong version/i)
})

test('a file of 100 GB is refused by its announcement, one without end when it is too long', async () => {
  const huge = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': String(100 * 1024 ** 3) })
    response.write('x')
  })
  await fails(
    fetchIt(`${huge}/app.jar`),
    'it has 107374182400 bytes; at most 1m are taken (hearth.fetch.maxSize)',
  )
  let sent = 0
  const endless = await serve((_request, response) => {
    const chunk = Buffer.alloc(64 * 1024)
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length
    }
    response.on('drain', more)
    more()
  })
  await fails(fetchIt(`${endless}/app.jar`), 'it has more bytes; at most 1m are taken')
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test('a body that ends before its announced end is not taken for whole', async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half of it', () => response.destroy())
  })
  await fails(fetchIt(`${base}/app.jar`), /aborted|ECONNRESET|ended after/)
})

test('an encoding that nobody asked for is refused', async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')
  })
  await fails(fetchIt(`${base}/app.jar`), 'encoded it as gzip')
})

test('a server that hangs, before its answer or within it, is given up', async () => {
  const idleMs = 60
  const silent = 'nothing was heard for 60ms (hearth.fetch.idleTimeout)'
  const mute = await listen(net.createServer(() => undefined))
  await fails(fetchIt(`http://127.0.0.1:${mute}/app.jar`, { idleMs }), silent)
  await fails(fetchIt(`ftp://127.0.0.1:${mute}/app.jar`, { idleMs }), silent)
  const stuck = await serve((_request, response) => response.write('x'))
  await fails(fetchIt(`${stuck}/app.jar`, { idleMs }), silent)
})

test('a server that drips is given up when the whole takes too long', async () => {
  const base = await serve((_request, response) => {
    const drip = setInterval(() => response.write('x'), 5)
    response.on('close', () => clearInterval(drip))
  })
  await fails(
    fetchIt(`${base}/app.jar`, { timeoutMs: 120 }),
    'it took longer than 120ms (hearth.fetch.timeout)',
  )
})

test('a fetch that is stopped ends at once, with the connection and what it had', async () => {
  let closed: () => void = () => undefined
  const gone = new Promise<void>((resolve) => (closed = resolve))
  let arrived: () => void = () => undefined
  const asked = new Promise<void>((resolve) => (arrived = resolve))
  const base = await serve((_request, response) => {
    response.on('close', closed)
    response.write('x', arrived)
  })
  const stop = new AbortController()
  const fetching = fetchIt(`${base}/app.jar`, {}, stop.signal)
  await asked
  const failed = fails(fetching, 'stopped by the test')
  stop.abort(new Error('stopped by the test'))
  await failed
  await gone
})

test('a file of this machine is copied; what is no plain file is not', async () => {
  const file = path.join(root, 'a b.jar')
  writeFileSync(file, 'x'.repeat(3_000_000))
  await fetchIt(`file:${root}/a%20b.jar`, { maxBytes: 3_000_000 })
  expect(contents()).toEqual({ 'a b.jar': 'x'.repeat(3_000_000) })
  rmSync(directory, { recursive: true })
  await fails(fetchIt(`file:${root}/a%20b.jar`), 'it has 3000000 bytes; at most 1m are taken')
  await fails(fetchIt(`${root}/none.jar`), 'there is no such file on this worker')
  mkdirSync(path.join(root, 'dir'))
  await fails(fetchIt(`${root}/dir/`), 'it is not a plain file')
  spawnSync('mkfifo', [path.join(root, 'pipe')])
  await fails(fetchIt(`${root}/pipe`), 'it is not a plain file')
  await fails(fetchIt('/dev/zero'), 'it is not a plain file')
})

test('local: is used where it lies, and must be there', async () => {
  const file = path.join(root, 'app.jar')
  await fails(fetchIt(`local:${file}`), 'there is no such file on this worker')
  writeFileSync(file, 'x')
  await fetchIt(`local:${file}`)
  expect(contents()).toEqual({})
})

test('what stands in the way of its name is left alone, also a link', async () => {
  writeFileSync(path.join(root, 'app.jar'), 'new')
  mkdirSync(path.join(directory, 'app.jar'), { recursive: true })
  await expect(fetchIt(`${root}/app.jar`)).rejects.toThrow('app.jar is in the way and is no file')
  rmSync(directory, { recursive: true })
  mkdirSync(directory)
  writeFileSync(path.join(root, 'precious'), 'old')
  symlinkSync(path.join(root, 'precious'), path.join(directory, 'app.jar'))
  await expect(fetchIt(`${root}/app.jar`)).rejects.toThrow('is in the way and is no file')
  expect(readFileSync(path.join(root, 'precious'), 'utf8')).toBe('old')
})

test('a full disk is said in words', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  expect(explainDisk(error, '/w/driver-1')).toMatch(
    /^there is no space left for it in \/w\/driver-1; free some on this worker/,
  )
})
