import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OpenRequests } from './open-requests.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function openedAt0and400() {
  const forgotten: bigint[] = []
  const requests = new OpenRequests(1_000, (id) => forgotten.push(id))
  requests.open(1n)
  vi.advanceTimersByTime(400)
  requests.open(2n)
  return { requests, forgotten }
}

test('each request that nobody answers is reported when its own time is up', () => {
  const { requests, forgotten } = openedAt0and400()
  vi.advanceTimersByTime(599)
  expect(forgotten).toEqual([])
  vi.advanceTimersByTime(1)
  expect(forgotten).toEqual([1n])
  vi.advanceTimersByTime(400)
  expect(forgotten).toEqual([1n, 2n])
  expect(requests.size).toBe(0)
})

test('an answered one is not reported, the later one still is', () => {
  const { requests, forgotten } = openedAt0and400()
  expect(requests.close(1n)).toBe(true)
  expect(requests.close(1n)).toBe(false)
  vi.advanceTimersByTime(1_000)
  expect(forgotten).toEqual([2n])
})

test('a request may be answered while it is reported', () => {
  const requests = new OpenRequests(1_000, (id) => expect(requests.close(id)).toBe(true))
  requests.open(1n)
  vi.advanceTimersByTime(1_000)
  expect(requests.has(1n)).toBe(false)
})

test('nothing is reported after the connection has ended', () => {
  const { requests, forgotten } = openedAt0and400()
  requests.clear()
  vi.advanceTimersByTime(5_000)
  expect(forgotten).toEqual([])
})
