// Requests to a REST submission server as its clients make them, and bytes that no client would send.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RestAnswer {
  readonly status: number
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** One exchange over HTTP. */
export async function askRest(
  url: string,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly token?: string } = {},
): Promise<RestAnswer> {
  const { body, token } = options
  const response = await fetch(`${url}/v1/submissions/${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const fields = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, text, fields }
}

/** As RestSubmissionClient sends it. */
export function submissionOf(change: Readonly<Record<string, unknown>> = {}) {
  return {
    action: 'CreateSubmissionRequest',
    clientSparkVersion: '4.3.0',
    appResource: 'file:/opt/spark-pi.jar',
    mainClass: 'SparkPi',
    appArgs: ['2'],
    environmentVariables: { SPARK_USER: 'ada' },
    sparkProperties: { 'spark.app.name': 'pi', 'spark.driver.memory': '512m' },
    ...change,
  }
}

/** A connection that sends what it is told. */
export class RawClient {
  readonly socket: Socket
  readonly #closed: Promise<void>
  #received = ''

  private constructor(socket: Socket) {
    this.socket = socket
    // A peer that closes while we write resets the connection: that is an end like any other.
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => (this.#received += chunk.toString('latin1')))
    this.#closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  }

  static async connect(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  get received(): string {
    return this.#received
  }

  /** Resolves when the peer has closed, or the connection has been reset. */
  get closed(): Promise<void> {
    this.socket.once('end', () => this.socket.end())
    return this.#closed
  }

  /** Resolves when the bytes have been handed over; at once when the connection is over. */
  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.socket.destroyed || !this.socket.writable) return
    if (this.socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done).off('close', done)
        resolve()
      }
      this.socket.on('drain', done).on('close', done)
    })
  }

  end(): void {
    this.socket.destroy()
  }
}
