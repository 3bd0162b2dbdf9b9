import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ProtocolError } from '../protocol-error.ts'
import { parseJsonDocument } from './json-document.ts'

const LIMITS = { maxDepth: 4, maxValues: 20 }
const parse = (text: string) => parseJsonDocument(Buffer.from(text), LIMITS)

test('parses what JSON.stringify writes', () => {
  const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' })
  fc.assert(
    fc.property(value, (one) => {
      const text = JSON.stringify(one)
      const bytes = Buffer.from(text)
      const parsed = parseJsonDocument(bytes, { maxDepth: 10, maxValues: 10_000 })
      fc.pre(!text.includes('__proto__'))
      expect(JSON.stringify(parsed)).toBe(text)
    }),
  )
})

test('nesting is bounded before anything is parsed', () => {
  expect(parse('[[[[]]]]')).toEqual([[[[]]]])
  expect(() => parse('[[[[{}]]]]')).toThrow('JSON nests deeper than 4 at offset 4')
  const deep = Buffer.from('['.repeat(10_000_000))
  expect(() => parseJsonDocument(deep, LIMITS)).toThrow(ProtocolError)
})

test('siblings do not count as nesting, nor do brackets in texts', () => {
  expect(parse('[[],[],[],[],[]]')).toHaveLength(5)
  expect(parse('["[[[[[[","\\"[[[[[","\\\\"]')).toEqual(['[[[[[[', '"[[[[[', '\\'])
})

test('the number of values is bounded, commas in texts do not count', () => {
  expect(parse(`[${Array(19).fill('0').join()}]`)).toHaveLength(19)
  expect(() => parse(`[${Array(21).fill('0').join()}]`)).toThrow('JSON holds more than 20 values')
  expect(() => parse(`[${Array(15).fill('{}').join()}]`)).toThrow(ProtocolError)
  expect(parse(`"${','.repeat(100)}"`)).toHaveLength(100)
})

test.each([
  ['{"__proto__":{"polluted":1},"a":1}'],
  ['{"\\u005f_proto__":{"polluted":1},"a":1}'],
  ['{"_\\u005Fproto_\\u005f":{"polluted":1},"a":1}'],
  ['{"__pr\\u006fto__":{"polluted":1},"a":1}'],
])('a prototype key is left out: %s', (text) => {
  const parsed = parse(text) as object
  expect(Object.keys(parsed)).toEqual(['a'])
  expect(Object.assign({}, parsed)).not.toHaveProperty('polluted')
  expect({}).not.toHaveProperty('polluted')
})

test('other keys with underscores stay', () => {
  expect(parse('{"__x":1,"proto__":2}')).toEqual({ __x: 1, proto__: 2 })
})

test.each([
  ['broken JSON', Buffer.from('{"a":')],
  ['two documents', Buffer.from('1 2')],
  ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['nothing', Buffer.alloc(0)],
])('%s is a ProtocolError', (_what, bytes) => {
  expect(() => parseJsonDocument(bytes, LIMITS)).toThrow(ProtocolError)
})

test('any bytes are a document or a ProtocolError', () => {
  const syntax = fc.string({
    unit: fc.constantFrom(...Array.from('[]{}",:\\0e_tru ')),
    maxLength: 30,
  })
  fc.assert(
    fc.property(syntax, (text) => {
      try {
        parse(text)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})
