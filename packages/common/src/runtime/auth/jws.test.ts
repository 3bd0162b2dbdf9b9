import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { isSignedJwt, parseJwsKey } from './jws.ts'

const KEY = new Uint8Array(32).fill(7)

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function sign(header: object, claims: object, key = KEY, hash = 'sha256'): string {
  const content = `${encode(header)}.${encode(claims)}`
  return `${content}.${createHmac(hash, key).update(content).digest('base64url')}`
}

const HS256 = { alg: 'HS256', typ: 'JWT' }
const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600

test('what the key has signed is taken, within its own times', async () => {
  expect(await isSignedJwt(sign(HS256, { sub: 'ada' }), KEY)).toBe(true)
  expect(await isSignedJwt(sign(HS256, { exp: IN_AN_HOUR }), KEY)).toBe(true)
  expect(await isSignedJwt(sign(HS256, { exp: 1 }), KEY)).toBe(false)
  expect(await isSignedJwt(sign(HS256, { nbf: IN_AN_HOUR }), KEY)).toBe(false)
})

test('anything else is not', async () => {
  const good = sign(HS256, {})
  const [header = '', , signature = ''] = good.split('.')
  for (const token of [
    ...['', 'x', 'a.b.c', `${header}..${signature}`, `${header}.${encode({ a: 1 })}.${signature}`],
    ...[sign({ alg: 'none' }, {}), `${encode({ alg: 'none' })}.${encode({})}.`],
    sign(HS256, {}, new Uint8Array(32).fill(8)),
    // The key is too short for it.
    sign({ alg: 'HS512' }, {}, KEY, 'sha512'),
  ]) {
    expect(await isSignedJwt(token, KEY)).toBe(false)
  }
})

test('a longer key takes longer hashes too', async () => {
  const key = new Uint8Array(64).fill(7)
  expect(await isSignedJwt(sign({ alg: 'HS512' }, {}, key, 'sha512'), key)).toBe(true)
  expect(await isSignedJwt(sign(HS256, {}, key), key)).toBe(true)
})

test('keys are base64url and long enough', () => {
  const text = Buffer.from(KEY).toString('base64url')
  expect(parseJwsKey(text)).toEqual(KEY)
  expect(parseJwsKey('abc')).toBe('its key has 16 bits, and at least 256 are needed')
  expect(parseJwsKey('')).toBe('it is not base64url')
  expect(parseJwsKey('+/+/')).toBe('it is not base64url')
})
