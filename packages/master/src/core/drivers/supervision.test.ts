import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../settings.ts'
import { countRestart, nextDelay } from './supervision.ts'

const SETTINGS = { superviseDelayMs: 1_000, superviseDelayMaxMs: 8_000, superviseStableMs: 5_000 }

function delays(...ranForMs: (number | null)[]): number[] {
  const all: number[] = []
  for (const ran of ranForMs) all.push(nextDelay(all.at(-1) ?? null, ran, SETTINGS))
  return all
}

it('W-13 the delays double, up to the cap', () => {
  expect(delays(10, 10, 10, 10, 10, 10)).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
})

it('W-15 a run that was long enough starts them anew; one that never began does not', () => {
  expect(delays(10, 10, 5_001, 10)).toEqual([1_000, 2_000, 1_000, 2_000])
  expect(delays(10, 10, 5_000, null)).toEqual([1_000, 2_000, 4_000, 8_000])
})

it('restarts are counted within the window', () => {
  const driver = { restarts: [] as number[] }
  const settings = { ...DEFAULT_SETTINGS, superviseMaxRestarts: 2, superviseWindowMs: 100 }
  expect([0, 50, 99, 100, 120].map((at) => countRestart(driver, at, settings))).toEqual([
    ...[true, true, false, true, false],
  ])
})

it('-1 is no limit, 0 is none at all', () => {
  const driver = { restarts: [] as number[] }
  const limitedTo = (superviseMaxRestarts: number) => ({
    ...DEFAULT_SETTINGS,
    superviseMaxRestarts,
  })
  expect(countRestart(driver, 0, limitedTo(0))).toBe(false)
  for (let at = 0; at < 500; at += 1) expect(countRestart(driver, at, limitedTo(-1))).toBe(true)
})
