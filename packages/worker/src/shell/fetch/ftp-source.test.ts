// FTP with a server that says what the test wants.
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import net, { type AddressInfo, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseJarUrl } from '../../doors/spark/jar-source.ts'
import { parseDenyList } from './deny-list.ts'
import { fetchJar } from './fetch-jar.ts'

/** What the server answers to a command in place of what a good one would; undefined for that. */
type Odd = (command: string) => string | undefined

/** A server with one file, `text`; one data connection per passive command. */
class FtpServer {
  readonly commands: string[] = []
  readonly text: string
  readonly #odd: Odd
  readonly #sockets = new Set<Socket>()
  readonly #control = net.createServer((socket) => this.#serve(socket))
  readonly #data = net.createServer((socket) => {
    this.#keep(socket)
    this.#connected(socket)
  })
  #connected: (socket: Socket) => void = () => undefined
  #transfer: Promise<Socket> | undefined

  constructor(text: string, odd: Odd = () => undefined) {
    this.text = text
    this.#odd = odd
  }

  get port(): number {
    return (this.#control.address() as AddressInfo).port
  }

  async listen(): Promise<void> {
    for (const server of [this.#control, this.#data]) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
  }

  async close(): Promise<void> {
    const closed = [this.#control, this.#data].map((server) => once(server.close(), 'close'))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #serve(socket: Socket): void {
    this.#keep(socket)
    socket.write(this.#odd('') ?? '220-Welcome\r\n 220 here\r\n220 to all\r\n')
    socket.on('data', (chunk: Buffer) => {
      for (const command of chunk.toString('utf8').split('\r\n').slice(0, -1)) {
        this.commands.push(command)
        const said = this.#odd(command)
        if (said === undefined) this.#answer(socket, command)
        else socket.write(said)
      }
    })
  }

  async #send(socket: Socket): Promise<void> {
    const data = await this.#transfer
    data?.end(this.text)
    socket.write('226 done\r\n')
  }

  #answer(socket: Socket, command: string): void {
    const [name = '', argument = ''] = command.split(/ (.*)/s)
    const { port } = this.#data.address() as AddressInfo
    switch (name) {
      case 'USER':
        return void socket.write('331 password?\r\n')
      case 'PASS':
        return void socket.write('230 in\r\n')
      case 'TYPE':
        return void socket.write('200 binary\r\n')
      case 'SIZE':
        return void socket.write(`213 ${this.text.length}\r\n`)
      case 'EPSV':
      case 'PASV':
        this.#transfer = new Promise((resolve) => (this.#connected = resolve))
        // An address that it names need not be its own.
        return void socket.write(
          name === 'EPSV'
            ? `229 go (|||${port}|)\r\n`
            : `227 go (10,99,99,99,${Math.floor(port / 256)},${port % 256})\r\n`,
        )
      case 'RETR': {
        if (argument !== 'pub/app.jar') return void socket.write('550 no such file\r\n')
        socket.write('150 here it comes\r\n')
        return void this.#send(socket)
      }
      default:
        socket.write('502 no\r\n')
    }
  }
}

let directory: string
let server: FtpServer
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-ftp-'))
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

async function fetchFrom(
  {
    text = 'the jar',
    odd,
    file = 'pub/app.jar',
    user = '',
  }: {
    readonly text?: string
    readonly odd?: Odd
    readonly file?: string
    readonly user?: string
  } = {},
  idleMs = 10_000,
): Promise<void> {
  server = new FtpServer(text, odd)
  await server.listen()
  const jarUrl = `ftp://${user}127.0.0.1:${server.port}/${file}`
  await fetchJar({
    ...{ jarUrl, source: parseJarUrl(jarUrl), directory, stop: new AbortController().signal },
    limits: { maxBytes: 1024, timeoutMs: 20_000, idleMs, deny: parseDenyList('') },
  })
}

function contents(): Record<string, string> {
  if (!existsSync(directory)) return {}
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]),
  )
}

test('a file is fetched as Java does: anonymous, binary, passive', async () => {
  await fetchFrom()
  expect(contents()).toEqual({ 'app.jar': 'the jar' })
  expect(server.commands).toEqual([
    ...['USER anonymous', 'PASS hearth@', 'TYPE I', 'SIZE pub/app.jar', 'EPSV', 'RETR pub/app.jar'],
  ])
})

test('credentials of the address are used; a user without a password is asked for none', async () => {
  const odd = (command: string) => (command.startsWith('USER') ? '230 welcome\r\n' : undefined)
  await fetchFrom({ user: 'ann:p%40w@', file: '/pub/app.jar', odd })
  expect(server.commands.slice(0, 2)).toEqual(['USER ann', 'TYPE I'])
  await server.close()
  rmSync(path.join(directory, 'app.jar'))
  await fetchFrom({ user: 'ann:p%40w@' })
  expect(server.commands.slice(0, 2)).toEqual(['USER ann', 'PASS p@w'])
})

test('a server without EPSV and SIZE will do; the address that it names is not connected to', async () => {
  await fetchFrom({
    odd: (command) => (/^(?:EPSV|SIZE)/.test(command) ? '500 what?\r\n' : undefined),
  })
  expect(server.commands).toContain('PASV')
  expect(contents()).toEqual({ 'app.jar': 'the jar' })
})

test.each<[string, Odd, RegExp]>([
  [
    'a greeting that is none',
    (c) => (c === '' ? '421 too many users\r\n' : undefined),
    /answered 421 too many users to the connection/,
  ],
  [
    'a refused login',
    (c) => (c.startsWith('PASS') ? '530 no\u00e9\r\n' : undefined),
    /answered 530 no.* to PASS/,
  ],
  [
    'no binary transfer',
    (c) => (c === 'TYPE I' ? '504 no\r\n' : undefined),
    /answered 504 no to TYPE/,
  ],
  [
    'no passive transfer',
    (c) => (/^(?:EPSV|PASV)$/.test(c) ? '502 no\r\n' : undefined),
    /answered 502 no to PASV/,
  ],
  [
    'a passive reply without a port',
    (c) => (c === 'EPSV' ? '229 ok\r\n' : c === 'PASV' ? '227 ok\r\n' : undefined),
    /answered 227 ok to PASV/,
  ],
  [
    'a port that cannot be',
    (c) => (c === 'EPSV' ? '229 go (|||99999|)\r\n' : undefined),
    /named port 99999/,
  ],
  [
    'a refused transfer',
    (c) => (c.startsWith('RETR') ? '450 busy\r\n' : undefined),
    /answered 450 busy to RETR/,
  ],
  [
    'a reply without end',
    (c) => (c === '' ? `220-${'x'.repeat(20_000)}` : undefined),
    /reply has no end/,
  ],
])('%s is an error in words', async (_what, odd, problem) => {
  await expect(fetchFrom({ odd })).rejects.toThrow(problem)
  expect(contents()).toEqual({})
})

test('a file that is not there, too large, or not whole', async () => {
  await expect(fetchFrom({ file: 'pub/other.jar' })).rejects.toThrow('550 no such file to RETR')
  await server.close()
  const text = 'x'.repeat(2000)
  await expect(fetchFrom({ text })).rejects.toThrow('it has 2000 bytes; at most 1k are taken')
  await server.close()
  const unsized = (c: string) => (c.startsWith('SIZE') ? '502 no\r\n' : undefined)
  await expect(fetchFrom({ text, odd: unsized })).rejects.toThrow('it has more bytes')
  await server.close()
  const short = (c: string) => (c.startsWith('SIZE') ? '213 1000\r\n' : undefined)
  await expect(fetchFrom({ odd: short })).rejects.toThrow('it ended after 7 of 1000 bytes')
  expect(contents()).toEqual({})
})

test('a server that never confirms, or that hangs in the transfer, is given up', async () => {
  const hang = (c: string) => (c.startsWith('RETR') ? '150 wait\r\n' : undefined)
  await expect(fetchFrom({ odd: hang }, 80)).rejects.toThrow('nothing was heard for 80ms')
  await server.close()
  const silent = (c: string) => (c.startsWith('USER') ? '331-wait\r\n' : undefined)
  await expect(fetchFrom({ odd: silent }, 80)).rejects.toThrow('nothing was heard for 80ms')
  expect(contents()).toEqual({})
})

test('a line break in a path is no second command', async () => {
  const file = 'pub%0D%0ADELE%20x/app.jar'
  await expect(fetchFrom({ file })).rejects.toThrow('its path holds a line break')
  expect(server.commands.join(' ')).not.toContain('DELE')
})
