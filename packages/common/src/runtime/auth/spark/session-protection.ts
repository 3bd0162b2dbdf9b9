import type { StreamKeys } from './auth-engine.ts'
import type { AuthSettings } from '../auth-settings.ts'
import { openCtrStream } from './ctr-stream.ts'
import { openGcmStream } from './gcm-stream.ts'
import type { RandomBytes } from './random-bytes.ts'
import { openSaslStream } from './sasl-stream.ts'
import type { StreamProtection } from './stream-protection.ts'

export interface SparkHandshakeOptions {
  readonly auth: AuthSettings
  readonly random: RandomBytes
  /** Longest frame of this connection; bounds what a protection may hold. */
  readonly maxFrameBytes: number
}

/** What protects a connection after AuthEngine. */
export function engineProtection(
  keys: StreamKeys,
  options: SparkHandshakeOptions,
): StreamProtection {
  const { auth, random, maxFrameBytes } = options
  if (auth.cipher === 'AES/CTR/NoPadding') return openCtrStream(keys)
  return openGcmStream(keys, { random, maxMessageBytes: maxFrameBytes })
}

/** What protects a connection after DIGEST-MD5 with `auth-conf`. */
export function saslProtection(
  hash: Uint8Array,
  role: 'client' | 'server',
  { auth, maxFrameBytes }: SparkHandshakeOptions,
): StreamProtection {
  return openSaslStream(hash, role, {
    blockBytes: auth.saslBlockBytes,
    maxBlockBytes: maxFrameBytes,
  })
}
