// A master in this process with a scripted worker and a running bystander: an application that must not
// notice whatever a test does to the master.
import type { MasterToWorker } from '@hearth/common/protocol/cluster/messages.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { startMaster, type RunningMaster } from '@hearth/master/main.ts'
import { expect } from 'vitest'
import { ScriptedDriver, type ScriptedDriverOptions } from './scripted-driver.ts'
import { ScriptedWorker } from './scripted-worker.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from './wait-until.ts'

interface ClusterJson {
  readonly coresused: number
  readonly workers: readonly { id: string; state: string; cores: number; coresused: number }[]
  readonly activeapps: readonly { id: string; name: string; state: string; cores: number }[]
  readonly completedapps: readonly { id: string; name: string; state: string }[]
}

export class MasterRig {
  readonly master: RunningMaster
  readonly bystander: ScriptedDriver
  readonly bystanderId: string
  readonly worker: ScriptedWorker
  readonly #auth: AuthSettings | null
  readonly #drivers: ScriptedDriver[] = []
  readonly #workers: ScriptedWorker[] = []

  private constructor(
    master: RunningMaster,
    worker: ScriptedWorker,
    bystander: ScriptedDriver,
    bystanderId: string,
    auth: AuthSettings | null,
  ) {
    this.#auth = auth
    this.master = master
    this.worker = worker
    this.bystander = bystander
    this.bystanderId = bystanderId
  }

  /** The worker has 4 cores; the bystander runs on one of them. */
  static async start(
    properties: Readonly<Record<string, string>> = {},
    auth: AuthSettings | null = null,
  ): Promise<MasterRig> {
    const master = await startMaster({
      auth,
      host: '127.0.0.1',
      port: 0,
      webUiPort: 0,
      properties: new Map(Object.entries(properties)),
      log: createLog({ name: 'master', level: 'silent' }),
    })
    const obey = (message: MasterToWorker, self: ScriptedWorker): void => {
      if (message.type === 'launch-executor') {
        self.report(message.applicationId, message.executor, 'running')
      } else if (message.type === 'kill-executor') {
        self.report(message.applicationId, message.executor, 'killed', 143)
      }
    }
    const secret = auth?.secret ?? null
    const worker = await ScriptedWorker.connect(master.address, 'worker-1', obey, secret)
    await worker.registered()
    const bystander = await ScriptedDriver.connect(master.address, { auth })
    const id = await bystander.registered({ name: 'bystander', maxCores: 1 })
    await bystander.next('ExecutorUpdated', ({ state }) => state === 'RUNNING')
    return new MasterRig(master, worker, bystander, id, auth)
  }

  /** Proves what the master asks for unless told otherwise. */
  async driver(options: ScriptedDriverOptions = {}): Promise<ScriptedDriver> {
    const driver = await ScriptedDriver.connect(this.master.address, {
      auth: this.#auth,
      ...options,
    })
    this.#drivers.push(driver)
    return driver
  }

  async connectWorker(
    id: string,
    onMessage?: (message: MasterToWorker, worker: ScriptedWorker) => void,
  ): Promise<ScriptedWorker> {
    const secret = this.#auth?.secret ?? null
    const worker = await ScriptedWorker.connect(this.master.address, id, onMessage, secret)
    this.#workers.push(worker)
    return worker
  }

  async json(): Promise<ClusterJson> {
    const response = await fetch(`${this.master.webUiUrl}/json/`)
    return (await response.json()) as ClusterJson
  }

  /** Nothing is booked but the bystander's core, and the bystander heard of nothing. */
  async expectUnharmed(): Promise<void> {
    let last = ''
    const { coresused, activeapps } = await waitUntil(
      'only the bystander to be left',
      async () => {
        const document = await this.json()
        last = JSON.stringify(document)
        return document.activeapps.length === 1 && document.coresused === 1 ? document : undefined
      },
      { timeoutMs: ANSWER_TIMEOUT_MS, describe: () => last },
    )
    expect(coresused).toBe(1)
    expect(activeapps[0]).toMatchObject({ id: this.bystanderId, state: 'RUNNING', cores: 1 })
    expect(this.bystander.messages.map((message) => message.type)).toEqual([
      'RegisteredApplication',
      'ExecutorAdded',
      'ExecutorUpdated',
    ])
  }

  async stop(): Promise<void> {
    for (const driver of [...this.#drivers, this.bystander]) driver.close()
    for (const worker of [...this.#workers, this.worker]) worker.close()
    await this.master.stop()
  }
}
