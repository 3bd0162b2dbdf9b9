// A whole cluster on this machine: one master and some workers, each a process of its own.
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Lifecycle, type Stoppable } from '@hearth/common/runtime/lifecycle.ts'
import { CommandFailure } from '../command-failure.ts'
import { LOOPBACK } from '../daemon/exposure.ts'
import { numberOf, recordOf, textOf } from '../master/json-fields.ts'
import { jsonOf, request } from '../master/master-ui.ts'
import { portOrAny } from './free-port.ts'
import { DEFAULT_REST_PORT } from '@hearth/master/config.ts'
import { type ChildDaemon, startChildDaemon } from './child-daemon.ts'

export interface LocalClusterOptions {
  readonly program: string
  /** With SPARK_HOME, from which workers run executors. */
  readonly environment: Readonly<Record<string, string>>
  readonly workers: number
  readonly masterPort: number
  readonly webUiPort: number
  readonly coresPerWorker: number
  readonly memoryMbPerWorker: number
  /** Holds the daemons' logs and one work directory a worker. */
  readonly dir: string
  readonly signal?: AbortSignal
}

export interface LocalWorker {
  readonly name: string
  readonly webUiUrl: string
  readonly pid: number
}

export interface LocalCluster extends Stoppable {
  /** `spark://127.0.0.1:7077` */
  readonly url: string
  readonly webUiUrl: string
  /** Where `hearth submit` and REST clients submit; null when the configuration says nowhere. */
  readonly restUrl: string | null
  readonly workers: readonly LocalWorker[]
  /** Called for each daemon that ends without having been asked to. */
  onLoss(report: (failure: CommandFailure, daemon: 'master' | 'worker') => void): void
}

const WORKER_OPTIONS = [
  // A port that is configured for one worker of this machine cannot be that of several.
  '-Dspark.worker.ui.port=0',
  // Nobody starts a worker of this cluster again: what a killed one leaves behind ends soon.
  '-Dhearth.worker.orphanLimit=5s',
]
const REGISTRATION_TIMEOUT_MS = 30_000
const REGISTRATION_POLL_MS = 50

/**
 * Starts the cluster and waits until every worker has registered. When something fails, what was
 * started is stopped before the error is thrown.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const running = new Lifecycle()
  const stopIfAborted = () => options.signal?.throwIfAborted()
  try {
    await mkdir(options.dir, { recursive: true })
    const master = await startMaster(options)
    running.onStop('master', () => master.stop())
    stopIfAborted()
    const url = textOf(master.ready, 'url')
    const workers = await startWorkers(options, url, running)
    stopIfAborted()
    const webUiUrl = textOf(master.ready, 'webUiUrl')
    await waitForWorkers(webUiUrl, workers, stopIfAborted)
    return {
      url,
      webUiUrl,
      restUrl: typeof master.ready['restUrl'] === 'string' ? master.ready['restUrl'] : null,
      workers: workers.map(({ name, pid, ready }) => ({
        name,
        pid,
        webUiUrl: textOf(ready, 'webUiUrl'),
      })),
      onLoss: (report) => {
        void master.failed.then((failure) => report(failure, 'master'))
        for (const worker of workers) {
          void worker.failed.then((failure) => report(failure, 'worker'))
        }
      },
      stop: () => running.stop(),
    }
  } catch (error) {
    await running.stop()
    throw error
  }
}

async function startMaster(options: LocalClusterOptions): Promise<ChildDaemon> {
  const { environment, program, masterPort, webUiPort, dir } = options
  const ports = ['--port', String(masterPort), '--webui-port', String(webUiPort)]
  return startChildDaemon({
    name: 'master',
    program,
    args: ['master', '--host', LOOPBACK, ...ports],
    environment: {
      ...environment,
      SPARK_MASTER_OPTS: [...(await restOptions()), environment['SPARK_MASTER_OPTS'] ?? ''].join(
        ' ',
      ),
    },
    logFile: path.join(dir, 'master.log'),
  })
}

// The usual port may be taken by another cluster; one that the user names must be had.
async function restOptions(): Promise<readonly string[]> {
  const isFree = (await portOrAny(LOOPBACK, DEFAULT_REST_PORT)) !== 0
  return isFree ? [] : ['-Dspark.master.rest.port=0']
}

// Side by side, because each spends its start on waiting; all are stopped when one fails.
async function startWorkers(
  options: LocalClusterOptions,
  url: string,
  running: Lifecycle,
): Promise<readonly ChildDaemon[]> {
  const numbers = Array.from({ length: options.workers }, (_, index) => index + 1)
  const starts = await Promise.allSettled(
    numbers.map(async (number) => {
      const worker = await startWorker(options, url, number)
      running.onStop(worker.name, () => worker.stop())
      return worker
    }),
  )
  return starts.map((start) => {
    if (start.status === 'rejected') throw start.reason
    return start.value
  })
}

function startWorker(
  options: LocalClusterOptions,
  url: string,
  number: number,
): Promise<ChildDaemon> {
  const { environment, program, coresPerWorker, memoryMbPerWorker, dir } = options
  const offer = ['--cores', String(coresPerWorker), '--memory', `${memoryMbPerWorker}m`]
  const workDir = ['--work-dir', path.join(dir, `worker-${number}`)]
  return startChildDaemon({
    name: `worker ${number}`,
    program,
    args: ['worker', url, '--host', LOOPBACK, '--webui-port', '0', ...offer, ...workDir],
    environment: {
      ...environment,
      SPARK_WORKER_OPTS: [environment['SPARK_WORKER_OPTS'] ?? '', ...WORKER_OPTIONS].join(' '),
    },
    logFile: path.join(dir, `worker-${number}.log`),
  })
}

// The master's own count is what decides whether an application gets executors.
async function waitForWorkers(
  webUiUrl: string,
  workers: readonly ChildDaemon[],
  stopIfAborted: () => void,
): Promise<void> {
  const url = new URL('/json/', webUiUrl)
  const deadline = Date.now() + REGISTRATION_TIMEOUT_MS
  for (;;) {
    const state = recordOf(jsonOf(url, await request(url)))
    const alive = numberOf(state, 'aliveworkers')
    if (alive >= workers.length) return
    if (Date.now() > deadline) {
      throw new CommandFailure(`only ${alive} of ${workers.length} workers have registered in time`)
    }
    const lost = await Promise.race([
      delay(REGISTRATION_POLL_MS),
      ...workers.map((worker) => worker.failed),
    ])
    if (lost instanceof CommandFailure) throw lost
    stopIfAborted()
  }
}
