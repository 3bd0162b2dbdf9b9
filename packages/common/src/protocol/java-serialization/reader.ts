import type { ClassFilter } from './allow-list.ts'
import { FLAG, refusalOfTag, STREAM_HEADER, TAG } from './constants.ts'
import { readDescriptor, readStringValue, typeCode } from './descriptor-reader.ts'
import { DEFAULT_JAVA_LIMITS, type JavaLimits } from './limits.ts'
import { StreamInput } from './stream-input.ts'
import {
  hierarchyOf,
  type JavaArray,
  type JavaBlock,
  type JavaClassDescriptor,
  type JavaEnum,
  type JavaLevel,
  type JavaObject,
  type JavaReferable,
  type JavaString,
  type JavaTypeCode,
  type JavaValue,
} from './tree.ts'

export interface ReadJavaOptions {
  readonly limits?: Partial<JavaLimits>
  /** Classes that may appear; all, when absent. */
  readonly isAllowed?: ClassFilter
}

/**
 * Reads a stream that holds exactly one value, as a graph of plain values. Anything malformed, beyond
 * a limit or of a class that is not allowed throws a ProtocolError; time and memory are linear in the
 * length of the input, whatever it says.
 */
export function decodeJavaStream(bytes: Uint8Array, options: ReadJavaOptions = {}): JavaValue {
  const input = new StreamInput(bytes, { ...DEFAULT_JAVA_LIMITS, ...options.limits })
  return new JavaReader(input, options.isAllowed ?? (() => true)).read()
}

class JavaReader {
  readonly #in: StreamInput
  readonly #isAllowed: ClassFilter

  constructor(input: StreamInput, isAllowed: ClassFilter) {
    this.#in = input
    this.#isAllowed = isAllowed
  }

  read(): JavaValue {
    if (this.#in.readInt32() !== STREAM_HEADER) {
      throw this.#in.error('not an object stream: it does not start with AC ED 00 05')
    }
    const value = this.#readValue(this.#in.readUint8())
    if (this.#in.remaining > 0) {
      throw this.#in.error(`${this.#in.remaining} bytes follow the object`)
    }
    return value
  }

  #readValue(tag: number): JavaValue {
    switch (tag) {
      case TAG.null:
        return null
      case TAG.reference:
        return this.#readReference()
      case TAG.string:
        return this.#readString(this.#in.readUint16())
      case TAG.longString:
        return this.#readString(this.#readLongLength())
      case TAG.object:
        return this.#readObject()
      case TAG.array:
        return this.#readArray()
      case TAG.class:
        return this.#in.register({ kind: 'class', descriptor: this.#readClass('class') })
      case TAG.enum:
        return this.#readEnum()
      default:
        throw this.#in.error(refusalOfTag(tag))
    }
  }

  #readReference(): JavaReferable {
    const target = this.#in.readHandle()
    if (target.kind === 'descriptor') {
      throw this.#in.error(`reference to the descriptor of ${target.name} where a value belongs`)
    }
    // Counted like the string itself: whoever unfolds the value gets it as often as it is referred to.
    if (target.kind === 'string') this.#in.countStringBytes(target.text.length)
    return target
  }

  #readString(length: number): JavaString {
    return this.#in.register({ kind: 'string', text: this.#in.readText(length) })
  }

  #readLongLength(): number {
    const length = this.#in.readInt64()
    if (length < 0n || length > BigInt(this.#in.remaining)) {
      throw this.#in.error(`string of ${length} bytes, ${this.#in.remaining} left`)
    }
    return Number(length)
  }

  #readObject(): JavaObject {
    const descriptor = this.#readClass('object')
    const hierarchy = hierarchyOf(descriptor)
    const levels = hierarchy.map(unread)
    const object = this.#in.register({ kind: 'object', descriptor, levels } as const)
    this.#in.enter()
    hierarchy.forEach((level, at) => {
      levels[at] = this.#readLevel(level)
    })
    this.#in.leave()
    return object
  }

  #readLevel(descriptor: JavaClassDescriptor): JavaLevel {
    const { flags, fields, name } = descriptor
    if ((flags & FLAG.serializable) === 0) {
      throw this.#in.error(`object of class ${name}, which is not described as serializable`)
    }
    this.#in.countElements(1 + fields.length)
    const values = fields.map((field) => this.#readTyped(field.type))
    const annotation = (flags & FLAG.hasWriteObject) === 0 ? NOTHING : this.#readAnnotation()
    return { descriptor, values, annotation }
  }

  // The stream does not say whether writeObject wrote the fields first; every class met here does.
  #readAnnotation(): (JavaValue | JavaBlock)[] {
    const items: (JavaValue | JavaBlock)[] = []
    for (;;) {
      const tag = this.#in.readUint8()
      if (tag === TAG.endOfBlock) return items
      this.#in.countElements(1)
      if (tag === TAG.block) items.push(this.#readBlock(this.#in.readUint8()))
      else if (tag === TAG.longBlock) items.push(this.#readBlock(this.#in.readInt32()))
      else items.push(this.#readValue(tag))
    }
  }

  // A copy: a block is a few bytes, and must not keep a whole socket buffer alive.
  #readBlock(length: number): JavaBlock {
    return { kind: 'block', bytes: this.#in.readBytes(length).slice() }
  }

  #readArray(): JavaArray {
    const descriptor = this.#readClass('array')
    const type = descriptor.name.startsWith('[') ? typeCode(descriptor.name.charCodeAt(1)) : null
    if (type === null) throw this.#in.error(`array of class ${descriptor.name}, which is no array`)
    const elements: JavaValue[] = []
    const array = this.#in.register({ kind: 'array', descriptor, elements } as const)
    const length = this.#in.readArrayLength()
    this.#in.enter()
    for (let i = 0; i < length; i++) elements.push(this.#readTyped(type))
    this.#in.leave()
    return array
  }

  #readEnum(): JavaEnum {
    const descriptor = this.#readClass('enum')
    const place = this.#in.reserve()
    const constant = readStringValue(this.#in, `constant of enum ${descriptor.name}`)
    const value = { kind: 'enum', descriptor, constant } as const
    this.#in.fill(place, value)
    return value
  }

  #readTyped(type: JavaTypeCode): JavaValue {
    switch (type) {
      case 'L':
      case '[':
        return this.#readValue(this.#in.readUint8())
      case 'I':
        return this.#in.readInt32()
      case 'J':
        return this.#in.readInt64()
      case 'Z':
        return this.#in.readUint8() !== 0
      case 'D':
        return this.#in.readFloat64()
      case 'F':
        return this.#in.readFloat32()
      case 'B':
        return this.#in.readInt8()
      case 'S':
        return this.#in.readInt16()
      case 'C':
        return this.#in.readUint16()
    }
  }

  #readClass(owner: string): JavaClassDescriptor {
    const descriptor = readDescriptor(this.#in, this.#isAllowed)
    if (descriptor === null) throw this.#in.error(`${owner} without a class`)
    return descriptor
  }
}

// One for all levels, so nobody may write into it.
const NOTHING: readonly JavaValue[] = Object.freeze([])

// What a level holds while it is read: an object can be referred to from within itself.
function unread(descriptor: JavaClassDescriptor): JavaLevel {
  return { descriptor, values: NOTHING, annotation: NOTHING }
}
