import { expect, test } from 'vitest'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { WORKER_CONFIG } from '../../config.ts'
import { readLogRolling } from './log-rolling.ts'

const PREFIX = 'spark.executor.logs.rolling'

function readKeys(keys: Record<string, string>) {
  const warnings: string[] = []
  const properties = new Map(
    Object.entries(keys).map(([key, value]) => [`${PREFIX}.${key}`, value]),
  )
  const rolling = readLogRolling(readConfig(WORKER_CONFIG, properties), (text) =>
    warnings.push(text),
  )
  return { rolling, warnings }
}

test.each([
  {},
  { strategy: '' },
  { strategy: 'none' },
  { maxSize: '5000', enableCompression: 'true' },
])('without a strategy nothing is rolled: %o', (keys: Record<string, string>) => {
  expect(readKeys(keys)).toEqual({ rolling: null, warnings: [] })
})

test.each([
  [{}, 1_048_576],
  [{ maxSize: '200000' }, 200_000],
  [{ maxSize: '2m' }, 2_097_152],
  [{ 'size.maxBytes': '300000' }, 300_000],
  [{ maxSize: '200000', 'size.maxBytes': '300000' }, 200_000],
])('by size: %o', (keys: Record<string, string>, maxBytes) => {
  expect(readKeys({ strategy: 'size', ...keys })).toEqual({
    rolling: { strategy: { by: 'size', maxBytes }, maxRetainedFiles: null, compress: false },
    warnings: [],
  })
})

test.each([
  ['daily', 86_400_000, 'day'],
  ['hourly', 3_600_000, 'hour'],
  ['minutely', 60_000, 'minute'],
  ['90', 90_000, 'second'],
])('by time: %s', (interval, intervalMs, names) => {
  const { rolling } = readKeys({ strategy: 'time', 'time.interval': interval })
  expect(rolling?.strategy).toEqual({ by: 'time', intervalMs, names })
})

test('a day is the interval where nothing is said', () => {
  expect(readKeys({ strategy: 'time' }).rolling?.strategy).toMatchObject({ names: 'day' })
})

test.each([
  ['-1', null],
  ['0', null],
  ['7', 7],
])('%s retained files', (text, maxRetainedFiles) => {
  const { rolling } = readKeys({
    ...{ strategy: 'size', maxRetainedFiles: text, enableCompression: 'true' },
  })
  expect(rolling).toMatchObject({ maxRetainedFiles, compress: true })
})

test('what is less than Spark’s least is raised to it, and said', () => {
  const size = readKeys({ strategy: 'size', maxSize: '5000' })
  expect(size.rolling?.strategy).toEqual({ by: 'size', maxBytes: 81_920 })
  expect(size.warnings).toEqual([
    `${PREFIX}.maxSize: 5000 is too small; logs are rolled at 81920 bytes`,
  ])
  const time = readKeys({ strategy: 'time', 'time.interval': '5' })
  expect(time.rolling?.strategy).toEqual({ by: 'time', intervalMs: 60_000, names: 'second' })
  expect(time.warnings).toEqual([
    `${PREFIX}.time.interval: 5 s is too short; logs are rolled every 60 s`,
  ])
})

test.each([
  [{ strategy: 'weekly' }, `${PREFIX}.strategy: "weekly" is not one of none, size, time`],
  [
    { strategy: 'time', 'time.interval': 'weekly' },
    `${PREFIX}.time.interval: "weekly" is not one of daily, hourly, minutely, a number of seconds`,
  ],
  [{ strategy: 'time', 'time.interval': '0' }, `${PREFIX}.time.interval: "0"`],
  [{ strategy: 'size', maxSize: '0' }, `${PREFIX}.maxSize: "0" is not a size`],
  [{ strategy: 'size', 'size.maxBytes': '3g' }, `${PREFIX}.size.maxBytes: "3g" is not a size`],
  [{ maxSize: 'big' }, `${PREFIX}.maxSize: "big" is not a size`],
  [{ maxRetainedFiles: '-2' }, `${PREFIX}.maxRetainedFiles: "-2" is not a whole number`],
  [{ enableCompression: 'yes' }, `${PREFIX}.enableCompression: "yes" is not true or false`],
])('%o is refused', (keys: Record<string, string>, sentence) => {
  expect(() => readKeys(keys)).toThrow(sentence)
})
