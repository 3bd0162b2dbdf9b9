import { expect, test } from 'vitest'
import { SuspendWatch } from './suspend-watch.ts'

test('sleep is told once, the resolution of the clocks is none', () => {
  const now = { monotonic: 1000, uptime: 50_000 }
  const watch = new SuspendWatch({
    monotonicMs: () => now.monotonic,
    uptimeMs: () => now.uptime,
  })
  now.monotonic += 60_000
  now.uptime += 60_010
  expect(watch.takeSleptMs()).toBe(0)
  now.uptime += 3_600_000
  expect(watch.takeSleptMs()).toBe(3_600_010)
  expect(watch.takeSleptMs()).toBe(0)
  now.monotonic += 1000
  now.uptime += 3000
  expect(watch.takeSleptMs()).toBe(2000)
})

test('the clocks of this machine agree while it is awake', () => {
  const watch = new SuspendWatch()
  for (let look = 0; look < 100; look++) expect(watch.takeSleptMs()).toBe(0)
})
