import { STREAM_CIPHERS, type AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { JsonFields } from './json-fields.ts'

/** Reads what a worker tells its launcher about authentication; ProtocolError for anything else. */
export function parseAuthSettings(fields: JsonFields): AuthSettings {
  return {
    secret: fields.text('secret'),
    isCryptoEnabled: fields.boolean('isCryptoEnabled'),
    hasSaslFallback: fields.boolean('hasSaslFallback'),
    authEngineVersion: fields.integer('authEngineVersion', { min: 1, max: 2 }) === 1 ? 1 : 2,
    cipher: fields.oneOf('cipher', STREAM_CIPHERS),
    encryptsSasl: fields.boolean('encryptsSasl'),
    requiresSaslEncryption: fields.boolean('requiresSaslEncryption'),
    saslBlockBytes: fields.integer('saslBlockBytes', { min: 1 }),
    timeoutMs: fields.integer('timeoutMs', { min: 1 }),
  }
}
