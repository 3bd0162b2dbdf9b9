import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from './read-config.ts'
import type { ConfigTable } from './table.ts'

const TABLE = {
  mode: {
    key: 'spark.deploy.recoveryMode',
    kind: 'string',
    default: 'NONE',
    choices: ['NONE', 'FILESYSTEM'],
    doc: 'Where state is kept.',
  },
  title: { key: 'spark.master.ui.title', kind: 'string', default: undefined, doc: 'Title.' },
  spreadOut: {
    key: 'spark.deploy.spreadOutApps',
    aliases: ['spark.deploy.spreadOut'],
    kind: 'boolean',
    default: true,
    doc: 'Spread.',
  },
  retries: {
    key: 'spark.deploy.maxExecutorRetries',
    kind: 'integer',
    default: 10,
    min: -1,
    doc: 'Retries.',
  },
  uiPort: {
    key: 'spark.master.ui.port',
    kind: 'integer',
    default: 8080,
    max: 65_535,
    doc: 'Port.',
  },
  workerTimeoutMs: {
    key: 'spark.worker.timeout',
    kind: 'duration-ms',
    default: 60_000,
    min: 1,
    bareUnit: 's',
    doc: 'Time-out.',
  },
  share: {
    key: 'hearth.share',
    kind: 'fraction',
    default: 0.25,
    min: 0,
    max: 1,
    doc: 'Share.',
  },
  heapMb: { key: 'hearth.heap', kind: 'memory-mb', default: undefined, doc: 'Heap.' },
  frameBytes: {
    key: 'hearth.frame',
    kind: 'bytes',
    default: 1024,
    min: 512,
    max: 16 * 1024 ** 2,
    doc: 'Frame.',
  },
} satisfies ConfigTable

function read(properties: Record<string, string>) {
  return readConfig(TABLE, new Map(Object.entries(properties)))
}

function problems(properties: Record<string, string>): readonly string[] {
  try {
    read(properties)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('values', () => {
  test('defaults stand for everything that is not set', () => {
    expect(read({})).toEqual({
      mode: 'NONE',
      title: undefined,
      spreadOut: true,
      retries: 10,
      share: 0.25,
      uiPort: 8080,
      workerTimeoutMs: 60_000,
      heapMb: undefined,
      frameBytes: 1024,
    })
  })

  test('types follow the table: only keys without a default may be undefined', () => {
    const config = read({})
    const timeout: number = config.workerTimeoutMs
    const title: string | undefined = config.title
    // @ts-expect-error a key without a default may be undefined
    const heap: number = config.heapMb
    expect([timeout, title, heap]).toEqual([60_000, undefined, undefined])
  })

  test.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['2min', 120_000],
    ['100ms', 100],
    [' 1H ', 3_600_000],
  ])('the duration %j of a key that counts in seconds is %d ms', (text, ms) => {
    expect(read({ 'spark.worker.timeout': text }).workerTimeoutMs).toBe(ms)
  })

  test('sizes and memory take powers of 1024', () => {
    const config = read({ 'hearth.frame': '64k', 'hearth.heap': '2g' })
    expect(config).toMatchObject({ frameBytes: 65_536, heapMb: 2048 })
    expect(read({ 'hearth.frame': '2048', 'hearth.heap': '512' })).toMatchObject({
      frameBytes: 2048,
      heapMb: 512,
    })
  })

  test('choices are found in either case and come back as the table spells them', () => {
    expect(read({ 'spark.deploy.recoveryMode': 'filesystem' }).mode).toBe('FILESYSTEM')
  })

  test('an alias is read, and the first spelling wins', () => {
    expect(read({ 'spark.deploy.spreadOut': 'false' }).spreadOut).toBe(false)
    expect(
      read({ 'spark.deploy.spreadOut': 'false', 'spark.deploy.spreadOutApps': 'TRUE' }).spreadOut,
    ).toBe(true)
  })
})

describe('refusals', () => {
  test('one sentence per bad value, all at once, each with key, value and what is allowed', () => {
    expect(
      problems({
        'spark.deploy.recoveryMode': 'MEMORY',
        'spark.deploy.spreadOut': 'yes',
        'spark.deploy.maxExecutorRetries': '-2',
        'spark.master.ui.port': '65536',
        'spark.worker.timeout': '1.5min',
        'hearth.share': '1.5',
        'hearth.heap': 'lots',
        'hearth.frame': '17m',
      }),
    ).toEqual([
      'spark.deploy.recoveryMode: "MEMORY" is not one of NONE, FILESYSTEM',
      'spark.deploy.spreadOut: "yes" is not true or false',
      'spark.deploy.maxExecutorRetries: "-2" is not a whole number of at least -1',
      'spark.master.ui.port: "65536" is not a whole number from 0 to 65535',
      'spark.worker.timeout: "1.5min" is not a duration such as 500ms, 60s or 2min of at least 1ms',
      'hearth.share: "1.5" is not a number such as 0.25 from 0 to 1',
      'hearth.heap: "lots" is not an amount of memory such as 512m or 4g',
      'hearth.frame: "17m" is not a size such as 64k or 16m from 512b to 16m',
    ])
  })

  test.each(['', '-1', '0x10', '1e3', '9999999999', '12 34'])('the integer %j', (text) => {
    expect(problems({ 'spark.master.ui.port': text })).toHaveLength(1)
  })

  test.each(['', '-0.1', '1e-1', '.5', '0,5', 'NaN'])('the fraction %j', (text) => {
    expect(problems({ 'hearth.share': text })).toHaveLength(1)
    expect(read({ 'hearth.share': '0.5' }).share).toBe(0.5)
  })

  test('a long value is cut in the message', () => {
    expect(problems({ 'spark.worker.timeout': 'x'.repeat(10_000) })[0]).toMatch(/^.{1,200}$/)
  })
})
