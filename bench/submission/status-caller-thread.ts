// Asks for the status of random drivers at a fixed rate, in a thread: what it measures is the server, not
// the client that submits meanwhile.
import { parentPort } from 'node:worker_threads'
import { sharedClockMs } from '../lib/bench-thread.ts'
import { RestClient } from './rest-client.ts'

export const STATUS_CALLER = 'status-caller'

export interface StatusCallerTask {
  readonly part: typeof STATUS_CALLER
  readonly restPort: number
  readonly perSecond: number
  readonly connections: number
}

export type StatusCallerCommand =
  /** It asks from now on, as soon as it knows a driver. */
  | { readonly type: 'begin' }
  | { readonly type: 'known'; readonly driverId: string }
  /** It asks no more, forgets the drivers and reports when all answers are in. */
  | { readonly type: 'end' }
  | { readonly type: 'close' }

export type StatusCallerReport =
  | { readonly type: 'ready' }
  /** Milliseconds from each call to its whole answer. */
  | { readonly type: 'latencies'; readonly ms: readonly number[] }

/** Lives until it is told to close. */
export async function runStatusCaller(task: StatusCallerTask): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('a status caller runs in a thread')
  const client = new RestClient(task.restPort, task.connections)
  let round = new StatusRound(client, task.perSecond)
  const report = async (ended: StatusRound) => {
    const ms = await ended.end()
    port.postMessage({ type: 'latencies', ms } satisfies StatusCallerReport, [])
  }
  port.postMessage({ type: 'ready' } satisfies StatusCallerReport, [])
  await new Promise<void>((resolve, reject) => {
    port.on('message', (command: StatusCallerCommand) => {
      switch (command.type) {
        case 'begin':
          round = new StatusRound(client, task.perSecond)
          return round.begin()
        case 'known':
          return round.add(command.driverId)
        case 'end':
          report(round).catch(reject)
          return
        case 'close':
          return resolve()
      }
    })
  })
  client.close()
  port.close()
}

/** Calls do not wait for each other: a slow answer delays no call behind it. */
class StatusRound {
  readonly #client: RestClient
  readonly #intervalMs: number
  readonly #ids: string[] = []
  readonly #latencies: number[] = []
  readonly #calls: Promise<void>[] = []
  #timer: NodeJS.Timeout | undefined
  #nextAt = 0

  constructor(client: RestClient, perSecond: number) {
    this.#client = client
    this.#intervalMs = 1000 / perSecond
  }

  begin(): void {
    this.#nextAt = sharedClockMs()
    this.#timer = setInterval(() => this.#callWhatIsDue(), Math.max(1, this.#intervalMs / 2))
  }

  add(driverId: string): void {
    this.#ids.push(driverId)
  }

  async end(): Promise<readonly number[]> {
    clearInterval(this.#timer)
    await Promise.all(this.#calls)
    return this.#latencies
  }

  #callWhatIsDue(): void {
    const now = sharedClockMs()
    while (this.#nextAt <= now) {
      this.#nextAt += this.#intervalMs
      const id = this.#ids[Math.floor(Math.random() * this.#ids.length)]
      if (id !== undefined) this.#calls.push(this.#call(id))
    }
  }

  async #call(id: string): Promise<void> {
    const startedAt = sharedClockMs()
    await this.#client.status(id)
    this.#latencies.push(sharedClockMs() - startedAt)
  }
}
