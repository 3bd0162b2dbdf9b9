import type { ConfigOf, ConfigTable } from '../config/table.ts'

const KIB = 1024

/** How a connection is protected once both ends have proven the secret; Spark's names. */
export const STREAM_CIPHERS = ['AES/CTR/NoPadding', 'AES/GCM/NoPadding'] as const
export type StreamCipher = (typeof STREAM_CIPHERS)[number]

/**
 * How a secret is proven on Spark connections and what protects them afterwards. Every daemon's
 * configuration table includes these keys; they say nothing unless a secret is set.
 */
export const AUTH_KEYS = {
  cryptoEnabled: {
    key: 'spark.network.crypto.enabled',
    kind: 'boolean',
    default: false,
    doc: 'Prove the secret with AuthEngine and encrypt with AES, instead of SASL DIGEST-MD5 without encryption; drivers and executors must set it alike.',
  },
  saslFallback: {
    key: 'spark.network.crypto.saslFallback',
    kind: 'boolean',
    default: true,
    doc: 'With spark.network.crypto.enabled, take peers that know only SASL too; false refuses them, and with them everything that is not encrypted.',
  },
  authEngineVersion: {
    key: 'spark.network.crypto.authEngineVersion',
    kind: 'integer',
    default: 1,
    min: 1,
    max: 2,
    doc: 'Version of the AuthEngine protocol; 2 derives the session key properly. It is not negotiated: a peer with another one reads garbage, and its connection is closed.',
  },
  cipher: {
    key: 'spark.network.crypto.cipher',
    kind: 'string',
    default: 'AES/CTR/NoPadding',
    choices: STREAM_CIPHERS,
    doc: 'Cipher behind AuthEngine. GCM also notices changed bytes, and CTR does not; it is not negotiated and must be the same at both ends.',
  },
  saslEncryption: {
    key: 'spark.authenticate.enableSaslEncryption',
    kind: 'boolean',
    default: false,
    doc: 'Encrypt the connections that this daemon dials with SASL. Of those it accepts the driver decides.',
  },
  saslAlwaysEncrypt: {
    key: 'spark.network.sasl.serverAlwaysEncrypt',
    kind: 'boolean',
    default: false,
    doc: 'Take SASL peers only when they encrypt (spark.authenticate.enableSaslEncryption of the driver).',
  },
  saslBlockBytes: {
    key: 'spark.network.sasl.maxEncryptedBlockSize',
    kind: 'bytes',
    default: 64 * KIB,
    min: KIB,
    max: 1024 * KIB,
    doc: 'Largest piece that is encrypted at once on connections with SASL encryption.',
  },
  authTimeoutMs: {
    key: 'spark.network.auth.rpcTimeout',
    kind: 'duration-ms',
    bareUnit: 's',
    default: 30_000,
    min: 1,
    doc: 'Time from connecting to the end of the authentication; a connection that takes longer is closed.',
  },
} as const satisfies ConfigTable

/** The values of {@link AUTH_KEYS}. */
export type AuthConfig = ConfigOf<typeof AUTH_KEYS>

/** What a port or a dialler needs to prove its secret. Without a secret there are no such settings. */
export interface AuthSettings {
  /** As it stands in `spark.authenticate.secret`; never logged. */
  readonly secret: string
  readonly isCryptoEnabled: boolean
  readonly hasSaslFallback: boolean
  readonly authEngineVersion: 1 | 2
  readonly cipher: StreamCipher
  /** Encrypt what we dial with SASL. */
  readonly encryptsSasl: boolean
  /** Refuse SASL peers that do not encrypt. */
  readonly requiresSaslEncryption: boolean
  readonly saslBlockBytes: number
  readonly timeoutMs: number
}

/** The settings for a secret; null, which switches authentication off, when there is none. */
export function authSettingsOf(config: AuthConfig, secret: string): AuthSettings
export function authSettingsOf(config: AuthConfig, secret: string | null): AuthSettings | null
export function authSettingsOf(config: AuthConfig, secret: string | null): AuthSettings | null {
  if (secret === null) return null
  return {
    secret,
    isCryptoEnabled: config.cryptoEnabled,
    hasSaslFallback: config.saslFallback,
    authEngineVersion: config.authEngineVersion === 2 ? 2 : 1,
    cipher: STREAM_CIPHERS.find((cipher) => cipher === config.cipher) ?? 'AES/CTR/NoPadding',
    encryptsSasl: config.saslEncryption,
    requiresSaslEncryption: config.saslAlwaysEncrypt,
    saslBlockBytes: config.saslBlockBytes,
    timeoutMs: config.authTimeoutMs,
  }
}

/** The settings for a secret when nothing else is configured. */
export function defaultAuthSettings(secret: string): AuthSettings {
  const defaults = Object.entries(AUTH_KEYS).map(([name, { default: value }]) => [name, value])
  return authSettingsOf(Object.fromEntries(defaults) as AuthConfig, secret)
}
