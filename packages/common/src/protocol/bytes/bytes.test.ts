import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ProtocolError } from '../protocol-error.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { decodeModifiedUtf8, modifiedUtf8Length } from './modified-utf8.ts'

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

test('what was written is read back, whatever the buffer had to grow', () => {
  const values = fc.record({
    uint8: fc.integer({ min: 0, max: 0xff }),
    uint16: fc.integer({ min: 0, max: 0xffff }),
    int32: fc.integer(),
    int64: fc.bigInt(INT64),
    float32: fc.float(),
    float64: fc.double(),
    text: fc.string({ unit: 'binary', maxLength: 300 }),
    bytes: fc.uint8Array({ maxLength: 600 }),
  })
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 64 }), (v, capacity) => {
      const writer = new ByteWriter(capacity)
      writer.writeUint8(v.uint8)
      writer.writeUint16(v.uint16)
      writer.writeInt32(v.int32)
      writer.writeInt64(v.int64)
      writer.writeFloat32(v.float32)
      writer.writeFloat64(v.float64)
      const length = modifiedUtf8Length(v.text)
      writer.writeModifiedUtf8(v.text, length)
      writer.writeBytes(v.bytes)
      const reader = new ByteReader(writer.toBytes())
      expect(reader.remaining).toBe(writer.length)
      expect(reader.peekUint8()).toBe(v.uint8)
      expect(reader.readUint8()).toBe(v.uint8)
      expect(reader.readUint16()).toBe(v.uint16)
      expect(reader.readInt32()).toBe(v.int32)
      expect(reader.readInt64()).toBe(v.int64)
      expect(reader.readFloat32()).toBe(v.float32)
      expect(reader.readFloat64()).toBe(v.float64)
      expect(reader.readRange(length, decodeModifiedUtf8)).toBe(v.text)
      expect(reader.readRest()).toEqual(v.bytes)
      expect(reader.remaining).toBe(0)
    }),
  )
})

test('integers are big-endian', () => {
  const writer = new ByteWriter()
  writer.writeUint16(0x0102)
  writer.writeInt32(-2)
  expect([...writer.toBytes()]).toEqual([1, 2, 0xff, 0xff, 0xff, 0xfe])
  const reader = new ByteReader(Uint8Array.of(0xff, 0xfe, 0xfd, 0xff))
  expect(reader.readInt16()).toBe(-2)
  expect(reader.readInt8()).toBe(-3)
})

test('bytes are views of the input, also of an input that is itself a view', () => {
  const whole = Uint8Array.of(9, 9, 1, 2, 3)
  const part = new ByteReader(whole.subarray(2)).readBytes(2)
  expect([...part]).toEqual([1, 2])
  expect(part.buffer).toBe(whole.buffer)
})

test('reading past the end names the offset and leaves the cursor where it was', () => {
  const reader = new ByteReader(Uint8Array.of(1, 2, 3))
  reader.readUint8()
  for (const read of [
    () => reader.readInt32(),
    () => reader.readInt64(),
    () => reader.readBytes(3),
    () => reader.readBytes(-1),
  ]) {
    expect(read).toThrow(ProtocolError)
    expect(read).toThrow(/offset 1/)
  }
  expect(reader.readUint16()).toBe(0x0203)
  expect(() => reader.peekUint8()).toThrow(ProtocolError)
})
