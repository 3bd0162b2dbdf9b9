import { expect } from 'vitest'

const TIMEOUT_MS = 15_000

/** `expect` for what becomes true; patient enough for a machine that is busy with other things. */
export function eventually<Value>(get: () => Value) {
  return expect.poll(get, { timeout: TIMEOUT_MS, interval: 20 })
}
