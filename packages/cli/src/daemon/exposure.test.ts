import { describe, expect, test } from 'vitest'
import { CommandFailure } from '../command-failure.ts'
import { checkExposure } from './exposure.ts'

const NOTHING = { hasSecret: false, insecure: false }
const INSECURE = { hasSecret: false, insecure: true }
const SECRET = { hasSecret: true, insecure: false }

describe('addresses that only this machine reaches', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.1.2.3', '127.1.2.3'],
    ['localhost', 'localhost'],
    ['::1', '[::1]'],
    ['[::1]', '[::1]'],
  ])('%s is advertised as %s', (host, advertised) => {
    expect(checkExposure(host, NOTHING)).toBe(advertised)
  })
})

describe('addresses that others reach', () => {
  test.each(['10.0.0.5', 'node7.example', '2001:db8::7', '[fe80::1%eth0]'])(
    '%s needs a secret or --insecure',
    (host) => {
      expect(() => checkExposure(host, NOTHING)).toThrow(
        /refusing to listen on .* whoever reaches this port can run any command/,
      )
      expect(checkExposure(host, INSECURE)).toContain(host)
      expect(checkExposure(host, SECRET)).toContain(host)
    },
  )

  test('the refusal names both ways out', () => {
    const failure = catchFailure(() => checkExposure('0.0.0.0', NOTHING))
    expect(failure.exitCode).toBe(2)
    expect(failure.hint).toContain('spark.authenticate.secret')
    expect(failure.hint).toContain('HEARTH_SECRET')
    expect(failure.hint).toContain('hearth.authenticate.secretFile')
    expect(failure.hint).toContain('--insecure')
  })
})

test.each(['0.0.0.0', '::', '[0:0::0]'])('%s can be bound but not advertised', (host) => {
  expect(() => checkExposure(host, INSECURE)).toThrow('cannot be advertised')
  expect(() => checkExposure(host, SECRET)).toThrow('cannot be advertised')
})

test.each(['a b', 'host:1', 'http://host', ''])('%j is no host', (host) => {
  expect(() => checkExposure(host, SECRET)).toThrow('neither a host name nor an IP address')
})

function catchFailure(call: () => void): CommandFailure {
  try {
    call()
  } catch (error) {
    if (error instanceof CommandFailure) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
