import { expect, test } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { AUTH_KEYS, authSettingsOf, defaultAuthSettings } from './auth-settings.ts'

function settingsOf(properties: Record<string, string>) {
  return authSettingsOf(readConfig(AUTH_KEYS, new Map(Object.entries(properties))), 's3cret')
}

test("nothing set: Spark's own defaults", () => {
  expect(settingsOf({})).toEqual({
    secret: 's3cret',
    isCryptoEnabled: false,
    hasSaslFallback: true,
    authEngineVersion: 1,
    cipher: 'AES/CTR/NoPadding',
    encryptsSasl: false,
    requiresSaslEncryption: false,
    saslBlockBytes: 65_536,
    timeoutMs: 30_000,
  })
  expect(defaultAuthSettings('s3cret')).toEqual(settingsOf({}))
})

test("Spark's keys are honoured in Spark's spellings", () => {
  expect(
    settingsOf({
      'spark.network.crypto.enabled': 'true',
      'spark.network.crypto.saslFallback': 'false',
      'spark.network.crypto.authEngineVersion': '2',
      'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
      'spark.authenticate.enableSaslEncryption': 'true',
      'spark.network.sasl.serverAlwaysEncrypt': 'true',
      'spark.network.sasl.maxEncryptedBlockSize': '32k',
      'spark.network.auth.rpcTimeout': '5',
    }),
  ).toEqual({
    secret: 's3cret',
    isCryptoEnabled: true,
    hasSaslFallback: false,
    authEngineVersion: 2,
    cipher: 'AES/GCM/NoPadding',
    encryptsSasl: true,
    requiresSaslEncryption: true,
    saslBlockBytes: 32_768,
    timeoutMs: 5_000,
  })
})

test('what neither Spark nor Hearth has is refused by name', () => {
  expect(() => settingsOf({ 'spark.network.crypto.authEngineVersion': '3' })).toThrow(
    /authEngineVersion: "3" is not a whole number from 1 to 2/,
  )
  expect(() => settingsOf({ 'spark.network.crypto.cipher': 'DES' })).toThrow(
    /cipher: "DES" is not one of AES\/CTR\/NoPadding, AES\/GCM\/NoPadding/,
  )
})

test('no secret, no authentication', () => {
  expect(authSettingsOf(readConfig(AUTH_KEYS, new Map()), null)).toBeNull()
})
