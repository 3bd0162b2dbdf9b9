import { expect, test } from 'vitest'
import { compareRolled, type RolledNames } from '@hearth/common/domain/log-rolling.ts'
import { nextRolledName } from './rolled-name.ts'

// Local time, as Spark's names are.
const NOW = new Date(2026, 0, 6, 2, 7, 9, 45)
const SIZE = { by: 'size', maxBytes: 1 } as const

function by(names: RolledNames) {
  return { by: 'time', intervalMs: 60_000, names } as const
}

test.each([
  [by('day'), '--2026-01-06'],
  [by('hour'), '--2026-01-06--02'],
  [by('minute'), '--2026-01-06--02-07'],
  [by('second'), '--2026-01-06--02-07-09'],
  [SIZE, '--2026-01-06--02-07-09--0045'],
])('%o names a rolled file by its time as Spark does', (strategy, suffix) => {
  const name = nextRolledName('stderr', strategy, NOW, undefined)
  expect(name).toBe(`stderr${suffix}`)
  // Taken: a number behind it, as Spark has.
  const second = nextRolledName('stderr', strategy, NOW, name)
  expect(second).toBe(`${name}--0`)
  let last = second
  for (let number = 1; number < 30; number++) {
    const next = nextRolledName('stderr', strategy, NOW, last)
    expect(next).toBe(`${name}--${number}`)
    expect(compareRolled(next, last)).toBeGreaterThan(0)
    last = next
  }
})

test('a clock that was set back does not bring what is new before what is old', () => {
  const last = 'stderr--2026-01-06--03-00-00--0000'
  expect(nextRolledName('stderr', SIZE, NOW, last)).toBe(`${last}--0`)
  expect(nextRolledName('stderr', SIZE, NOW, `${last}--0`)).toBe(`${last}--1`)
  // Named by another strategy, before the worker was configured anew.
  for (const other of ['stderr--2026-01-07', 'stderr--2026-01-06--04', `${last}--0--1`]) {
    const name = nextRolledName('stderr', SIZE, NOW, other)
    expect(compareRolled(name, other), name).toBeGreaterThan(0)
  }
})
