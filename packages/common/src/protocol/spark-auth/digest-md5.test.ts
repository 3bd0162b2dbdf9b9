import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ProtocolError } from '../protocol-error.ts'
import {
  formatChallenge,
  formatResponse,
  formatServerProof,
  parseChallenge,
  parseResponse,
  parseServerProof,
  type DigestResponse,
} from './digest-md5.ts'
import { parseDirectives } from './directives.ts'
import { cpuTimeMs } from '../../../../../test/support/cpu-time.ts'

const bytes = (text: string) => Buffer.from(text)
const text = (data: Uint8Array) => Buffer.from(data).toString()

// As Java 17 writes it for a Spark server.
const JAVA_CHALLENGE =
  'realm="default",nonce="kq7xZQ==",qop="auth-conf,auth",charset=utf-8,cipher="3des,rc4,des,rc4-56,rc4-40",algorithm=md5-sess'

const response: DigestResponse = {
  user: 'c3BhcmtTYXNsVXNlcg==',
  realm: 'default',
  nonce: 'kq7xZQ==',
  clientNonce: 'Zm9v',
  digestUri: 'null/default',
  qop: 'auth-conf',
  cipher: '3des',
  proof: '0123456789abcdef0123456789abcdef',
}

test("Java's challenge is understood", () => {
  expect(parseChallenge(bytes(JAVA_CHALLENGE))).toEqual({
    realm: 'default',
    nonce: 'kq7xZQ==',
    qops: ['auth-conf', 'auth'],
    ciphers: ['3des', 'rc4', 'des', 'rc4-56', 'rc4-40'],
  })
})

test('our challenge is written as Java writes it', () => {
  const challenge = parseChallenge(bytes(JAVA_CHALLENGE))
  expect(text(formatChallenge(challenge))).toBe(JAVA_CHALLENGE)
})

test('a response comes back as it was', () => {
  expect(parseResponse(formatResponse(response))).toEqual(response)
  const plain: DigestResponse = { ...response, qop: 'auth', cipher: undefined }
  expect(parseResponse(formatResponse(plain))).toEqual(plain)
  expect(parseServerProof(formatServerProof(response.proof))).toBe(response.proof)
})

test('quoted text with quotes and backslashes comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 60 }), (user) => {
      expect(parseResponse(formatResponse({ ...response, user })).user).toBe(user)
    }),
  )
})

test('white space and unknown directives are passed over', () => {
  const challenge = ' nonce = "n" ,\r\n algorithm=MD5-sess , later="x,y" '
  expect(parseChallenge(bytes(challenge))).toMatchObject({ nonce: 'n', qops: ['auth'] })
})

const wrong: readonly (readonly [string, string, string])[] = [
  ['no nonce', 'algorithm=md5-sess', "has no 'nonce'"],
  ['two nonces', 'algorithm=md5-sess,nonce="a",nonce="b"', "says 'nonce' twice"],
  ['another algorithm', 'algorithm=md5,nonce="a"', "algorithm is 'md5', not 'md5-sess'"],
  ['an open quote', 'nonce="a', 'malformed at offset 0'],
  ['no name', 'algorithm=md5-sess,="a"', 'malformed at offset 19'],
  ['two values', 'nonce=a b', 'malformed at offset 0'],
]

test.each(wrong)('a challenge with %s is refused', (_name, challenge, problem) => {
  expect(() => parseChallenge(bytes(challenge))).toThrow(problem)
})

test('a response that says something else than Spark does is refused', () => {
  const written = text(formatResponse(response))
  const changes: readonly (readonly [string, string, string])[] = [
    ['nc=00000001', 'nc=00000002', "nc is '00000002', not '00000001'"],
    ['qop=auth-conf', 'qop=auth-int', "qop 'auth-int' is not offered"],
    ['username="c3BhcmtTYXNsVXNlcg=="', 'username=""', "has no 'username'"],
    ['maxbuf=65536', 'authzid="root"', 'acts for somebody else'],
    [response.proof, response.proof.toUpperCase(), 'not 32 hexadecimal digits'],
    [response.proof, response.proof.slice(1), 'not 32 hexadecimal digits'],
  ]
  for (const [from, to, problem] of changes) {
    expect(written).toContain(from)
    expect(() => parseResponse(bytes(written.replace(from, to)))).toThrow(problem)
  }
})

test('long messages and many directives are refused', () => {
  expect(() => parseChallenge(new Uint8Array(4097))).toThrow('4097 bytes is too long')
  expect(() => parseDirectives('a=b,'.repeat(33))).toThrow('too many directives')
})

test('any text is read in linear time, or refused', () => {
  const nasty = ['"\\', '=', ',', ' ', 'a', '"', '\\"', 'a="', '\t']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...nasty), { maxLength: 2000 }), (parts) => {
      const startedAt = cpuTimeMs()
      try {
        parseDirectives(parts.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
      expect(cpuTimeMs() - startedAt).toBeLessThan(1_000)
    }),
  )
})
