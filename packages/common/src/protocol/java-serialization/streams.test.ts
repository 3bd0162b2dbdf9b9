import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FLAG, TAG } from './constants.ts'
import { isObject } from './fields.ts'
import { decodeJavaStream } from './reader.ts'
import {
  javaString,
  type JavaArray,
  type JavaClassDescriptor,
  type JavaLevel,
  type JavaObject,
  type JavaValue,
} from './tree.ts'
import { encodeJavaStream } from './writer.ts'

const aClass = (name: string, fields: JavaClassDescriptor['fields'] = []): JavaClassDescriptor => ({
  kind: 'descriptor',
  name,
  uid: -1n,
  flags: FLAG.serializable,
  fields,
  superclass: null,
})
const anObject = (
  descriptor: JavaClassDescriptor,
  values: readonly JavaValue[] = [],
  annotation: JavaLevel['annotation'] = [],
): JavaObject => ({ kind: 'object', descriptor, levels: [{ descriptor, values, annotation }] })
const link = { name: 'next', type: 'L', signature: 'LNode;' } as const

const ALL_TYPES: JavaClassDescriptor = {
  ...aClass('AllTypes', [
    { name: 'byte', type: 'B', signature: null },
    { name: 'char', type: 'C', signature: null },
    { name: 'double', type: 'D', signature: null },
    { name: 'float', type: 'F', signature: null },
    { name: 'int', type: 'I', signature: null },
    { name: 'long', type: 'J', signature: null },
    { name: 'short', type: 'S', signature: null },
    { name: 'boolean', type: 'Z', signature: null },
    { name: 'object', type: 'L', signature: 'Ljava/lang/Object;' },
    { name: 'ints', type: '[', signature: '[I' },
  ]),
  flags: FLAG.serializable | FLAG.hasWriteObject,
  superclass: aClass('Above', [{ name: 'above', type: 'I', signature: null }]),
}

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const text = fc.string({ unit: 'binary' })
const leaf: fc.Arbitrary<JavaValue> = fc.oneof(
  fc.constant(null),
  text.map(javaString),
  fc.constant({ kind: 'class', descriptor: aClass('Named') } as const),
  text.map((name) => ({
    kind: 'enum' as const,
    descriptor: { ...aClass('Unit'), flags: FLAG.serializable | FLAG.enum },
    constant: javaString(name),
  })),
  fc
    .array(int)
    .map((elements): JavaArray => ({ kind: 'array', descriptor: aClass('[I'), elements })),
)
const block = fc
  .uint8Array({ minLength: 1, maxLength: 600 })
  .map((bytes) => ({ kind: 'block', bytes }) as const)

const { value: anyValue } = fc.letrec<{ value: JavaValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }).map((elements) => ({
      kind: 'array' as const,
      descriptor: aClass('[Ljava.lang.Object;'),
      elements,
    })),
    fc
      .record({
        above: int,
        numbers: fc.tuple(
          fc.integer({ min: -128, max: 127 }),
          fc.integer({ min: 0, max: 0xffff }),
          fc.double({ noNaN: true }),
          fc.float({ noNaN: true }),
          int,
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
          fc.boolean(),
        ),
        object: tie('value'),
        annotation: fc.array(fc.oneof(block, tie('value')), { maxLength: 3 }),
      })
      .map(({ above, numbers, object, annotation }): JavaObject => {
        const top = ALL_TYPES.superclass ?? ALL_TYPES
        return {
          kind: 'object',
          descriptor: ALL_TYPES,
          levels: [
            { descriptor: top, values: [above], annotation: [] },
            { descriptor: ALL_TYPES, values: [...numbers, object, null], annotation },
          ],
        }
      }),
  ),
}))

test('every graph comes back, and gives the same bytes again', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const bytes = encodeJavaStream(value)
      const back = decodeJavaStream(bytes)
      expect(back).toEqual(value)
      expect(encodeJavaStream(back)).toEqual(bytes)
    }),
  )
})

test('a string of more than 65,535 bytes is written with the long form', () => {
  for (const length of [0xffff, 0x1_0000]) {
    const value = javaString('x'.repeat(length))
    const bytes = encodeJavaStream(value)
    expect(bytes[4]).toBe(length > 0xffff ? 0x7c : 0x74)
    expect(decodeJavaStream(bytes)).toEqual(value)
  }
})

test('a block of more than 255 bytes is written with the long form', () => {
  const descriptor = { ...aClass('A'), flags: FLAG.serializable | FLAG.hasWriteObject }
  for (const [length, headerBytes, tag] of [
    [0xff, 2, TAG.block],
    [0x100, 5, TAG.longBlock],
  ] as const) {
    const item = { kind: 'block', bytes: new Uint8Array(length) } as const
    const bytes = encodeJavaStream(anObject(descriptor, [], [item]))
    expect(bytes.at(-1 - length - headerBytes)).toBe(tag)
    expect(decodeJavaStream(bytes)).toEqual(anObject(descriptor, [], [item]))
  }
})

describe('identity', () => {
  const pair = (a: JavaValue, b: JavaValue): JavaArray => ({
    kind: 'array',
    descriptor: aClass('[Ljava.lang.Object;'),
    elements: [a, b],
  })
  const elements = (value: JavaValue): readonly JavaValue[] =>
    typeof value === 'object' && value?.kind === 'array' ? value.elements : []

  test('what is one string stays one, what is two stays two', () => {
    const shared = javaString('text')
    const [a, b] = elements(decodeJavaStream(encodeJavaStream(pair(shared, shared))))
    expect(a).toBe(b)
    const [c, d] = elements(
      decodeJavaStream(encodeJavaStream(pair(javaString('text'), javaString('text')))),
    )
    expect(c).toEqual(d)
    expect(c).not.toBe(d)
  })

  test('an object that contains itself is read and written as one', () => {
    const node = aClass('Node', [link])
    const values: JavaValue[] = []
    const self = anObject(node, values)
    values.push(self)
    const bytes = encodeJavaStream(self)
    const back = decodeJavaStream(bytes)
    expect(isObject(back) && back.levels[0]?.values[0]).toBe(back)
    expect(encodeJavaStream(back)).toEqual(bytes)
  })

  test('a part of a received graph can be written within another, with fresh handles', () => {
    const node = aClass('Node', [link])
    const inner = anObject(node, [javaString('kept')])
    const received = decodeJavaStream(encodeJavaStream(pair(anObject(node, [inner]), inner)))
    const part = elements(received)[1] ?? null
    const outer = anObject(aClass('Outer', [link]), [part])
    expect(decodeJavaStream(encodeJavaStream(outer))).toEqual(outer)
  })
})

test('a number where an object belongs is a mistake of ours', () => {
  expect(() => encodeJavaStream(1)).toThrow(TypeError)
})
