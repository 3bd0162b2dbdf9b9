// A REST server over a scripted master, reached without a socket.
import type { IncomingHttpHeaders } from 'node:http'
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import { parseDriverId } from '@hearth/common/domain/ids.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { DriverView } from '../../core/drivers/views.ts'
import type { Reply } from '../../core/effects.ts'
import { RestAccess, type RestAccessOptions } from './access.ts'
import type { RestMaster } from './actions.ts'
import { createRestServer, type RestLimits } from './rest-server.ts'

export const LIMITS: RestLimits = {
  maxBodyBytes: 1024 * 1024,
  maxRequests: 200,
  maxConnections: 1_000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
}

const NO_DRIVER: DriverView = {
  id: '',
  name: 'pi',
  mainClass: 'SparkPi',
  user: 'ada',
  state: 'running',
  supervise: false,
  resources: { cores: 1, memoryMb: 512 },
  addresses: {},
  workerId: null,
  workerHostPort: null,
  workerWebUiUrl: null,
  submittedAt: 0,
  endedAt: null,
  exitCode: null,
  message: null,
  hint: null,
  runs: 1,
  relaunchOf: null,
  relaunchedAs: null,
  wait: null,
}

/** Drivers that run as soon as they are submitted, and end as soon as they are killed. */
export class ScriptedMaster implements RestMaster {
  readonly submitted: DriverDescription[] = []
  readonly drivers = new Map<string, DriverView>()
  readonly variables: Record<string, string> = {}
  maxPayloadBytes = 16 * 1024 * 1024
  ready = true
  /** Ids of the next drivers; made up when there are none. */
  readonly nextIds: string[] = []
  /** Instead of taking a submission. */
  refusal: string | undefined

  readonly site = () => ({
    masterUrl: 'spark://127.0.0.1:7077',
    rpcPort: 7077,
    restPort: 6066,
    variable: (name: string) => this.variables[name],
  })
  readonly isReady = () => this.ready
  readonly viewDriver = (id: string) => this.drivers.get(id)

  readonly submit = (description: DriverDescription): Promise<Reply> => {
    if (this.refusal !== undefined) {
      return Promise.resolve({ type: 'refused', reason: this.refusal })
    }
    this.submitted.push(description)
    const text = this.nextIds.shift() ?? `driver-20261126000000-${this.submitted.length}`
    const driverId = parseDriverId(text)
    if (driverId === undefined) throw new Error(`${text} is no id`)
    this.set(driverId, {})
    return Promise.resolve({ type: 'driver-submitted', driverId })
  }

  readonly kill = (id: string): Promise<Reply> => {
    const driver = this.drivers.get(id)
    if (driver === undefined || driver.endedAt !== null) {
      return Promise.resolve({ type: 'not-found', reason: `no driver ${id}` })
    }
    this.set(id, { state: 'killed', endedAt: 1 })
    return Promise.resolve({ type: 'accepted' })
  }

  readonly killAll = async (): Promise<Reply> => {
    for (const id of this.drivers.keys()) await this.kill(id)
    return { type: 'accepted' }
  }

  readonly clear = (): Promise<Reply> => {
    for (const [id, { endedAt }] of this.drivers) if (endedAt !== null) this.drivers.delete(id)
    return Promise.resolve({ type: 'accepted' })
  }

  set(id: string, change: Partial<DriverView>): void {
    this.drivers.set(id, { ...NO_DRIVER, ...this.drivers.get(id), id, ...change })
  }

  /** Of the last submission. */
  get last(): DriverDescription {
    const last = this.submitted.at(-1)
    if (last === undefined) throw new Error('nothing was submitted')
    return last
  }
}

export interface RestAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The fields of a response; empty for a page. */
  readonly fields: Readonly<Record<string, unknown>>
}

export class RestRig {
  readonly master = new ScriptedMaster()
  readonly server: FastifyInstance

  constructor(access: Partial<RestAccessOptions> = {}, limits: Partial<RestLimits> = {}) {
    const all = { isOpen: true, hosts: [], auth: null, tokens: null, jwsKey: null, ...access }
    this.server = createRestServer({
      log: createLog({ name: 'master', level: 'silent' }),
      limits: { ...LIMITS, ...limits },
      access: new RestAccess(all),
      master: this.master,
    })
  }

  async ask(
    method: string,
    url: string,
    body?: string | Buffer | null,
    headers: Record<string, string> = {},
  ): Promise<RestAnswer> {
    const options: InjectOptions = {
      method,
      url,
      headers: { host: '127.0.0.1:6066', ...headers },
      ...(body != null && { payload: body }),
    }
    const reply = await this.server.inject(options)
    const isJson =
      reply.body !== '' && String(reply.headers['content-type']).startsWith('application/json')
    return {
      status: reply.statusCode,
      headers: reply.headers as IncomingHttpHeaders,
      text: reply.body,
      fields: isJson ? (JSON.parse(reply.body) as Record<string, unknown>) : {},
    }
  }

  create(change: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    return this.ask(
      'POST',
      '/v1/submissions/create',
      JSON.stringify(createRequest(change)),
      headers,
    )
  }

  /** Submits with these properties besides the usual ones. */
  async submitWith(sparkProperties: Record<string, string>, change: Record<string, unknown> = {}) {
    const all = { 'spark.app.name': 'pi', ...sparkProperties }
    const answer = await this.create({ sparkProperties: all, ...change })
    if (answer.status !== 200) throw new Error(answer.text)
    return this.master.last
  }

  close(): Promise<void> {
    return this.server.close()
  }
}

/** As spark-submit sends it; `undefined` leaves a field out. */
export function createRequest(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    action: 'CreateSubmissionRequest',
    clientSparkVersion: '4.3.0',
    appResource: 'file:/opt/spark-pi.jar',
    mainClass: 'SparkPi',
    appArgs: ['2'],
    environmentVariables: { SPARK_USER: 'ada' },
    sparkProperties: { 'spark.app.name': 'pi' },
    ...change,
  }
}
