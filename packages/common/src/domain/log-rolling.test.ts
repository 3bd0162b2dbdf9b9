import { expect, test } from 'vitest'
import { compareRolled, formatRemovedLog, parseRemovedLog, rolledStem } from './log-rolling.ts'

test.each([
  'stdout--2026-11-26',
  'stdout--2026-11-26--02',
  'stdout--2026-11-26--02-10',
  'stdout--2026-11-26--02-10-00',
  'stdout--2026-11-26--02-10-00--0123',
  'stdout--2026-11-26--02-10-00--0123--17',
])('%s is a rolled file, compressed or not', (stem) => {
  expect(rolledStem('stdout', stem)).toBe(stem)
  expect(rolledStem('stdout', `${stem}.gz`)).toBe(stem)
  expect(rolledStem('stderr', stem)).toBeUndefined()
})

test.each([
  ...['stdout', 'stdout.gz', 'stdout.log', 'stdout--mine', '.stdout--2026-11-26.gz.new'],
  ...['stdout--2026-11-26.zip', 'stdout--2026-11-26--', 'stdout--2026-11-26--02/../x', ''],
])('%j is none', (name) => {
  expect(rolledStem('stdout', name)).toBeUndefined()
})

test('rolled files are in the order of their times, and of the numbers of those of one time', () => {
  const inOrder = [
    'stdout--2026-11-26',
    'stdout--2026-11-26--02-10-00',
    'stdout--2026-11-26--02-10-00--0123',
    'stdout--2026-11-26--02-10-00--0123--0',
    'stdout--2026-11-26--02-10-00--0123--2',
    'stdout--2026-11-26--02-10-00--0123--10',
    'stdout--2026-11-26--02-10-00--0999',
    'stdout--2026-11-26--10-00-00',
    'stdout--2027-01-01',
  ]
  expect(inOrder.toReversed().toSorted(compareRolled)).toEqual(inOrder)
  expect(inOrder.toSorted(compareRolled)).toEqual(inOrder)
  expect(compareRolled('stdout--2026-11-26', 'stdout--2026-11-26')).toBe(0)
})

test('what was removed of a log is read as it was written, and nothing else is', () => {
  const removed = { bytes: 12_345, through: 'stdout--2026-11-26--02' }
  expect(parseRemovedLog(formatRemovedLog(removed))).toEqual(removed)
  for (const text of [
    '',
    '12',
    '12 a',
    '-1 a\n',
    '1e3 a\n',
    `1 ${'x'.repeat(301)}\n`,
    '1 a\n2 b\n',
  ]) {
    expect(parseRemovedLog(text), text).toBeUndefined()
  }
})
