import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OpenAsks } from './open-asks.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function openTwo() {
  const asks = new OpenAsks()
  const ids: bigint[] = []
  const replies = [1_000, 2_000].map((timeoutMs) => asks.open(timeoutMs, (id) => ids.push(id)))
  const [firstId = 0n, secondId = 0n] = ids
  return { asks, firstId, secondId, replies }
}

test('replies reach their asks in any order', async () => {
  const { asks, firstId, secondId, replies } = openTwo()
  expect(firstId).not.toBe(secondId)
  asks.resolve(secondId, Uint8Array.of(2))
  asks.resolve(firstId, Uint8Array.of(1))
  expect(await Promise.all(replies)).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
})

test("a peer's failure, a time-out and the end of the connection reject by kind", async () => {
  const { asks, secondId, replies } = openTwo()
  const third = asks.open(3_000, () => undefined)
  const outcomes = Promise.allSettled([...replies, third])
  asks.refuse(secondId, 'Could not find Master.')
  await vi.advanceTimersByTimeAsync(1_000)
  asks.close('peer died')
  expect(await outcomes).toMatchObject([
    { reason: { kind: 'timed-out', message: 'no reply to ask 1 within 1000 ms' } },
    { reason: { kind: 'refused', message: 'Could not find Master.' } },
    { reason: { kind: 'closed', message: 'connection closed before the reply: peer died' } },
  ])
})

test('a reply to an unknown, answered or expired ask is dropped', async () => {
  const { asks, firstId, secondId, replies } = openTwo()
  const outcomes = Promise.allSettled(replies)
  asks.resolve(12_345n, Uint8Array.of(9))
  await vi.advanceTimersByTimeAsync(1_500)
  asks.resolve(firstId, Uint8Array.of(1))
  asks.resolve(secondId, Uint8Array.of(2))
  asks.refuse(secondId, 'again')
  expect(await outcomes).toMatchObject([
    { status: 'rejected' },
    { status: 'fulfilled', value: Uint8Array.of(2) },
  ])
})
