// How two Hearth daemons prove to each other that they have the same secret, before any other message.
// `dialler` is who connected, `acceptor` who listened:
//
//   dialler  → auth-hello      version, 32 random bytes
//   acceptor → auth-challenge  version, 32 random bytes
//   dialler  → auth-proof      HMAC-SHA256(proof key, "dialler " + transcript)
//   acceptor → auth-accepted   HMAC-SHA256(proof key, "acceptor " + transcript)
//
// The dialler proves first, so that whoever can only connect learns nothing to guess the secret by. The
// role keeps a proof from being sent back to its maker, the nonces keep one from being used again. Every
// frame behind the last of these is sealed (runtime/auth/sealed-frames.ts).
import Type, { type Static } from 'typebox'
import { CLUSTER_MAGIC } from './frame.ts'

/** Raised when the same messages would mean something else. */
export const CLUSTER_AUTH_VERSION = 1

/** Longest document before the proof: a registration of a worker without a secret fits, no more. */
export const MAX_HANDSHAKE_BYTES = 4096

export type HandshakeRole = 'dialler' | 'acceptor'

/** 32 bytes, in lower-case hex so that the transcript has one spelling. */
const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Version = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })

export const AuthHello = Type.Object({
  type: Type.Literal('auth-hello'),
  version: Version,
  nonce: Hex32,
})
export type AuthHello = Static<typeof AuthHello>

export const AuthChallenge = Type.Object({
  type: Type.Literal('auth-challenge'),
  version: Version,
  nonce: Hex32,
})
export type AuthChallenge = Static<typeof AuthChallenge>

export const AuthProof = Type.Object({ type: Type.Literal('auth-proof'), proof: Hex32 })
export type AuthProof = Static<typeof AuthProof>

export const AuthAccepted = Type.Object({ type: Type.Literal('auth-accepted'), proof: Hex32 })
export type AuthAccepted = Static<typeof AuthAccepted>

export type HandshakeMessage = AuthHello | AuthChallenge | AuthProof | AuthAccepted

/** What both ends have agreed on, as text: the versions of framing and handshake, and both nonces. */
export function handshakeTranscript(diallerNonce: string, acceptorNonce: string): string {
  const framing = CLUSTER_MAGIC.at(-1)
  return `hearth-cluster framing ${framing} auth ${CLUSTER_AUTH_VERSION} ${diallerNonce} ${acceptorNonce}`
}
