import { ByteReader } from '../bytes/byte-reader.ts'
import { decodeModifiedUtf8 } from '../bytes/modified-utf8.ts'
import { ProtocolError } from '../protocol-error.ts'
import { elementClass, type ClassFilter } from './allow-list.ts'
import { FIRST_HANDLE, FLAG, STREAM_HEADER, TAG } from './constants.ts'
import {
  DEFAULT_JAVA_LIMITS,
  MAX_FIELDS_PER_CLASS,
  MAX_HIERARCHY,
  type JavaLimits,
} from './limits.ts'
import {
  hierarchyOf,
  type JavaArray,
  type JavaBlock,
  type JavaClassDescriptor,
  type JavaField,
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
  const limits = { ...DEFAULT_JAVA_LIMITS, ...options.limits }
  if (bytes.length > limits.maxBytes) {
    throw new ProtocolError(
      `Java stream of ${bytes.length} bytes is longer than the limit of ${limits.maxBytes}`,
    )
  }
  return new JavaReader(new ByteReader(bytes), limits, options.isAllowed ?? (() => true)).read()
}

class JavaReader {
  readonly #in: ByteReader
  readonly #limits: JavaLimits
  readonly #isAllowed: ClassFilter
  // A descriptor's place stays undefined until its superclass is known, so that none can contain itself.
  readonly #handles: (JavaReferable | JavaClassDescriptor | undefined)[] = []
  #depth = 0
  #elements = 0
  #stringBytes = 0

  constructor(input: ByteReader, limits: JavaLimits, isAllowed: ClassFilter) {
    this.#in = input
    this.#limits = limits
    this.#isAllowed = isAllowed
  }

  read(): JavaValue {
    if (this.#in.readInt32() !== STREAM_HEADER) {
      throw new ProtocolError('not a Java object stream: it does not start with AC ED 00 05')
    }
    const value = this.#readValue(this.#in.readUint8())
    if (this.#in.remaining > 0) {
      throw this.#error(`${this.#in.remaining} bytes follow the object`)
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
        return this.#register({ kind: 'class', descriptor: this.#readDescriptor('class') })
      case TAG.enum:
        return this.#readEnum()
      default:
        throw this.#error(refusalOfTag(tag))
    }
  }

  #readReference(): JavaReferable {
    const target = this.#resolve()
    if (target.kind === 'descriptor') {
      throw this.#error(`reference to the descriptor of ${target.name} where a value belongs`)
    }
    if (target.kind === 'string') this.#countStringBytes(target.text.length)
    return target
  }

  #resolve(): JavaReferable | JavaClassDescriptor {
    const handle = this.#in.readInt32()
    const target = this.#handles[handle - FIRST_HANDLE]
    if (target === undefined) {
      throw this.#error(`reference to handle ${handle}, which is not complete or does not exist`)
    }
    return target
  }

  #readString(length: number): JavaString {
    this.#countStringBytes(length)
    return this.#register({ kind: 'string', text: decodeModifiedUtf8(this.#in.readBytes(length)) })
  }

  #readLongLength(): number {
    const length = this.#in.readInt64()
    if (length < 0n || length > BigInt(this.#in.remaining)) {
      throw this.#error(`string of ${length} bytes, ${this.#in.remaining} left`)
    }
    return Number(length)
  }

  #readObject(): JavaObject {
    const descriptor = this.#readDescriptor('object')
    const levels: JavaLevel[] = []
    const object = this.#register({ kind: 'object', descriptor, levels } as const)
    this.#enter()
    for (const level of hierarchyOf(descriptor)) levels.push(this.#readLevel(level))
    this.#depth -= 1
    return object
  }

  #readLevel(descriptor: JavaClassDescriptor): JavaLevel {
    const { flags, fields, name } = descriptor
    if ((flags & FLAG.serializable) === 0) {
      throw this.#error(`object of class ${name}, which is not described as serializable`)
    }
    this.#countElements(1 + fields.length)
    const values = fields.map((field) => this.#readTyped(field.type))
    const annotation = (flags & FLAG.hasWriteObject) === 0 ? NOTHING : this.#readAnnotation()
    return { descriptor, values, annotation }
  }

  #readAnnotation(): (JavaValue | JavaBlock)[] {
    const items: (JavaValue | JavaBlock)[] = []
    for (;;) {
      const tag = this.#in.readUint8()
      if (tag === TAG.endOfBlock) return items
      this.#countElements(1)
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
    const descriptor = this.#readDescriptor('array')
    const type = descriptor.name.startsWith('[') ? typeCode(descriptor.name.charCodeAt(1)) : null
    if (type === null) throw this.#error(`array of class ${descriptor.name}, which is no array`)
    const elements: JavaValue[] = []
    const array = this.#register({ kind: 'array', descriptor, elements } as const)
    const length = this.#in.readInt32()
    if (length < 0 || length > this.#limits.maxArrayLength) {
      throw this.#error(`array of ${length} elements, limit ${this.#limits.maxArrayLength}`)
    }
    this.#countElements(length)
    this.#enter()
    for (let i = 0; i < length; i++) elements.push(this.#readTyped(type))
    this.#depth -= 1
    return array
  }

  #readEnum(): JavaReferable {
    const descriptor = this.#readDescriptor('enum')
    const at = this.#reserve()
    const constant = this.#readStringValue(`constant of enum ${descriptor.name}`)
    const value = { kind: 'enum', descriptor, constant } as const
    this.#handles[at] = value
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

  #readDescriptor(owner: string): JavaClassDescriptor {
    const descriptor = this.#readOptionalDescriptor()
    if (descriptor === null) throw this.#error(`${owner} without a class`)
    return descriptor
  }

  #readOptionalDescriptor(): JavaClassDescriptor | null {
    const tag = this.#in.readUint8()
    if (tag === TAG.null) return null
    if (tag === TAG.reference) {
      const target = this.#resolve()
      if (target.kind === 'descriptor') return target
      throw this.#error(`reference to a value of kind ${target.kind} where a class belongs`)
    }
    if (tag !== TAG.classDescriptor) throw this.#error(refusalOfTag(tag))
    return this.#readNewDescriptor()
  }

  #readNewDescriptor(): JavaClassDescriptor {
    const name = this.#readName()
    const element = elementClass(name)
    if (element !== null && !this.#isAllowed(element)) {
      throw this.#error(`class ${name} is not on the list of classes that may appear`)
    }
    const uid = this.#in.readInt64()
    const at = this.#reserve()
    const flags = this.#in.readUint8()
    if ((flags & FLAG.externalizable) !== 0) {
      throw this.#error(`class ${name} is externalizable; no such class is expected`)
    }
    const fields = this.#readFields(name)
    if (this.#in.readUint8() !== TAG.endOfBlock) {
      throw this.#error(`class ${name} carries a class annotation; Spark writes none`)
    }
    this.#enter()
    const superclass = this.#readOptionalDescriptor()
    this.#depth -= 1
    const descriptor = { kind: 'descriptor', name, uid, flags, fields, superclass } as const
    if (hierarchyOf(descriptor).length > MAX_HIERARCHY) {
      throw this.#error(`class ${name} has more than ${MAX_HIERARCHY} superclasses`)
    }
    this.#handles[at] = descriptor
    return descriptor
  }

  #readFields(className: string): JavaField[] {
    const count = this.#in.readUint16()
    if (count > MAX_FIELDS_PER_CLASS) {
      throw this.#error(`class ${className} with ${count} fields, limit ${MAX_FIELDS_PER_CLASS}`)
    }
    const fields: JavaField[] = []
    for (let i = 0; i < count; i++) {
      const type = typeCode(this.#in.readUint8())
      if (type === null) throw this.#error(`class ${className} has a field of an unknown type`)
      const name = this.#readName()
      const isObject = type === 'L' || type === '['
      const signature = isObject ? this.#readStringValue(`type of field ${name}`).text : null
      fields.push({ name, type, signature })
    }
    return fields
  }

  // Strings only: a general value here would let descriptors and values nest in each other unseen.
  #readStringValue(what: string): JavaString {
    const tag = this.#in.readUint8()
    if (tag === TAG.string) return this.#readString(this.#in.readUint16())
    const value = tag === TAG.reference ? this.#readReference() : null
    if (value?.kind === 'string') return value
    throw this.#error(`${what} is not a string`)
  }

  // Names of classes and fields are not objects: they have no handle, but cost memory all the same.
  #readName(): string {
    const length = this.#in.readUint16()
    this.#countStringBytes(length)
    return decodeModifiedUtf8(this.#in.readBytes(length))
  }

  #register<T extends JavaReferable>(value: T): T {
    this.#handles[this.#reserve()] = value
    return value
  }

  // Takes the next handle; it cannot be referred to until its place in the table is filled.
  #reserve(): number {
    if (this.#handles.length >= this.#limits.maxHandles) {
      throw this.#error(`more than ${this.#limits.maxHandles} objects`)
    }
    return this.#handles.push(undefined) - 1
  }

  #enter(): void {
    this.#depth += 1
    if (this.#depth > this.#limits.maxDepth) {
      throw this.#error(`nested deeper than ${this.#limits.maxDepth} levels`)
    }
  }

  #countElements(count: number): void {
    this.#elements += count
    if (this.#elements > this.#limits.maxElements) {
      throw this.#error(`more than ${this.#limits.maxElements} values`)
    }
  }

  #countStringBytes(count: number): void {
    this.#stringBytes += count
    if (this.#stringBytes > this.#limits.maxStringBytes) {
      throw this.#error(`strings of more than ${this.#limits.maxStringBytes} bytes in all`)
    }
  }

  #error(problem: string): ProtocolError {
    return new ProtocolError(`Java stream: ${printable(problem)} (offset ${this.#in.offset})`)
  }
}

const NOTHING: readonly JavaValue[] = []

const TYPE_CODES = new Map<number, JavaTypeCode>(
  (['B', 'C', 'D', 'F', 'I', 'J', 'S', 'Z', 'L', '['] as const).map((code) => [
    code.charCodeAt(0),
    code,
  ]),
)

function typeCode(byte: number): JavaTypeCode | null {
  return TYPE_CODES.get(byte) ?? null
}

function refusalOfTag(tag: number): string {
  switch (tag) {
    case TAG.proxyDescriptor:
      return 'dynamic proxy class; no such class is expected'
    case TAG.exception:
      return 'the peer failed while it wrote the stream'
    case TAG.reset:
      return 'reset within a message'
    default:
      return `tag 0x${tag.toString(16).padStart(2, '0')} where a value or a class belongs`
  }
}

// Names come from the peer and the text goes into logs and replies: shortened, and without control
// characters.
function printable(text: string): string {
  const shown = text.length > 300 ? `${text.slice(0, 300)}...` : text
  return shown.replace(/[^\x20-\x7e]/g, '?')
}
