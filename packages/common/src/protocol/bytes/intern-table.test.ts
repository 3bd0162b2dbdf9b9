import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeModifiedUtf8, encodeModifiedUtf8 } from './modified-utf8.ts'
import { InternTable } from './intern-table.ts'

// Between other bytes, as it stands in a message.
function readFrom(table: InternTable, encoded: Uint8Array): string {
  const message = new Uint8Array(encoded.length + 2).fill(0x41)
  message.set(encoded, 1)
  return table.read(message, 1, 1 + encoded.length)
}

test('a text is what decoding gives, however often it and others were read before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('a', 'b'))),
      (texts) => {
        const table = new InternTable()
        for (const text of [...texts, ...texts]) {
          expect(readFrom(table, encodeModifiedUtf8(text))).toBe(text)
        }
      },
    ),
  )
})

test('bytes are never taken for a text of which they are only the numbers of its characters', () => {
  const table = new InternTable()
  // Some of these pairs share a place in the table.
  for (let index = 0; index < 30_000; index += 1) {
    const bytes = Uint8Array.of(
      0xc2 + (index % 30),
      0x80 + (index % 64),
      0xc3,
      0x80 + ((index >> 6) % 64),
    )
    const numbers = String.fromCharCode(...bytes)
    expect(readFrom(table, encodeModifiedUtf8(numbers))).toBe(numbers)
    expect(readFrom(table, bytes)).toBe(decodeModifiedUtf8(bytes))
  }
})

test('what is no modified UTF-8 is refused, and known texts stay as they were', () => {
  const table = new InternTable()
  const broken = Uint8Array.of(0x61, 0xff)
  for (let round = 0; round < 2; round += 1) {
    expect(() => readFrom(table, broken)).toThrow('byte 1 of a string cannot start')
    expect(readFrom(table, encodeModifiedUtf8('name'))).toBe('name')
  }
})

test('more texts than it holds, and longer ones, are read all the same', () => {
  const table = new InternTable()
  const names = Array.from({ length: 20_000 }, (_, index) =>
    `name${index}`.repeat(1 + (index % 30)),
  )
  for (const name of [...names, ...names]) {
    expect(readFrom(table, encodeModifiedUtf8(name))).toBe(name)
  }
})
