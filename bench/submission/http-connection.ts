// One kept connection to an HTTP server, one exchange after the other. A client of Node's or of a library
// would take more of a core than the server that is measured.
import { connect, type Socket } from 'node:net'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

const HEADERS_END = '\r\n\r\n'
const TIMEOUT_MS = 60_000

export class HttpConnection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #resolve: ((answer: HttpAnswer) => void) | undefined
  #reject: ((error: Error) => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setTimeout(TIMEOUT_MS, () => this.#onTimeout())
    socket.on('data', (chunk) => this.#onData(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  /** Resolves when the connection stands. */
  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new HttpConnection(socket))
      })
    })
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /**
   * Resolves with the whole answer. Rejects when the connection breaks before, or the answer is not one that
   * says its length. The one before must have been answered.
   */
  exchange(method: 'GET' | 'POST', path: string, body = ''): Promise<HttpAnswer> {
    if (this.#resolve !== undefined) return Promise.reject(new Error('an exchange is under way'))
    const content =
      method === 'GET'
        ? ''
        : `content-type: application/json;charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n${content}\r\n${body}`,
      )
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #onData(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const headersEnd = this.#received.indexOf(HEADERS_END)
    if (headersEnd < 0) return
    const headers = this.#received.toString('latin1', 0, headersEnd)
    const status = /^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1]
    const length = /\r\ncontent-length: *(\d+)/i.exec(headers)?.[1]
    if (status === undefined || length === undefined) {
      this.#socket.destroy(new Error(`an answer without a status or a length: ${headers}`))
      return
    }
    const start = headersEnd + HEADERS_END.length
    const end = start + Number(length)
    if (this.#received.length < end) return
    const answer = { status: Number(status), body: this.#received.toString('utf8', start, end) }
    this.#received = this.#received.subarray(end)
    const resolve = this.#resolve
    this.#resolve = undefined
    this.#reject = undefined
    if (resolve === undefined) this.#socket.destroy(new Error('an answer that nobody asked for'))
    else resolve(answer)
  }

  #onTimeout(): void {
    if (this.#resolve === undefined) return
    this.#socket.destroy(new Error(`the server did not answer in ${TIMEOUT_MS} ms`))
  }

  #fail(error: Error): void {
    const reject = this.#reject
    this.#resolve = undefined
    this.#reject = undefined
    reject?.(error)
  }
}
