import { expect, test } from 'vitest'
import { createRollSchedule } from './roll-schedule.ts'

const HOUR_MS = 3_600_000

test('a file takes whole buffers of Spark’s as long as they fit, and then none', () => {
  const schedule = createRollSchedule({ by: 'size', maxBytes: 100_000 }, 0, 0)
  expect(schedule.room(65_536, 0)).toBe(65_536)
  schedule.wrote(65_536)
  expect(schedule.room(65_536, 0)).toBe(4 * 8192)
  expect(schedule.room(30_000, 0)).toBe(30_000)
  schedule.wrote(4 * 8192)
  expect(schedule.room(1697, 0)).toBe(0)
  expect(schedule.room(1696, 0)).toBe(1696)
  schedule.rolled(0)
  expect(schedule.room(65_536, 0)).toBe(65_536)
})

test('what an earlier run wrote counts, and an empty file takes something in any case', () => {
  expect(createRollSchedule({ by: 'size', maxBytes: 100_000 }, 99_999, 0).room(2, 0)).toBe(0)
  expect(createRollSchedule({ by: 'size', maxBytes: 100_000 }, 500_000, 0).room(1, 0)).toBe(0)
  expect(createRollSchedule({ by: 'size', maxBytes: 100 }, 0, 0).room(5000, 0)).toBe(100)
})

test('the first output after a multiple of the interval finds the file to be rolled', () => {
  const schedule = createRollSchedule({ by: 'time', intervalMs: HOUR_MS, names: 'hour' }, 9, 10)
  expect(schedule.room(5, HOUR_MS)).toBe(5)
  expect(schedule.room(5, HOUR_MS + 1)).toBe(0)
  // Nothing was written for a while: one roll, and the next at the next multiple.
  schedule.rolled(5.5 * HOUR_MS)
  expect(schedule.room(5, 5.5 * HOUR_MS)).toBe(5)
  expect(schedule.room(5, 6 * HOUR_MS)).toBe(5)
  expect(schedule.room(5, 6 * HOUR_MS + 1)).toBe(0)
})
