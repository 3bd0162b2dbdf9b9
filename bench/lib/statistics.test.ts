import { expect, it } from 'vitest'
import { describePairs, percentile, ratioInterval } from './statistics.ts'

it('a percentile is the smallest value that so many do not exceed', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(percentile(values, 0.5)).toBe(100)
  expect(percentile(values, 0.99)).toBe(198)
  expect(percentile(values, 1)).toBe(200)
  expect(percentile([7], 0.01)).toBe(7)
  expect(percentile([3, 1, 2], 0.99)).toBe(3)
  expect(percentile([], 0.5)).toBeNaN()
})

it('the interval of a ratio holds the ratio, and is a point when all pairs agree', () => {
  const same = ratioInterval([
    [10, 2],
    [50, 10],
    [5, 1],
  ])
  expect(same.median).toBeCloseTo(5)
  expect(same.low).toBeCloseTo(5)
  expect(same.high).toBeCloseTo(5)
  // ln 2 and ln 8 have the mean ln 4 and the standard error ln 2; 12.706 is Student's t of one degree of freedom.
  const apart = ratioInterval([
    [2, 1],
    [8, 1],
  ])
  expect(apart.median).toBeCloseTo(4)
  expect(apart.high).toBeCloseTo(4 * 2 ** 12.706)
  expect(apart.low).toBeCloseTo(4 / 2 ** 12.706)
})

it('times are compared by the least of each, rates by the most', () => {
  const pairs = [
    [100, 20],
    [300, 60],
    [200, 40],
  ] as const
  expect(describePairs('times', pairs)).toBe(
    'times: Hearth 200 ms, Spark 40 ms, ratio 5.000 = 5.0 times (95 % 5.000–5.000, 3 pairs); least 100 ms and 20 ms, 5.0 times',
  )
  expect(describePairs('rates', pairs, { unit: '/s', digits: 1, moreIsBetter: true })).toBe(
    'rates: Hearth 200.0 /s, Spark 40.0 /s, ratio 5.000 = 5.0 times (95 % 5.000–5.000, 3 pairs); most 300.0 /s and 60.0 /s, 5.0 times',
  )
  const turned = pairs.map(([ours, theirs]) => [theirs, ours] as const)
  expect(describePairs('times', turned)).toContain('ratio 0.200 = 1/5.0 (')
})
