// Streams that are malformed or made to cost much. Every one is refused with a sentence, or read at a
// cost linear in its length.
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { encodeModifiedUtf8 } from '../bytes/modified-utf8.ts'
import { ProtocolError } from '../protocol-error.ts'
import { allowClasses } from './allow-list.ts'
import { FLAG, STREAM_HEADER, TAG } from './constants.ts'
import { DEFAULT_JAVA_LIMITS } from './limits.ts'
import { decodeJavaStream, type ReadJavaOptions } from './reader.ts'
import { javaString, type JavaClassDescriptor, type JavaObject, type JavaValue } from './tree.ts'
import { encodeJavaStream } from './writer.ts'

const HANDLE = 0x7e_0000

class Stream {
  readonly out = new ByteWriter()

  constructor() {
    this.out.writeInt32(STREAM_HEADER)
  }

  byte(...values: number[]): this {
    for (const value of values) this.out.writeUint8(value)
    return this
  }

  reference(handle: number): this {
    this.byte(TAG.reference).out.writeInt32(HANDLE + handle)
    return this
  }

  name(text: string): this {
    const bytes = encodeModifiedUtf8(text)
    this.out.writeUint16(bytes.length)
    this.out.writeBytes(bytes)
    return this
  }

  /** A class up to its superclass, which the caller writes. */
  classOf(
    name: string,
    fieldNames: readonly string[] = [],
    flags: number = FLAG.serializable,
  ): this {
    this.byte(TAG.classDescriptor).name(name).out.writeInt64(1n)
    this.byte(flags).out.writeUint16(fieldNames.length)
    for (const field of fieldNames) {
      this.byte('L'.charCodeAt(0)).name(field).byte(TAG.string).name('LA;')
    }
    return this.byte(TAG.endOfBlock)
  }

  read(options?: ReadJavaOptions): JavaValue {
    return decodeJavaStream(this.out.toBytes(), options)
  }

  refused(why: RegExp | string, options?: ReadJavaOptions): void {
    expect(() => this.read(options)).toThrow(ProtocolError)
    expect(() => this.read(options)).toThrow(why)
  }
}

describe('malformed', () => {
  test('no header', () => {
    expect(() => decodeJavaStream(Uint8Array.of(0x47, 0x45, 0x54, 0x20))).toThrow(/AC ED 00 05/)
    expect(() => decodeJavaStream(new Uint8Array())).toThrow(ProtocolError)
  })

  test('bytes after the object', () => {
    new Stream().byte(TAG.null, TAG.null).refused('1 bytes follow the object')
  })

  test('tags that do not belong there', () => {
    new Stream().byte(TAG.reset).refused('reset within a message')
    new Stream().byte(TAG.exception).refused('the peer failed while it wrote the stream')
    new Stream().byte(TAG.object, TAG.proxyDescriptor).refused('dynamic proxy')
    new Stream().byte(0x00).refused('tag 0x00')
    new Stream().byte(TAG.block, 0).refused('tag 0x77')
    new Stream().classOf('A').byte(TAG.null).refused('tag 0x72')
  })

  test('an object, array or enum without a class', () => {
    for (const tag of [TAG.object, TAG.array, TAG.enum, TAG.class]) {
      new Stream().byte(tag, TAG.null).refused('without a class')
    }
  })

  test('references to nothing, to the future and to the wrong kind', () => {
    new Stream().reference(0).refused('does not exist')
    new Stream().reference(-1).refused('does not exist')
    new Stream().byte(TAG.object).classOf('A', ['a']).byte(TAG.null).reference(9).refused('handle')
    new Stream()
      .byte(TAG.object)
      .classOf('A', ['a'])
      .byte(TAG.null)
      .reference(0)
      .refused('reference to the descriptor of A where a value belongs')
    new Stream()
      .byte(TAG.object)
      .classOf('A', ['a'])
      .byte(TAG.null, TAG.object)
      .reference(1)
      .refused('reference to a value of kind string where a class belongs')
  })

  test('a class that is its own superclass', () => {
    new Stream().byte(TAG.object).classOf('A').reference(0).refused('not complete')
  })

  test('an enum constant that contains itself', () => {
    new Stream().byte(TAG.enum).classOf('E').byte(TAG.null).reference(1).refused('not complete')
    new Stream().byte(TAG.enum).classOf('E').byte(TAG.null, TAG.enum).refused('is not a string')
  })

  test('classes that Spark does not write', () => {
    new Stream()
      .byte(TAG.object)
      .classOf('A', [], 0)
      .byte(TAG.null)
      .refused('not described as serial')
    new Stream().byte(TAG.object).classOf('A', [], FLAG.externalizable).refused('externalizable')
    new Stream().byte(TAG.array).classOf('A').byte(TAG.null).refused('array of class A')
    new Stream().byte(TAG.array).classOf('[X').byte(TAG.null).refused('array of class [X')
  })

  test('a type that is not a string, or that no type has', () => {
    const start = () => {
      const stream = new Stream().byte(TAG.object, TAG.classDescriptor).name('A')
      stream.out.writeInt64(0n)
      stream.byte(FLAG.serializable).out.writeUint16(1)
      return stream
    }
    start().byte('Q'.charCodeAt(0)).refused('class A has a field of an unknown type')
    start()
      .byte('L'.charCodeAt(0))
      .name('f')
      .byte(TAG.null)
      .refused('type of field f is not a string')
  })

  test('a class annotation', () => {
    const stream = new Stream().byte(TAG.object, TAG.classDescriptor).name('A')
    stream.out.writeInt64(0n)
    stream.byte(FLAG.serializable).out.writeUint16(0)
    stream.byte(TAG.null).refused('class annotation')
  })

  test('a name with line ends and a megabyte cannot spoil the refusal', () => {
    const name = `<b>\n${'x'.repeat(60_000)}`
    const stream = new Stream().byte(TAG.object).classOf(name)
    expect(() => stream.read({ isAllowed: allowClasses([]) })).toThrow(
      /^Java stream: class <b>\?x{100,300}\.\.\. \(offset \d+\)$/,
    )
  })

  test('lengths that were never meant', () => {
    const array = () => new Stream().byte(TAG.array).classOf('[I').byte(TAG.null)
    for (const length of [-1, 0x7fff_ffff, DEFAULT_JAVA_LIMITS.maxArrayLength + 1]) {
      const stream = array()
      stream.out.writeInt32(length)
      stream.refused(`array of ${length} elements`)
    }
    for (const length of [-1n, 2n ** 62n, 10n]) {
      const stream = new Stream().byte(TAG.longString)
      stream.out.writeInt64(length)
      stream.refused(`string of ${length} bytes, 0 left`)
    }
    const block = new Stream().byte(TAG.object).classOf('A', [], 3).byte(TAG.null, TAG.longBlock)
    block.out.writeInt32(-5)
    block.refused('length -5')
  })
})

describe('classes that are not allowed', () => {
  const isAllowed = allowClasses(['java.lang.String', 'Exact'], ['scala.'])

  test('are refused by name, as arrays, as superclasses and as mere names', () => {
    for (const name of ['java.util.HashSet', 'Exactly', 'scalar', '[Ljava.util.HashSet;']) {
      const quoted = name.replace('[', '\\[')
      const why = new RegExp(`class ${quoted} is not on the list`)
      new Stream().byte(TAG.object).classOf(name).byte(TAG.null).refused(why, { isAllowed })
      new Stream().byte(TAG.class).classOf(name).byte(TAG.null).refused(why, { isAllowed })
      new Stream().byte(TAG.object).classOf('Exact').classOf(name).refused(why, { isAllowed })
    }
  })

  test('allowed ones and arrays of them or of primitives are read', () => {
    for (const name of ['Exact', 'scala.Some', '[[Ljava.lang.String;', '[I']) {
      new Stream().byte(TAG.class).classOf(name).byte(TAG.null).read({ isAllowed })
    }
  })
})

describe('made to cost much', () => {
  test('100,000 objects within each other', () => {
    const stream = new Stream().byte(TAG.object).classOf('A', ['a']).byte(TAG.null)
    for (let i = 0; i < 100_000; i++) stream.byte(TAG.object).reference(0)
    stream.refused('nested deeper than 100 levels')
  })

  test('100,000 arrays within each other', () => {
    const stream = new Stream().byte(TAG.array).classOf('[LA;').byte(TAG.null)
    for (let i = 0; i < 100_000; i++) {
      stream.out.writeInt32(1)
      stream.byte(TAG.array).reference(0)
    }
    stream.refused('nested deeper than 100 levels')
  })

  test('100,000 enums and classes within each other', () => {
    const enums = new Stream()
    const classes = new Stream()
    for (let i = 0; i < 100_000; i++) {
      enums.byte(TAG.enum).classOf(`E${i}`).byte(TAG.null)
      classes.byte(TAG.object).classOf(`C${i}`)
    }
    enums.refused('is not a string')
    classes.refused(/tag 0x73/)
  })

  test('100,000 superclasses, nested and by reference', () => {
    const nested = new Stream().byte(TAG.object)
    for (let i = 0; i < 100_000; i++) nested.classOf('A')
    nested.refused('nested deeper than 100 levels')
    const chained = new Stream().byte(TAG.array).classOf('[LA;').byte(TAG.null)
    chained.out.writeInt32(1000)
    chained.byte(TAG.class).classOf('A0').byte(TAG.null)
    // Each class takes two handles: its descriptor and the value that names it.
    for (let i = 1; i < 1000; i++)
      chained
        .byte(TAG.class)
        .classOf('A')
        .reference(2 * i)
    chained.refused('more than 32 superclasses')
  })

  test('a class name that would fill every refusal', () => {
    const named = (length: number) =>
      new Stream().byte(TAG.class).classOf('x'.repeat(length)).byte(TAG.null)
    named(512).read()
    named(513).refused(/^Java stream: class x{80}\.\.\. with a name of 513 characters/)
  })

  test('a million strings', () => {
    const stream = new Stream().byte(TAG.object).classOf('A', [], 3).byte(TAG.null)
    for (let i = 0; i < 1_000_000; i++) stream.byte(TAG.string, 0, 0)
    stream.byte(TAG.endOfBlock).refused('more than 100000 objects')
  })

  test('a million references', () => {
    const stream = new Stream().byte(TAG.object).classOf('A', [], 3).byte(TAG.null)
    for (let i = 0; i < 1_000_000; i++) stream.reference(1)
    stream.byte(TAG.endOfBlock).refused('more than 500000 values')
  })

  test('a million fields', () => {
    const names = Array.from({ length: 200 }, (_, i) => `f${i}`)
    const stream = new Stream().byte(TAG.array).classOf('[LA;').byte(TAG.null)
    stream.out.writeInt32(5000)
    stream.byte(TAG.object).classOf('A', names).byte(TAG.null)
    const nulls = new Uint8Array(200).fill(TAG.null)
    stream.out.writeBytes(nulls)
    // Handles: the array's class and the array, the class of its elements, 200 types, the first element.
    for (let i = 1; i < 5000; i++) stream.byte(TAG.object).reference(2).out.writeBytes(nulls)
    stream.refused('more than 500000 values')
  })

  test('a million elements in many arrays', () => {
    const stream = new Stream().byte(TAG.array).classOf('[[B').byte(TAG.null)
    stream.out.writeInt32(20)
    const bytes = new Uint8Array(50_000)
    for (let i = 0; i < 20; i++) {
      stream.byte(TAG.array)
      if (i === 0) stream.classOf('[B').byte(TAG.null)
      else stream.reference(2)
      stream.out.writeInt32(bytes.length)
      stream.out.writeBytes(bytes)
    }
    stream.refused('more than 500000 values')
  })

  test('one long type, referred to by 200 fields', () => {
    const stream = new Stream().byte(TAG.object, TAG.classDescriptor).name('A')
    stream.out.writeInt64(0n)
    stream.byte(FLAG.serializable).out.writeUint16(200)
    stream.byte('L'.charCodeAt(0)).name('f').byte(TAG.string).name('x'.repeat(60_000))
    for (let i = 1; i < 200; i++) stream.byte('L'.charCodeAt(0)).name('f').reference(1)
    stream.refused('strings of more than 8388608 bytes in all')
  })

  test('200 fields with long names', () => {
    const names = Array.from({ length: 200 }, (_, i) => `${i}${'x'.repeat(60_000)}`)
    new Stream()
      .byte(TAG.object)
      .classOf('A', names)
      .refused('strings of more than 8388608 bytes in all')
  })

  test('a class of 65,535 fields', () => {
    const names = Array.from({ length: 0xffff }, (_, i) => `f${i}`)
    new Stream().byte(TAG.object).classOf('A', names).refused('class A with 65535 fields')
  })

  test('one long string, referred to 10,000 times', () => {
    const stream = new Stream().byte(TAG.object).classOf('A', [], 3).byte(TAG.null)
    stream.byte(TAG.string).name('x'.repeat(60_000))
    for (let i = 0; i < 10_000; i++) stream.reference(2)
    stream.byte(TAG.endOfBlock).refused('strings of more than 8388608 bytes in all')
  })

  test('a stream of 50 MB', () => {
    expect(() => decodeJavaStream(new Uint8Array(50 * 1024 * 1024))).toThrow(
      'Java stream of 52428800 bytes is longer than the limit of 16777216',
    )
  })

  test('every limit can be set', () => {
    const bytes = encodeJavaStream(hashSets(20))
    const refused = (limits: ReadJavaOptions['limits'] & object, why: string) => {
      expect(() => decodeJavaStream(bytes, { limits })).toThrow(why)
    }
    refused({ maxBytes: bytes.length - 1 }, 'longer than the limit')
    refused({ maxDepth: 20 }, 'nested deeper than 20')
    refused({ maxHandles: 10 }, 'more than 10 objects')
    refused({ maxElements: 10 }, 'more than 10 values')
    refused({ maxStringBytes: 10 }, 'strings of more than 10 bytes')
    decodeJavaStream(bytes, { limits: { maxBytes: bytes.length, maxDepth: 21 } })
  })

  test('sets of sets, whose hash takes 2^60 steps', () => {
    // A hashing reader (java.util.HashSet.readObject) never ends; for us they are a few objects.
    const bytes = encodeJavaStream(hashSets(60))
    expect(bytes.length).toBeLessThan(5000)
    const sets = decodeJavaStream(bytes)
    expect(encodeJavaStream(sets)).toEqual(bytes)
    const isAllowed = allowClasses(['java.lang.String'])
    expect(() => decodeJavaStream(bytes, { isAllowed })).toThrow(/java\.util\.HashSet is not/)
  })

  test('a part that is deeper than the whole was is refused when it is written', () => {
    // Each array holds the one before it, so the last is a chain of 200; read in order none is deep.
    const descriptor = aClass('[Ljava.lang.Object;')
    const chain: JavaValue[] = []
    for (let i = 0; i < 200; i++) {
      chain.push({ kind: 'array', descriptor, elements: [chain.at(-1) ?? null] })
    }
    const bytes = encodeJavaStream({ kind: 'array', descriptor, elements: chain })
    const back = decodeJavaStream(bytes)
    expect(encodeJavaStream(back)).toEqual(bytes)
    const last = typeof back === 'object' && back?.kind === 'array' ? back.elements.at(-1) : null
    expect(() => encodeJavaStream(last ?? null)).toThrow(ProtocolError)
  })
})

function aClass(name: string, flags: number = FLAG.serializable): JavaClassDescriptor {
  return { kind: 'descriptor', name, uid: 1n, flags, fields: [], superclass: null }
}

// Two sets per level, each in both sets of the level above.
function hashSets(levels: number): JavaObject {
  const descriptor = aClass('java.util.HashSet', FLAG.serializable | FLAG.hasWriteObject)
  const capacity = { kind: 'block', bytes: new Uint8Array(12) } as const
  const set = (...elements: JavaValue[]): JavaObject => ({
    kind: 'object',
    descriptor,
    levels: [{ descriptor, values: [], annotation: [capacity, ...elements] }],
  })
  let [left, right] = [set(javaString('foo')), set()]
  for (let i = 1; i < levels; i++)
    [left, right] = [set(javaString('foo'), left, right), set(left, right)]
  return set(left, right)
}
