import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { HandshakeRole } from '../../protocol/cluster/handshake.ts'

const KEY_BYTES = 32

/**
 * A key for one purpose: HKDF-SHA256 of the secret, with the purpose as info. Nothing but this ever takes
 * the secret itself, and no key tells anything of another.
 */
export function deriveKey(secret: string, purpose: string, salt: Uint8Array = EMPTY): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, `hearth ${purpose}`, KEY_BYTES))
}
const EMPTY = new Uint8Array()

/** What one side of a handshake proves the secret with, in hex. */
export function clusterProof(secret: string, role: HandshakeRole, transcript: string): string {
  const key = deriveKey(secret, 'cluster proof 1')
  return createHmac('sha256', key).update(`${role} ${transcript}`).digest('hex')
}

/** Whether two proofs or tokens are equal, in a time that does not tell where they differ. */
export function isSameProof(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

export interface SessionKeys {
  readonly send: Uint8Array
  readonly receive: Uint8Array
}

/** The keys of one connection, one a direction: different for every pair of nonces. */
export function sessionKeys(secret: string, role: HandshakeRole, transcript: string): SessionKeys {
  const salt = createHash('sha256').update(transcript).digest()
  const fromDialler = deriveKey(secret, 'cluster frames 1 from dialler', salt)
  const fromAcceptor = deriveKey(secret, 'cluster frames 1 from acceptor', salt)
  return role === 'dialler'
    ? { send: fromDialler, receive: fromAcceptor }
    : { send: fromAcceptor, receive: fromDialler }
}
