import { describe, expect, test } from 'vitest'
import { checkExposure } from './exposure.ts'

describe('addresses that only this machine reaches', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.1.2.3', '127.1.2.3'],
    ['localhost', 'localhost'],
    ['::1', '[::1]'],
    ['[::1]', '[::1]'],
  ])('%s is advertised as %s', (host, advertised) => {
    expect(checkExposure(host, false)).toBe(advertised)
  })
})

describe('addresses that others reach', () => {
  test.each(['10.0.0.5', 'node7.example', '2001:db8::7', '[fe80::1%eth0]'])(
    '%s needs --insecure',
    (host) => {
      expect(() => checkExposure(host, false)).toThrow(
        /refusing to listen on .* whoever reaches this port can run any command/,
      )
      expect(checkExposure(host, true)).toContain(host)
    },
  )
})

test.each(['0.0.0.0', '::', '[0:0::0]'])('%s can be bound but not advertised', (host) => {
  expect(() => checkExposure(host, true)).toThrow('cannot be advertised')
})

test.each(['a b', 'host:1', 'http://host', ''])('%j is no host', (host) => {
  expect(() => checkExposure(host, true)).toThrow('neither a host name nor an IP address')
})
