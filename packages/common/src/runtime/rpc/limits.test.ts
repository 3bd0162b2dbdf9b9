import { expect, test } from 'vitest'
import { DEFAULT_RPC_LIMITS, RPC_KEYS } from './limits.ts'

const SPARK_ASK_TIMEOUT_MS = 120_000

test('the defaults keep what the documentation of the keys demands', () => {
  const limits = DEFAULT_RPC_LIMITS
  expect(Object.keys(limits)).toEqual(Object.keys(RPC_KEYS))
  expect(limits.answerTimeoutMs).toBeLessThan(SPARK_ASK_TIMEOUT_MS)
  expect(limits.maxFrameBytes).toBeLessThanOrEqual(limits.maxUnfinishedBytes)
  expect(limits.backedUpBytes).toBeLessThan(limits.maxQueuedBytes)
  expect(limits.maxQueuedBytes).toBeLessThanOrEqual(limits.maxQueuedBytesTotal)
  // A message that the peer accepts must fit into the queue for it.
  expect(limits.maxMessageBytes).toBeLessThan(limits.maxQueuedBytes)
})
