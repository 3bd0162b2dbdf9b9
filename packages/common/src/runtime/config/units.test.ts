import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBytes, formatDurationMs, parseBytes, parseDurationMs } from './units.ts'

test.each([
  ['250us', 0],
  ['1500us', 1],
  ['7d', 604_800_000],
  ['3m', 180_000],
  ['-1s', -1000],
])('%s is %d ms', (text, ms) => {
  expect(parseDurationMs(text, 's')).toBe(ms)
})

test.each(['', 's', '1 s', '1.5s', '10 apples', '5constructor', '99999999999999999999d'])(
  '%j is no duration',
  (text) => {
    expect(parseDurationMs(text, 's')).toBeUndefined()
  },
)

test.each([
  ['1kb', 1024],
  ['1PB', 2 ** 50],
  ['5g', 5 * 2 ** 30],
])('%s is %d bytes', (text, bytes) => {
  expect(parseBytes(text, 'b')).toBe(bytes)
})

test('what is formatted reads back as the same value', () => {
  fc.assert(
    fc.property(fc.nat(), (value) => {
      expect(parseDurationMs(formatDurationMs(value), 'ms')).toBe(value)
      expect(parseBytes(formatBytes(value), 'b')).toBe(value)
    }),
  )
  expect([formatDurationMs(90_000), formatDurationMs(0), formatBytes(128 * 2 ** 20)]).toEqual([
    '90s',
    '0',
    '128m',
  ])
})
