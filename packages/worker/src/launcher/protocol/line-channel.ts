import type { Socket } from 'node:net'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'

/** Longest line accepted or sent: a launch order with its command line and environment fits well. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024

const NEWLINE = 0x0a

export interface LineHandlers {
  /** May throw ProtocolError, which closes the connection. */
  onMessage(message: unknown): void
  /** Called once, however the connection ended; `reason` is null for an orderly end. */
  onClose(reason: string | null): void
}

/** JSON objects over a unix socket, one per line. A line that is too long or no JSON closes it. */
export class LineChannel {
  readonly #socket: Socket
  readonly #handlers: LineHandlers
  #parts: Buffer[] = []
  #partBytes = 0
  #closed = false
  #reason: string | null = null
  /** Resolves once nothing of the connection is left. */
  readonly closed: Promise<void>

  constructor(socket: Socket, handlers: LineHandlers) {
    this.#socket = socket
    this.#handlers = handlers
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => (this.#reason ??= error.message))
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#onClosed()
        resolve()
      })
    })
  }

  /** Queues one line. Returns false, and sends nothing, when the line would be too long. */
  send(message: object): boolean {
    if (this.#closed) return true
    const line = Buffer.from(`${JSON.stringify(message)}\n`)
    if (line.length > MAX_LINE_BYTES) return false
    this.#socket.write(line)
    return true
  }

  /** Sends what is queued, then closes; nothing is received any more. */
  close(reason: string | null = null): void {
    this.#reason ??= reason
    this.#closed = true
    this.#socket.destroySoon()
  }

  #receive(chunk: Buffer): void {
    let from = 0
    while (!this.#closed) {
      const end = chunk.indexOf(NEWLINE, from)
      this.#keep(chunk.subarray(from, end < 0 ? undefined : end))
      if (end < 0) return
      from = end + 1
      this.#deliver(this.#takeLine())
    }
  }

  #keep(part: Buffer): void {
    this.#partBytes += part.length
    if (this.#partBytes > MAX_LINE_BYTES) {
      this.#parts = []
      this.close(`line exceeds ${MAX_LINE_BYTES} bytes`)
      return
    }
    this.#parts.push(part)
  }

  #takeLine(): string {
    const line = Buffer.concat(this.#parts).toString('utf8')
    this.#parts = []
    this.#partBytes = 0
    return line
  }

  #deliver(line: string): void {
    if (this.#closed) return
    try {
      this.#handlers.onMessage(parseJson(line))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.close(error.message)
    }
  }

  #onClosed(): void {
    this.#closed = true
    this.#handlers.onClose(this.#reason)
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new ProtocolError(`line is not JSON: ${line.slice(0, 80)}`)
  }
}
