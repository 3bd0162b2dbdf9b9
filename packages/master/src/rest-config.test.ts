import { ConfigError, readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { describe, expect, it, test } from 'vitest'
import { REST_CONFIG, restSettings } from './rest-config.ts'

const FILTER = 'org.apache.spark.ui.JWSFilter'
const KEY = Buffer.alloc(32, 7).toString('base64url')

function settingsOf(properties: Record<string, string>, host = '127.0.0.1', port = 7077) {
  const config = readConfig(REST_CONFIG, new Map(Object.entries(properties)))
  return restSettings(config, { host, port })
}

test('it is on by default, on 6066 of the master’s address, or any port beside any port', () => {
  expect(settingsOf({})).toMatchObject({ host: '127.0.0.1', port: 6066, isOpen: true })
  expect(settingsOf({}, '127.0.0.1', 0)?.port).toBe(0)
  expect(settingsOf({ 'spark.master.rest.port': '7066' }, '127.0.0.1', 0)?.port).toBe(7066)
  expect(settingsOf({ 'spark.master.rest.host': '10.0.0.5' })?.host).toBe('10.0.0.5')
  expect(settingsOf({ 'spark.master.rest.enabled': 'false' })).toBeNull()
})

test.each([
  ['127.0.0.1', {}, { isOpen: true, isExposed: false }],
  ['10.0.0.5', {}, { isOpen: false, isExposed: false }],
  ['10.0.0.5', { 'hearth.rest.open': 'true' }, { isOpen: true, isExposed: true }],
  ['127.0.0.1', { 'hearth.rest.open': 'true' }, { isOpen: true, isExposed: false }],
  ['127.0.0.1', { 'hearth.rest.open': 'false' }, { isOpen: false, isExposed: false }],
  ['127.0.0.1', { 'spark.master.rest.host': '0.0.0.0' }, { isOpen: false, isExposed: false }],
  ['10.0.0.5', { 'spark.master.rest.host': '127.0.0.1' }, { isOpen: true, isExposed: false }],
  [
    '10.0.0.5',
    {
      'hearth.rest.open': 'true',
      'spark.master.rest.filters': FILTER,
      [`spark.${FILTER}.param.secretKey`]: KEY,
    },
    { isOpen: false, isExposed: false },
  ],
] as [string, Record<string, string>, object][])(
  'on %s with %j it is %j',
  (host, properties, open) => {
    expect(settingsOf(properties, host)).toMatchObject(open)
  },
)

it('R-21 thread settings are taken', () => {
  const properties = {
    'spark.master.rest.maxThreads': '7',
    'spark.master.rest.virtualThread.enabled': 'true',
  }
  expect(settingsOf(properties)?.limits.maxRequests).toBe(7)
  expect(settingsOf({})?.limits.maxRequests).toBe(200)
})

describe('R-19 SPARK-49103 filters', () => {
  it('R-19 a good configuration starts, and a filter asks for its signature on loopback too', () => {
    const settings = settingsOf({
      'spark.master.rest.filters': ` ${FILTER} ,`,
      [`spark.${FILTER}.param.secretKey`]: KEY,
    })
    expect(settings?.jwsKey).toEqual(new Uint8Array(32).fill(7))
    expect(settings?.isOpen).toBe(false)
    expect(settingsOf({ 'spark.master.rest.filters': '' })?.jwsKey).toBeNull()
  })

  it.each([
    [{ 'spark.master.rest.filters': 'com.example.Filter' }, 'com.example.Filter is a class for'],
    [{ 'spark.master.rest.filters': `${FILTER},com.example.F` }, 'com.example.F is a class for'],
    [{ 'spark.master.rest.filters': FILTER }, 'secretKey: it is not set'],
    [
      { 'spark.master.rest.filters': FILTER, [`spark.${FILTER}.param.secretKey`]: 'abc' },
      'secretKey: its key has 16 bits',
    ],
  ] as [Record<string, string>, string][])('R-19 %j fails the start', (properties, sentence) => {
    expect(() => settingsOf(properties)).toThrow(ConfigError)
    expect(() => settingsOf(properties)).toThrow(sentence)
  })
})
