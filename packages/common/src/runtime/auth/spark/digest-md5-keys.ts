import { createHash, createHmac } from 'node:crypto'
import { NONCE_COUNT, type DigestResponse } from '../../../protocol/spark-auth/digest-md5.ts'
import { SPARK_IDENTITY } from '../../../protocol/spark-auth/identity.ts'

// DIGEST-MD5 (RFC 2831) in its md5-sess form. MD5 is weak: what this proves is what Spark's default can.

// Spark encodes with Netty, which breaks lines: secrets of more than 57 bytes have newlines in their
// password.
const LINE_CHARACTERS = 76

function sparkBase64(text: string): string {
  const encoded = Buffer.from(text, 'utf8').toString('base64')
  return (encoded.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? []).join('\n')
}

/** The user that Spark names, and the password that it makes of a secret (`SparkSaslServer`). */
export const SPARK_USER = sparkBase64(SPARK_IDENTITY)

export function passwordOf(secret: string): string {
  return sparkBase64(secret)
}

/** What a proof is computed from, besides the password. */
export type DigestFacts = Omit<DigestResponse, 'proof' | 'cipher'>

/** H(A1): what both ends know once they share the password, and the root of all keys. */
export function sessionHash(facts: DigestFacts, password: string): Uint8Array {
  const account = md5(`${facts.user}:${facts.realm}:${password}`)
  return md5(account, `:${facts.nonce}:${facts.clientNonce}`)
}

/** What the client sends to prove that it knows the password. */
export function clientProof(hash: Uint8Array, facts: DigestFacts): string {
  return proof(hash, 'AUTHENTICATE:', facts)
}

/** What the server sends to prove that it knows the password too. */
export function serverProof(hash: Uint8Array, facts: DigestFacts): string {
  return proof(hash, ':', facts)
}

function proof(hash: Uint8Array, method: string, facts: DigestFacts): string {
  const { nonce, clientNonce, qop, digestUri } = facts
  const unsigned = qop === 'auth' ? '' : `:${'0'.repeat(32)}`
  const action = hex(md5(`${method}${digestUri}${unsigned}`))
  return hex(md5(`${hex(hash)}:${nonce}:${NONCE_COUNT}:${clientNonce}:${qop}:${action}`))
}

export type Direction = 'client-to-server' | 'server-to-client'

/** Key of the signatures in one direction. */
export function signingKey(hash: Uint8Array, direction: Direction): Uint8Array {
  return md5(hash, `Digest session key to ${direction} signing key magic constant`)
}

/** Key of the encryption in one direction, before it is shaped for a cipher. */
export function sealingKey(hash: Uint8Array, direction: Direction): Uint8Array {
  return md5(hash, `Digest H(A1) to ${direction} sealing key magic constant`)
}

/** HMAC-MD5, of which a message carries the first ten bytes. */
export function sign(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('md5', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

function md5(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
