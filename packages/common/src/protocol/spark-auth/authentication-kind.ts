import { AUTH_ENGINE_TAG } from './auth-message.ts'
import { SASL_TAG } from './sasl-message.ts'

export type AuthenticationKind = 'sasl' | 'auth-engine'

/** What kind of authentication the body of a request is; undefined for an RPC envelope. */
export function authenticationKind(body: Uint8Array): AuthenticationKind | undefined {
  if (body[0] === SASL_TAG) return 'sasl'
  return body[0] === AUTH_ENGINE_TAG ? 'auth-engine' : undefined
}

/** True for a message of somebody who wants to authenticate. */
export function isAuthentication(body: Uint8Array): boolean {
  return authenticationKind(body) !== undefined
}
