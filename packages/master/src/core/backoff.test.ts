import type { WorkerId } from '@hearth/common/domain/ids.ts'
import { expect, it } from 'vitest'
import {
  backoffMs,
  endBackoffs,
  isBackingOff,
  isBackingOffAnywhere,
  type Backoff,
} from './backoff.ts'

const at = (mono: number) => ({ mono, wall: 0 })
const w1 = { id: 'w1' as WorkerId }

it('doubles from the first to the longest, however often', () => {
  expect([1, 2, 3, 4, 5, 5_000].map((failures) => backoffMs(failures, 100, 1_000))).toEqual([
    ...[100, 200, 400, 800, 1_000, 1_000],
  ])
})

it('ends at its time, which is news once, and what failed is not forgotten', () => {
  const backoffs = new Map<WorkerId, Backoff>([[w1.id, { failures: 2, until: 10 }]])
  expect(endBackoffs({ backoffs }, at(9))).toBe(false)
  expect([
    isBackingOff({ backoffs }, w1, at(9)),
    isBackingOffAnywhere({ backoffs }, at(9)),
  ]).toEqual([true, true])
  expect([
    isBackingOff({ backoffs }, w1, at(10)),
    isBackingOffAnywhere({ backoffs }, at(10)),
  ]).toEqual([false, false])
  expect(endBackoffs({ backoffs }, at(10))).toBe(true)
  expect(endBackoffs({ backoffs }, at(11))).toBe(false)
  expect(backoffs.get(w1.id)).toEqual({ failures: 2, until: null })
})
