// The command line in this process, and servers that answer it as told.
import { once } from 'node:events'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { run } from './program.ts'

const servers: ReturnType<typeof createServer>[] = []

export function closeServers(): void {
  for (const server of servers.splice(0)) server.close()
}

export interface Reply {
  readonly status?: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Answer = (request: IncomingMessage, url: URL, body: string) => Reply | 'hang up'

/** An HTTP server that answers as told; resolves with its address. `port` 0 is any. */
export async function serve(answer: Answer, port = 0): Promise<string> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://x')
      const reply = answer(request, url, Buffer.concat(pieces).toString('utf8'))
      if (reply === 'hang up') {
        request.socket.destroy()
        return
      }
      const { status = 200, body, headers = {} } = reply
      response.statusCode = status
      response.setHeader('connection', 'close')
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      const isText = typeof body === 'string' || Buffer.isBuffer(body)
      response.end(isText ? body : JSON.stringify(body))
    })
  })
  servers.push(server)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** Runs a command line to its end; `watch` sees its output as it comes. */
export async function hearth(
  args: readonly string[],
  environment: Record<string, string> = {},
  watch: Partial<Output> = {},
) {
  let out = ''
  let err = ''
  const code = await run(args, {
    environment,
    program: '',
    out: (text) => {
      out += text
      watch.out?.(text)
    },
    err: (text) => {
      err += text
      watch.err?.(text)
    },
    interactive: false,
  })
  return { code, out, err }
}
