// Unit tests share a process, which makes them several times faster: what one file changes in it must
// not reach the next.
import { afterAll, vi } from 'vitest'

const before = { ...process.env }

afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  for (const name of Object.keys(process.env)) {
    if (!Object.hasOwn(before, name)) delete process.env[name]
  }
  Object.assign(process.env, before)
})
