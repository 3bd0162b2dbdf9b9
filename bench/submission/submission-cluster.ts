// One master with hollow workers, and the clients that submit drivers to it.
import { addressOf } from '../lib/time-to-running.ts'
import { BenchThread, sharedClockMs } from '../lib/bench-thread.ts'
import type { MasterSubject } from '../lib/clusters.ts'
import { cpuSeconds } from '../lib/cpu-time.ts'
import { whenIdle } from './when-idle.ts'
import { HollowPool } from './hollow-pool.ts'
import { createBody, RestClient } from './rest-client.ts'
import {
  STATUS_CALLER,
  type StatusCallerCommand,
  type StatusCallerReport,
} from './status-caller-thread.ts'

export interface SubmissionClusterOptions {
  readonly workers: number
  readonly coresPerWorker: number
  readonly statusPerSecond: number
}

/** What happened while so many drivers were submitted. */
export interface Burst {
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Of each status call meanwhile. */
  readonly statusMs: readonly number[]
  /** Of the master's CPU in that time, status calls included. */
  readonly cpuSeconds: number
  /** From the first request to the last order at a worker. */
  readonly launchSeconds: number
}

/** Connections of the client that submits, and of the one that asks. */
const CONNECTIONS = 16
const MEMORY_MB_PER_CORE = 1024
/** The jar is never fetched: the workers are hollow. */
const BODY = createBody({
  jar: 'file:/opt/spark-apps/spark-pi.jar',
  mainClass: 'org.apache.spark.examples.SparkPi',
})

export class SubmissionCluster {
  readonly subject: MasterSubject
  readonly #pool: HollowPool
  readonly #client: RestClient
  readonly #statusCaller: BenchThread<StatusCallerCommand, StatusCallerReport>
  #onReport: (report: StatusCallerReport) => void = () => undefined

  private constructor(
    subject: MasterSubject,
    pool: HollowPool,
    { statusPerSecond }: SubmissionClusterOptions,
  ) {
    const { restPort } = subject
    this.subject = subject
    this.#pool = pool
    this.#client = new RestClient(restPort, CONNECTIONS)
    this.#statusCaller = new BenchThread({
      task: {
        part: STATUS_CALLER,
        ...{ restPort, perSecond: statusPerSecond, connections: CONNECTIONS },
      },
      onReport: (report: StatusCallerReport) => this.#onReport(report),
    })
  }

  static async start(
    subject: MasterSubject,
    options: SubmissionClusterOptions,
  ): Promise<SubmissionCluster> {
    const { workers, coresPerWorker } = options
    const pool = await HollowPool.register({
      ...{ name: subject.name, master: addressOf(subject.masterUrl), workers, coresPerWorker },
      memoryMbPerWorker: coresPerWorker * MEMORY_MB_PER_CORE,
    })
    const cluster = new SubmissionCluster(subject, pool, options)
    // A thread that is still loading would miss the first burst.
    await cluster.#nextReport()
    return cluster
  }

  /** Submits so many drivers over {@link CONNECTIONS} connections while others ask; then ends them all. */
  async burst(drivers: number): Promise<Burst> {
    this.#statusCaller.tell({ type: 'begin' })
    const ids: string[] = []
    let left = drivers
    const submit = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        const driverId = await this.#client.create(BODY)
        ids.push(driverId)
        this.#statusCaller.tell({ type: 'known', driverId })
      }
    }
    const cpuBefore = cpuSeconds(this.subject.pid)
    const startedAt = sharedClockMs()
    await Promise.all(Array.from({ length: CONNECTIONS }, submit))
    const endedAt = sharedClockMs()
    const cpuAfter = cpuSeconds(this.subject.pid)
    this.#statusCaller.tell({ type: 'end' })
    const report = await this.#nextReport()
    const statusMs = report.type === 'latencies' ? report.ms : []
    if (statusMs.length === 0) throw new Error('over before anybody asked: submit more drivers')
    const launchedAt = await Promise.all(ids.map((id) => this.#pool.launched(id)))
    await this.#endAll()
    return {
      seconds: (endedAt - startedAt) / 1000,
      cpuSeconds: cpuAfter - cpuBefore,
      statusMs,
      launchSeconds: (Math.max(...launchedAt) - startedAt) / 1000,
    }
  }

  /** Milliseconds from sending a create request to the order at a worker, of so many one after the other. */
  async launches(count: number): Promise<readonly number[]> {
    const times: number[] = []
    for (let index = 0; index < count; index += 1) {
      const startedAt = sharedClockMs()
      const id = await this.#client.create(BODY)
      times.push((await this.#pool.launched(id)) - startedAt)
    }
    await this.#endAll()
    return times
  }

  async stop(): Promise<void> {
    this.#client.close()
    await this.#statusCaller.end({ type: 'close' })
    await this.#pool.close()
    await this.subject.stop()
  }

  #nextReport(): Promise<StatusCallerReport> {
    return this.#statusCaller.orFailure(new Promise((resolve) => (this.#onReport = resolve)))
  }

  async #endAll(): Promise<void> {
    this.#pool.endDrivers()
    await whenIdle(this.subject.ui)
  }
}
