import { elementClass, type ClassFilter } from './allow-list.ts'
import { FLAG, refusalOfTag, TAG } from './constants.ts'
import { MAX_CLASS_NAME_LENGTH, MAX_FIELDS_PER_CLASS, MAX_HIERARCHY } from './limits.ts'
import type { StreamInput } from './stream-input.ts'
import {
  hierarchyOf,
  type JavaClassDescriptor,
  type JavaField,
  type JavaString,
  type JavaTypeCode,
} from './tree.ts'

/**
 * Reads the description of a class, or a reference to one; null where the stream says that there is
 * none. A class and all above it have to be allowed, a class cannot be above itself, and hierarchies
 * are short.
 */
export function readDescriptor(
  input: StreamInput,
  isAllowed: ClassFilter,
): JavaClassDescriptor | null {
  const tag = input.readUint8()
  if (tag === TAG.null) return null
  if (tag === TAG.reference) {
    const target = input.readHandle()
    if (target.kind === 'descriptor') return target
    throw input.error(`reference to a value of kind ${target.kind} where a class belongs`)
  }
  if (tag !== TAG.classDescriptor) throw input.error(refusalOfTag(tag))
  return readNewDescriptor(input, isAllowed)
}

/**
 * Reads a string that has to be one. Not a general value: descriptors and values would nest in each
 * other uncounted.
 */
export function readStringValue(input: StreamInput, what: string): JavaString {
  const tag = input.readUint8()
  if (tag === TAG.string) {
    return input.register({ kind: 'string', text: input.readName() })
  }
  const value = tag === TAG.reference ? input.readHandle() : null
  if (value?.kind !== 'string') throw input.error(`${what} is not a string`)
  input.countStringBytes(value.text.length)
  return value
}

/** The type that a byte stands for; null for any other byte. */
export function typeCode(byte: number): JavaTypeCode | null {
  return TYPE_CODES.get(byte) ?? null
}

const TYPE_CODES = new Map<number, JavaTypeCode>(
  (['B', 'C', 'D', 'F', 'I', 'J', 'S', 'Z', 'L', '['] as const).map((code) => [
    code.charCodeAt(0),
    code,
  ]),
)

function readNewDescriptor(input: StreamInput, isAllowed: ClassFilter): JavaClassDescriptor {
  const name = input.readName()
  const element = elementClass(name)
  if (element !== null && !isAllowed(element)) {
    throw input.error(`class ${name} is not on the list of classes that may appear`)
  }
  if (name.length > MAX_CLASS_NAME_LENGTH) {
    throw input.error(`class ${name.slice(0, 80)}... with a name of ${name.length} characters`)
  }
  const uid = input.readInt64()
  // Reserved, not registered: until its superclass is known nothing can refer to it, so that no class
  // is above itself.
  const place = input.reserve()
  const flags = input.readUint8()
  if ((flags & FLAG.externalizable) !== 0) {
    throw input.error(`class ${name} is externalizable; no such class is expected`)
  }
  const fields = readFields(input, name)
  if (input.readUint8() !== TAG.endOfBlock) {
    throw input.error(`class ${name} carries a class annotation; Spark writes none`)
  }
  input.enter()
  const superclass = readDescriptor(input, isAllowed)
  input.leave()
  const descriptor = { kind: 'descriptor', name, uid, flags, fields, superclass } as const
  if (hierarchyOf(descriptor).length > MAX_HIERARCHY) {
    throw input.error(`class ${name} has more than ${MAX_HIERARCHY} superclasses`)
  }
  input.fill(place, descriptor)
  return descriptor
}

function readFields(input: StreamInput, className: string): JavaField[] {
  const count = input.readUint16()
  if (count > MAX_FIELDS_PER_CLASS) {
    throw input.error(`class ${className} with ${count} fields, limit ${MAX_FIELDS_PER_CLASS}`)
  }
  const fields: JavaField[] = []
  for (let i = 0; i < count; i++) {
    const type = typeCode(input.readUint8())
    if (type === null) throw input.error(`class ${className} has a field of an unknown type`)
    const name = input.readName()
    const isObject = type === 'L' || type === '['
    const signature = isObject ? readStringValue(input, `type of field ${name}`).text : null
    fields.push({ name, type, signature })
  }
  return fields
}
