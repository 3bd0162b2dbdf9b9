// The hollow workers of one master, in a thread: what they read and decode must not delay the client that
// is measured.
import { parentPort } from 'node:worker_threads'
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { HollowHearthWorker } from '../hollow/hearth-worker.ts'
import { HollowSparkWorker } from '../hollow/spark-worker.ts'
import type { HollowWorker, HollowWorkerOptions } from '../hollow/worker.ts'
import { sharedClockMs } from '../lib/bench-thread.ts'
import type { Subject } from '../lib/subject.ts'

export const HOLLOW_POOL = 'hollow-pool'

export interface HollowPoolTask {
  readonly part: typeof HOLLOW_POOL
  readonly name: Subject['name']
  readonly master: HostPort
  readonly workers: number
  readonly coresPerWorker: number
  readonly memoryMbPerWorker: number
}

/** `end-drivers`: all that run end by themselves, with exit code 0. */
export type HollowPoolCommand = 'end-drivers' | 'close'

export type HollowPoolReport =
  | { readonly type: 'registered' }
  /** A worker got the order to launch a driver. `at` is of the shared clock. */
  | { readonly type: 'launched'; readonly driverId: string; readonly at: number }

/** Registers the workers and lives until it is told to close. */
export async function runHollowPool(task: HollowPoolTask): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('a hollow pool runs in a thread')
  const report = (one: HollowPoolReport) => port.postMessage(one, [])
  const workers: HollowWorker[] = []
  for (let index = 0; index < task.workers; index += 1) {
    const options: HollowWorkerOptions = {
      id: `worker-20260101000000-${index}`,
      // Nobody listens there, so that whoever dials it is refused at once.
      address: { host: `127.2.${index >> 8}.${index & 255}`, port: 7 },
      cores: task.coresPerWorker,
      memoryMb: task.memoryMbPerWorker,
      onLaunchDriver: (driverId) => report({ type: 'launched', driverId, at: sharedClockMs() }),
    }
    workers.push(
      task.name === 'Hearth'
        ? await HollowHearthWorker.register(task.master, options)
        : await HollowSparkWorker.register(task.master, options),
    )
  }
  report({ type: 'registered' })
  await new Promise<void>((resolve) => {
    port.on('message', (command: HollowPoolCommand) => {
      if (command === 'close') return resolve()
      for (const worker of workers) worker.endDrivers()
    })
  })
  for (const worker of workers) worker.close()
  port.close()
}
