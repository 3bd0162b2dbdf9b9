import { expect, test } from 'vitest'
import {
  CLUSTER_PROTOCOL_VERSION,
  type RegisterWorker,
} from '@hearth/common/protocol/cluster/messages.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { toEvent } from './to-event.ts'

const HELD = { applicationId: 'app-1', executor: 0, cores: 1, memoryMb: 512, state: 'running' }
const REGISTRATION: RegisterWorker = {
  ...{ type: 'register-worker', version: CLUSTER_PROTOCOL_VERSION, workerId: 'worker-1' },
  ...{ host: 'w1', port: 7078, webUiUrl: 'http://w1:8081', masterAddress: 'm1:7077' },
  ...{ cores: 4, memoryMb: 4096, held: [], decommissioning: false },
  ...{ heldDrivers: [], driverGraceMs: 10_000 },
}

test('a worker is registered with what it offers, what each executor holds, and whether it leaves', () => {
  const held = [{ ...HELD, state: 'running' as const, custom: { gpu: ['1'] } }]
  const custom = { gpu: ['0', '1'] }
  expect(toEvent('w', { ...REGISTRATION, custom, held, decommissioning: true })).toEqual({
    type: 'worker.register-requested',
    peer: 'w',
    registration: {
      ...{ workerId: 'worker-1', host: 'w1', launcherPort: 7078, webUiUrl: 'http://w1:8081' },
      offered: { cores: 4, memoryMb: 4096, custom },
      held: [
        {
          ...{ applicationId: 'app-1', executor: 0, state: 'running' },
          resources: { cores: 1, memoryMb: 512, custom: { gpu: ['1'] } },
        },
      ],
      ...{ heldDrivers: [], driverGraceMs: 10_000, decommissioning: true },
    },
  })
})

test('a worker that is going to leave, and one that stops', () => {
  const worker = { workerId: 'worker-1' }
  expect([
    toEvent('w', { type: 'worker-decommissioning', ...worker }),
    toEvent('w', { type: 'worker-stopping', ...worker }),
  ]).toEqual([
    { type: 'worker.decommission-announced', peer: 'w' },
    { type: 'worker.stopping-announced', peer: 'w' },
  ])
})

test('an executor’s end is reported with what the worker found out about it, if anything', () => {
  const report = {
    ...{ sequence: 3, applicationId: 'app-1', executor: 0, exitCode: 1, message: 'Command exited' },
    state: 'exited' as const,
  }
  const hint = { code: 'driver-unreachable', text: 'it could not connect to its driver' }
  const worked = { code: 'out-of-memory', text: 'it ran out of memory' }
  const type = 'executor-state'
  const hintOf = (given: { hint?: typeof hint }) => {
    const event = toEvent('w', { type, ...report, ...given })
    if (event.type !== 'executor.state-reported') throw new Error(event.type)
    expect(event).toEqual({ type: event.type, peer: 'w', report: { ...report, ...event.report } })
    return event.report.hint
  }
  expect(hintOf({ hint })).toEqual({ ...hint, neverWorked: true })
  expect(hintOf({ hint: worked })).toEqual({ ...worked, neverWorked: false })
  expect(hintOf({})).toBeNull()
})

test.each([
  ['another version', { version: 1 }, /speaks version 1 of the cluster protocol.*install the same/],
  ['an id that is none', { workerId: '../x' }, /"..\/x" cannot be a worker's id/],
])('a registration with %s is refused', (_what, change, problem) => {
  expect(() => toEvent('w', { ...REGISTRATION, ...change })).toThrow(ProtocolError)
  expect(() => toEvent('w', { ...REGISTRATION, ...change })).toThrow(problem)
})
