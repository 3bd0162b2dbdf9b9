import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { formatApplicationId, formatStamp, parseApplicationId, parseWorkerId } from './ids.ts'

test('a stamp is the UTC date and time, in every year and month', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_799_000 }), (at) => {
      const expected = new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)
      expect(formatStamp(at)).toBe(expected)
    }),
  )
  expect(formatStamp(Date.UTC(2028, 1, 29, 23, 59, 59))).toBe('20280229235959')
})

test('application ids follow Spark’s pattern and grow beyond four digits', () => {
  const at = Date.UTC(2026, 10, 20, 21, 23, 35)
  expect(formatApplicationId(at, 0)).toBe('app-20261120212335-0000')
  expect(formatApplicationId(at, 12_345)).toBe('app-20261120212335-12345')
})

test('ids that could leave a directory, a URL or a command line are refused', () => {
  for (const bad of ['', '..', 'a/b', 'a b', 'a\nb', 'a\0b', '<b>', 'x'.repeat(256), '$(id)']) {
    expect(parseWorkerId(bad), JSON.stringify(bad)).toBeUndefined()
    expect(parseApplicationId(bad), JSON.stringify(bad)).toBeUndefined()
  }
  expect(parseWorkerId('worker-20260101000000-10.0.0.1-7078')).toBeDefined()
})
