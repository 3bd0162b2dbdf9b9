import { expect, test } from 'vitest'
import { WORKER_KEYS } from '../config.ts'
import { newWorkerId, readWorkerIdPattern } from './worker-id.ts'

const AT = Date.UTC(2026, 0, 1)

test('W-09 the id of a worker is made by the pattern', () => {
  const byDefault = readWorkerIdPattern(WORKER_KEYS.idPattern.default)
  expect(newWorkerId(byDefault, AT, '[::1]', 7078)).toBe('worker-20260101000000-[::1]-7078')
  const own = readWorkerIdPattern('rack7-%2$s-%3$05d')
  expect(newWorkerId(own, AT, 'node-a', 7078)).toBe('rack7-node-a-07078')
})

test('W-09 a pattern with white space, or that makes no id, stops the start under its key', () => {
  expect(() => readWorkerIdPattern('my worker-%s')).toThrow(
    'spark.worker.idPattern: "my worker-%s": an id may not contain white space',
  )
  expect(() => readWorkerIdPattern('%s/%s')).toThrow('it does not make an id')
})

test('a host that makes no safe id is named', () => {
  const pattern = readWorkerIdPattern(WORKER_KEYS.idPattern.default)
  expect(() => newWorkerId(pattern, AT, 'h'.repeat(250), 7078)).toThrow(
    /the host h+ cannot be part of this worker's id/,
  )
})
