// A client of the REST submission protocol, as a scheduler would be one: it keeps its connections, and
// speaks to Hearth's server as to Spark's.
import { HttpConnection } from './http-connection.ts'

/** What is run. The rest of its request is that of a small real application. */
export interface SubmittedDriver {
  /** `file:` URL or path of the jar. */
  readonly jar: string
  readonly mainClass: string
  readonly environment?: Readonly<Record<string, string>>
}

/** The fields of Spark's answers that somebody here reads. */
interface RestAnswer {
  readonly success?: boolean
  readonly message?: string
  readonly submissionId?: string
  readonly driverState?: string
}

const MAX_SHOWN = 300

export class RestClient {
  readonly #port: number
  /** Requests that may be under way besides those that are; each has a connection of its own. */
  #turns: number
  readonly #waiting: (() => void)[] = []
  readonly #free: HttpConnection[] = []

  /** `connections` is the most that it opens; further requests wait for one. */
  constructor(port: number, connections: number) {
    this.#port = port
    this.#turns = connections
  }

  /** Resolves with the driver's id; rejects with the server's words when it was not accepted. */
  async create(body: string): Promise<string> {
    const { success, submissionId, message } = await this.#call('POST', 'create', body)
    if (success !== true || submissionId === undefined) {
      throw new Error(`the driver was not accepted: ${message}`)
    }
    return submissionId
  }

  /** The state of a driver that the server knows; rejects for any other. */
  async status(id: string): Promise<string> {
    const { success, driverState, message } = await this.#call('GET', `status/${id}`)
    if (success !== true || driverState === undefined) {
      throw new Error(`driver ${id} is not known: ${message}`)
    }
    return driverState
  }

  /** Rejects when the driver has ended already. */
  async kill(id: string): Promise<void> {
    const { success, message } = await this.#call('POST', `kill/${id}`)
    if (success !== true) throw new Error(`driver ${id} was not killed: ${message}`)
  }

  /** Closes its connections; call it when no request is under way. */
  close(): void {
    for (const connection of this.#free.splice(0)) connection.close()
  }

  async #call(method: 'GET' | 'POST', action: string, text?: string): Promise<RestAnswer> {
    if (this.#turns === 0) await new Promise<void>((go) => this.#waiting.push(go))
    else this.#turns -= 1
    try {
      const connection = await this.#connection()
      const path = `/v1/submissions/${action}`
      const { status, body } = await connection.exchange(method, path, text)
      this.#free.push(connection)
      if (status !== 200) {
        throw new Error(`/${action} was answered ${status}: ${body.slice(0, MAX_SHOWN)}`)
      }
      return JSON.parse(body) as RestAnswer
    } finally {
      // A turn is handed on, or given back.
      const next = this.#waiting.shift()
      if (next === undefined) this.#turns += 1
      else next()
    }
  }

  #connection(): HttpConnection | Promise<HttpConnection> {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (free.isOpen) return free
    }
    return HttpConnection.open(this.#port)
  }
}

/** The body of a create request, as long as that of spark-submit for a small application. */
export function createBody({ jar, mainClass, environment = {} }: SubmittedDriver): string {
  return JSON.stringify({
    action: 'CreateSubmissionRequest',
    clientSparkVersion: '4.3.0',
    appResource: jar,
    mainClass,
    appArgs: ['2', '60000'],
    environmentVariables: { SPARK_USER: 'bench', ...environment },
    sparkProperties: {
      'spark.app.name': 'bench',
      'spark.jars': jar,
      'spark.driver.memory': '512m',
      'spark.driver.cores': '1',
      'spark.driver.supervise': 'false',
      'spark.submit.deployMode': 'cluster',
      'spark.executor.memory': '512m',
      'spark.cores.max': '1',
    },
  })
}
