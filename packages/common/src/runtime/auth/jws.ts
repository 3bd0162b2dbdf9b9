// Requests that carry a signed JSON Web Token, as org.apache.spark.ui.JWSFilter of Spark 4 asks for it.
import { jwtVerify } from 'jose'

const MIN_KEY_BYTES = 32

/** The key as Spark's configuration gives it; a sentence when it is not base64url or shorter than 256 bits. */
export function parseJwsKey(text: string): Uint8Array | string {
  if (!/^[A-Za-z0-9_-]+=*$/.test(text)) return 'it is not base64url'
  const key = new Uint8Array(Buffer.from(text, 'base64url'))
  if (key.length >= MIN_KEY_BYTES) return key
  return `its key has ${key.length * 8} bits, and at least ${MIN_KEY_BYTES * 8} are needed`
}

/**
 * True when the key has signed the token, and it is within its own times (`exp`, `nbf`). What it claims is its
 * owner's business. Of the algorithms those for which the key is long enough are taken (RFC 7518, 3.2).
 */
export async function isSignedJwt(token: string, key: Uint8Array): Promise<boolean> {
  const bits = key.length * 8
  const algorithms = [256, 384, 512].filter((size) => size <= bits).map((size) => `HS${size}`)
  try {
    await jwtVerify(token, key, { algorithms })
    return true
  } catch {
    return false
  }
}
