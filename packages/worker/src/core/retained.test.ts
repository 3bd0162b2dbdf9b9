// How many ended processes are kept for people, as WorkerSuite has it.
import { expect, test } from 'vitest'
import { parseApplicationId, parseDriverId, parseWorkerId } from '@hearth/common/domain/ids.ts'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { WorkerEvent } from './events.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import { step } from './step.ts'
import { viewWorker } from './views.ts'
import { createWorker, type Worker } from './worker.ts'

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not an id')
  return value
}

function aWorker(settings: Partial<Settings>): Worker {
  const worker = createWorker({
    ...{ workerId: must(parseWorkerId('worker-1')), host: 'w1', webUiUrl: '', fence: null },
    ...{ decommissioning: false, firstSequence: 1, seed: 1 },
    offered: { cores: 1, memoryMb: 512 },
    masters: [{ host: 'm1', port: 7077 }],
    settings: { ...DEFAULT_SETTINGS, ...settings },
  })
  const registration = {
    ...{ clusterId: 'c1', epoch: 1, masterUrl: '', masterWebUiUrl: '', wasLost: false, keep: [] },
    ...{ heartbeatIntervalMs: 15_000, leaseMs: 60_000 },
  }
  step(worker, { type: 'launcher.opened', port: 7078, held: [] }, 0)
  step(worker, { type: 'link.opened', link: 1 }, 0)
  step(worker, { type: 'master.registered', link: 1, registration }, 0)
  return worker
}

/** Runs a process to its end, which the master acknowledges. */
function run(worker: Worker, key: ProcessKey): void {
  const order: WorkerEvent = {
    ...{ type: 'process.launch-ordered', link: 1, epoch: 1, key, payload: { kind: 'test' } },
    ...{ resources: { cores: 1, memoryMb: 1 }, mustFetch: false, leased: false },
    caption: { name: '', user: '', maxCores: null, command: '' },
  }
  const end = { exitCode: 0, killed: false, message: null, hint: null }
  const events: WorkerEvent[] = [
    order,
    { type: 'process.started', key, pid: 1 },
    { type: 'process.exited', key, ...end },
  ]
  for (const event of events) {
    for (const effect of step(worker, event, 0)) {
      if (effect.type !== 'send' || !('sequence' in effect.message)) continue
      const { sequence } = effect.message
      step(worker, { type: 'master.report-acknowledged', link: 1, sequence }, 0)
    }
  }
}

function driver(number: number): ProcessKey {
  return { kind: 'driver', driverId: must(parseDriverId(`driver-${number}`)), attempt: 1 }
}

function executor(number: number): ProcessKey {
  return {
    kind: 'executor',
    applicationId: must(parseApplicationId('app-1')),
    executor: number,
  }
}

test.each([
  ['W-05 ended drivers', driver, 'retainedDrivers', 'finishedDrivers'],
  ['W-03 ended executors', executor, 'retainedExecutors', 'finishedExecutors'],
] as const)(
  '%s are never more than the limit, and the oldest go',
  (_what, key, limit, finished) => {
    const worker = aWorker({ [limit]: 2 })
    for (let number = 0; number < 5; number++) {
      run(worker, key(number))
      const kept = viewWorker(worker)[finished].map((view) => view.key)
      expect(kept).toEqual([number - 1, number].filter((one) => one >= 0).map(key))
    }
  },
)

test.each([
  ['W-06 ended drivers', driver, 'retainedDrivers', 'finishedDrivers'],
  ['W-04 ended executors', executor, 'retainedExecutors', 'finishedExecutors'],
] as const)('%s lose a tenth when there are too many', (_what, key, limit, finished) => {
  const worker = aWorker({ [limit]: 30 })
  let expected = 0
  for (let number = 0; number < 50; number++) {
    run(worker, key(number))
    expected = expected < 30 ? expected + 1 : 28
    const kept = viewWorker(worker)[finished].map((view) => view.key)
    expect(kept).toHaveLength(expected)
    expect(kept.at(-1)).toEqual(key(number))
  }
})

test('drivers and executors have limits of their own', () => {
  const worker = aWorker({ retainedDrivers: 2, retainedExecutors: 3 })
  for (let number = 0; number < 3; number++) {
    run(worker, driver(number))
    run(worker, executor(number))
  }
  const { finishedDrivers, finishedExecutors } = viewWorker(worker)
  expect([finishedDrivers.length, finishedExecutors.length]).toEqual([2, 3])
})
