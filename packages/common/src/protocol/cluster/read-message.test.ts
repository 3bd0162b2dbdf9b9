import { expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { MasterToWorker, WorkerToMaster } from './messages.ts'
import { messageReader } from './read-message.ts'
import { cpuTimeMs } from '../../../../../test/support/cpu-time.ts'

const fromWorker = messageReader(WorkerToMaster)
const fromMaster = messageReader(MasterToWorker)

const REPORT = {
  ...{ type: 'executor-state', sequence: 1, applicationId: 'app-1', executor: 0 },
  ...{ state: 'exited', exitCode: 0, message: null },
}
const REGISTRATION = {
  ...{ type: 'register-worker', version: 2, workerId: 'w', host: 'h', port: 1, webUiUrl: '' },
  ...{
    cores: 1,
    memoryMb: 1,
    masterAddress: 'm:1',
    held: [],
    heldDrivers: [],
    driverGraceMs: 10_000,
    decommissioning: false,
  },
}

const refusal = (read: (value: unknown) => unknown, value: unknown) => {
  try {
    read(value)
    return 'taken'
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError)
    return (error as Error).message
  }
}

test('a message is returned as it is, with or without what is optional', () => {
  const withCustom = { ...REGISTRATION, custom: { gpu: ['0'] } }
  for (const message of [REPORT, REGISTRATION, withCustom])
    expect(fromWorker(message)).toBe(message)
  expect(fromMaster({ type: 'reregister' })).toEqual({ type: 'reregister' })
})

test.each([
  [null, 'it is no JSON object'],
  [[], 'it is no JSON object'],
  ['heartbeat', 'it is no JSON object'],
  [{}, 'it has no type'],
  [{ type: 3 }, 'it has no type'],
  [{ type: 'reregister' }, 'type "reregister" is unknown'],
  [{ type: 'x'.repeat(200) }, `type "${'x'.repeat(100)}" is unknown`],
  [{ type: 'toString' }, 'type "toString" is unknown'],
  [
    { ...REPORT, state: 'RUNNING' },
    'field state of executor-state is missing or not what it may be',
  ],
  [{ ...REPORT, message: undefined }, 'field message of executor-state'],
  [{ type: 'heartbeat' }, 'field workerId of heartbeat'],
  [{ ...REGISTRATION, custom: null }, 'field custom of register-worker'],
  [{ ...REGISTRATION, custom: { 'g,': ['0'] } }, 'field custom of register-worker'],
  [{ ...REGISTRATION, custom: { '': 5 } }, 'field custom of register-worker'],
  [{ ...REGISTRATION, custom: { gpu: [] } }, 'field custom of register-worker'],
])('%j is refused: %s', (value, why) => {
  expect(refusal(fromWorker, value)).toContain(`not a message of the cluster protocol: ${why}`)
})

test.each([1e300, 2 ** 31, -(2 ** 31) - 1, 0.5])('an exit code of %d is none', (exitCode) => {
  expect(refusal(fromWorker, { ...REPORT, exitCode })).toContain('field exitCode of executor-state')
})

test('a million faults are refused at the first', () => {
  const custom = { gpu: Array.from({ length: 1_000_000 }, () => 1) }
  const keys = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`$${at}`, 1]))
  const startedAt = cpuTimeMs()
  for (const odd of [custom, keys]) {
    expect(refusal(fromWorker, { ...REGISTRATION, custom: odd })).toContain('field custom of')
  }
  expect(cpuTimeMs() - startedAt).toBeLessThan(1_500)
})
