import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ProtocolError } from '../protocol-error.ts'
import { decodeModifiedUtf8, encodeModifiedUtf8, modifiedUtf8Length } from './modified-utf8.ts'

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
})

test('every text, lone surrogates included, survives', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const bytes = encodeModifiedUtf8(text)
      expect(bytes.length).toBe(modifiedUtf8Length(text))
      expect(decodeModifiedUtf8(bytes)).toBe(text)
    }),
  )
})

test('zero and characters outside the basic plane differ from plain UTF-8', () => {
  expect([...encodeModifiedUtf8('a\0')]).toEqual([0x61, 0xc0, 0x80])
  expect([...encodeModifiedUtf8('\u{1f525}')]).toEqual([0xed, 0xa0, 0xbd, 0xed, 0xb4, 0xa5])
  expect([...encodeModifiedUtf8('é€')]).toEqual([0xc3, 0xa9, 0xe2, 0x82, 0xac])
})

test('a text longer than one piece keeps every character', () => {
  const text = 'aé€\0'.repeat(20_000)
  expect(decodeModifiedUtf8(encodeModifiedUtf8(text))).toBe(text)
})

test('a plain zero byte and over-long forms are read as Java reads them', () => {
  expect(decodeModifiedUtf8(Uint8Array.of(0x61, 0x00))).toBe('a\0')
  expect(decodeModifiedUtf8(Uint8Array.of(0xe0, 0x81, 0x81))).toBe('A')
})

test('broken bytes are refused, and say where', () => {
  expect(() => decodeModifiedUtf8(Uint8Array.of(0x61, 0x80))).toThrow(/byte 1 .* cannot start/)
  expect(() => decodeModifiedUtf8(Uint8Array.of(0xf0, 0x9f, 0x94, 0xa5))).toThrow(/byte 0/)
  expect(() => decodeModifiedUtf8(Uint8Array.of(0xc3, 0x41))).toThrow(/byte 1 .* does not continue/)
  expect(() => decodeModifiedUtf8(Uint8Array.of(0xe2, 0x82))).toThrow(/ends within/)
})

test('any bytes give a text or a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        expect(decodeModifiedUtf8(bytes).length).toBeLessThanOrEqual(bytes.length)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})

test('a text within other bytes ends where it is said to, whatever follows', () => {
  const bytes = Uint8Array.of(0x78, 0x61, 0xc3, 0x81, 0x79)
  expect(decodeModifiedUtf8(bytes, 1, 4)).toBe('aÁ')
  expect(decodeModifiedUtf8(bytes, 1, 2)).toBe('a')
  expect(() => decodeModifiedUtf8(bytes, 1, 3)).toThrow('ends within a modified UTF-8 character')
  expect(() => decodeModifiedUtf8(bytes, 3, 5)).toThrow('byte 0 of a string cannot start')
})
