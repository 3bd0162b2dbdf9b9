import { expect, test } from 'vitest'
import { clientProof, passwordOf, serverProof, sessionHash, SPARK_USER } from './digest-md5-keys.ts'

// RFC 2831, section 4: the example with IMAP.
const rfc = {
  user: 'chris',
  realm: 'elwood.innosoft.com',
  nonce: 'OA6MG9tEQGm2hh',
  clientNonce: 'OA6MHXh6VqTrRk',
  digestUri: 'imap/elwood.innosoft.com',
  qop: 'auth',
} as const

test('the proofs of RFC 2831', () => {
  const hash = sessionHash(rfc, 'secret')
  expect(clientProof(hash, rfc)).toBe('d388dad90d4bbd760a152321f2143af7')
  expect(serverProof(hash, rfc)).toBe('ea40f60335c427b5527b84dbabcdfffd')
})

test('encryption is part of what is proven', () => {
  const sealed = { ...rfc, qop: 'auth-conf' } as const
  const hash = sessionHash(sealed, 'secret')
  expect(clientProof(hash, sealed)).not.toBe(clientProof(hash, rfc))
})

test("user and password are Netty's base64, with its line breaks", () => {
  expect(SPARK_USER).toBe('c3BhcmtTYXNsVXNlcg==')
  expect(passwordOf('schlüssel')).toBe('c2NobMO8c3NlbA==')
  expect(passwordOf('x'.repeat(57))).toBe('eHh4'.repeat(19))
  expect(passwordOf('x'.repeat(58))).toBe(`${'eHh4'.repeat(19)}\neA==`)
})
