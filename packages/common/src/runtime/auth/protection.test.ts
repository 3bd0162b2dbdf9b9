import { expect, test } from 'vitest'
import { defaultAuthSettings } from './auth-settings.ts'
import { describeInsecurity, protectionOf } from './protection.ts'

test('a secret protects any address, and without one only loopback is protected', () => {
  const auth = defaultAuthSettings('correct horse')
  expect(protectionOf('10.0.0.1', auth)).toBe('secret')
  expect(protectionOf('127.0.0.1', auth)).toBe('secret')
  expect(protectionOf('[::1]', null)).toBe('loopback')
  expect(protectionOf('10.0.0.1', null)).toBe('insecure')
})

test('only what is insecure is shown as such', () => {
  expect(describeInsecurity('secret')).toBeUndefined()
  expect(describeInsecurity('loopback')).toBeUndefined()
  expect(describeInsecurity('insecure')).toContain('no secret')
})
