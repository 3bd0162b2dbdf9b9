import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OrphanWatch } from './orphan-watch.ts'

let isBusy: boolean
let suspendedMs: number
let calls: string[]
let watch: OrphanWatch
beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  isBusy = true
  suspendedMs = 0
  calls = []
  watch = new OrphanWatch({
    orphanLimitMs: 3_600_000,
    idleLimitMs: 60_000,
    uptimeMs: () => Date.now() + suspendedMs,
    isBusy: () => isBusy,
    onOrphaned: () => calls.push('orphaned'),
    onIdle: () => calls.push('idle'),
  })
})
afterEach(() => {
  watch.stop()
  vi.useRealTimers()
})

test('busy without a worker, it is orphaned at the limit and not before, once', () => {
  vi.advanceTimersByTime(3_599_000)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(10_000_000)
  expect(calls).toEqual(['orphaned'])
})

test('with nothing to hold it is idle much earlier', () => {
  isBusy = false
  vi.advanceTimersByTime(60_000)
  expect(calls).toEqual(['idle'])
})

test('the last process may end long after the worker has gone', () => {
  vi.advanceTimersByTime(1_000_000)
  isBusy = false
  vi.advanceTimersByTime(1000)
  expect(calls).toEqual(['idle'])
})

test('nothing happens while a worker is there, whose limit counts when it has left', () => {
  vi.advanceTimersByTime(3_000_000)
  watch.workerCame(7_200_000)
  vi.advanceTimersByTime(100_000_000)
  watch.workerLeft()
  vi.advanceTimersByTime(7_199_000)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(1000)
  expect(calls).toEqual(['orphaned'])
})

test('a machine that slept through the limit had no worker either', () => {
  vi.advanceTimersByTime(1000)
  suspendedMs = 3_600_000
  vi.advanceTimersByTime(1000)
  expect(calls).toEqual(['orphaned'])
})
