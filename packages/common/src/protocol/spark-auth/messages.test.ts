import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ProtocolError } from '../protocol-error.ts'
import { decodeAuthMessage, encodeAuthMessage } from './auth-message.ts'
import { authenticationKind, isAuthentication } from './authentication-kind.ts'
import { SPARK_IDENTITY } from './identity.ts'
import { decodeSaslMessage, encodeSaslMessage } from './sasl-message.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

const FIRST_SASL = `ea0000000d${Buffer.from(SPARK_IDENTITY).toString('hex')}00000000`

const engineMessage = {
  identity: SPARK_IDENTITY,
  salt: new Uint8Array(16).fill(1),
  ciphertext: new Uint8Array(60).fill(2),
}

test("a client's first SASL message", () => {
  const message = { identity: SPARK_IDENTITY, token: new Uint8Array(0) }
  expect(hex(encodeSaslMessage(message))).toBe(FIRST_SASL)
  expect(decodeSaslMessage(Uint8Array.from(Buffer.from(FIRST_SASL, 'hex')))).toEqual(message)
})

test('the token of a SASL message is the rest, whatever its length field says', () => {
  const bytes = Buffer.concat([Buffer.from(FIRST_SASL, 'hex'), Buffer.from('token')])
  expect(Buffer.from(decodeSaslMessage(bytes).token).toString()).toBe('token')
})

test('an AuthEngine message', () => {
  const bytes = encodeAuthMessage(engineMessage)
  expect(hex(bytes)).toBe(
    `fb0000000d${hex(Buffer.from(SPARK_IDENTITY))}00000010${'01'.repeat(16)}0000003c${'02'.repeat(60)}`,
  )
  expect(decodeAuthMessage(bytes)).toEqual(engineMessage)
})

test('the first byte tells authentication from an RPC envelope', () => {
  expect(authenticationKind(Buffer.from(FIRST_SASL, 'hex'))).toBe('sasl')
  expect(authenticationKind(encodeAuthMessage(engineMessage))).toBe('auth-engine')
  for (const body of ['', '00', '01'])
    expect(isAuthentication(Buffer.from(body, 'hex'))).toBe(false)
})

describe('malformed', () => {
  const engine = encodeAuthMessage(engineMessage)

  test('every truncation is a ProtocolError', () => {
    const sasl = Buffer.from(FIRST_SASL, 'hex')
    for (let end = 0; end < sasl.length; end++) {
      expect(() => decodeSaslMessage(sasl.subarray(0, end))).toThrow(ProtocolError)
    }
    for (let end = 0; end < engine.length; end++) {
      expect(() => decodeAuthMessage(engine.subarray(0, end))).toThrow(ProtocolError)
    }
  })

  test('what is too long, too short or left over is named', () => {
    const longIdentity = { ...engineMessage, identity: 'x'.repeat(257) }
    expect(() => decodeAuthMessage(encodeAuthMessage(longIdentity))).toThrow(
      'identity of 257 bytes is too long',
    )
    // As U+FFFD it would have three times the bytes, and AuthEngine's key derivation takes 1024.
    const broken = encodeAuthMessage({ ...engineMessage, identity: 'x'.repeat(256) }).fill(
      0xff,
      5,
      261,
    )
    expect(() => decodeAuthMessage(broken)).toThrow('identity is not UTF-8')
    const shortSalt = { ...engineMessage, salt: new Uint8Array(15) }
    expect(() => decodeAuthMessage(encodeAuthMessage(shortSalt))).toThrow('15 bytes of salt')
    const longKey = { ...engineMessage, ciphertext: new Uint8Array(61) }
    expect(() => decodeAuthMessage(encodeAuthMessage(longKey))).toThrow('encrypted key of 61 bytes')
    expect(() => decodeAuthMessage(Buffer.concat([engine, Uint8Array.of(0)]))).toThrow(
      '1 bytes behind',
    )
    const longToken = { identity: '', token: new Uint8Array(4097) }
    expect(() => decodeSaslMessage(encodeSaslMessage(longToken))).toThrow('4097 bytes is too long')
    expect(() => decodeSaslMessage(engine)).toThrow('not a SASL message')
    expect(() => decodeAuthMessage(Buffer.from(FIRST_SASL, 'hex'))).toThrow('not an AuthEngine')
  })

  test('any bytes are a message or a ProtocolError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(0xea, 0xfb), (rest, tag) => {
        const decode = tag === 0xea ? decodeSaslMessage : decodeAuthMessage
        try {
          decode(Uint8Array.from([tag, ...rest]))
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})
