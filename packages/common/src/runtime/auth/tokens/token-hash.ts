import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** What is kept of a token's secret. Its cost is kept beside it, so that it can be raised later. */
export interface TokenHash {
  readonly n: number
  readonly r: number
  readonly p: number
  /** Base64url. */
  readonly salt: string
  readonly hash: string
}

// 16 MiB and some 40 ms a check.
const COST = { n: 16_384, r: 8, p: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const BYTES_PER_BLOCK = 128

const derive = promisify<string, Uint8Array, number, object, Buffer>(scrypt)

export async function hashSecret(secret: string): Promise<TokenHash> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await deriveHash(secret, salt, COST)
  return { ...COST, salt: salt.toString('base64url'), hash: hash.toString('base64url') }
}

/** Compares in a time that does not tell where they differ. */
export async function isSecretOf(secret: string, kept: TokenHash): Promise<boolean> {
  const hash = await deriveHash(secret, Buffer.from(kept.salt, 'base64url'), kept)
  const expected = Buffer.from(kept.hash, 'base64url')
  return expected.length === hash.length && timingSafeEqual(expected, hash)
}

function deriveHash(secret: string, salt: Uint8Array, { n, r, p }: typeof COST): Promise<Buffer> {
  // Node's own limit is exactly what the usual cost takes, and refuses it.
  const maxmem = 2 * BYTES_PER_BLOCK * n * r
  return derive(secret, salt, HASH_BYTES, { N: n, r, p, maxmem })
}
