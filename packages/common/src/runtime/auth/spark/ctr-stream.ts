import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { StreamKeys } from './auth-engine.ts'
import type { StreamProtection } from './stream-protection.ts'

/**
 * AES in counter mode, one endless stream per direction (`CtrTransportCipher`, Spark 3.5 to 4.3). Nothing
 * tells whether bytes were changed on their way: what they decrypt to is garbage, which the limits and
 * checks of frames meet.
 */
export function openCtrStream({ key, sendIv, receiveIv }: StreamKeys): StreamProtection {
  const algorithm = key.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr'
  const sealing = createCipheriv(algorithm, key, sendIv)
  const opening = createDecipheriv(algorithm, key, receiveIv)
  return {
    name: 'AES/CTR/NoPadding',
    bufferedBytes: 0,
    seal: (parts) => parts.map((part) => sealing.update(part)),
    *open(chunk) {
      yield opening.update(chunk)
    },
  }
}
