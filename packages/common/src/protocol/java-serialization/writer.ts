import { ByteWriter } from '../bytes/byte-writer.ts'
import { modifiedUtf8Length } from '../bytes/modified-utf8.ts'
import { ProtocolError } from '../protocol-error.ts'
import { FIRST_HANDLE, FLAG, MAX_SHORT_STRING, STREAM_HEADER, TAG } from './constants.ts'
import { DEFAULT_JAVA_LIMITS } from './limits.ts'
import type {
  JavaBlock,
  JavaClassDescriptor,
  JavaLevel,
  JavaReferable,
  JavaTypeCode,
  JavaValue,
} from './tree.ts'

/**
 * Writes one value as `java.io.ObjectOutputStream` does, so that a graph read from a stream gives the
 * same bytes again. Identity decides what is a back reference: the same descriptor, string or object
 * met a second time is referred to, an equal one is written out. A part of a received graph may be
 * written within a graph of ours; it gets fresh handles.
 *
 * Throws a ProtocolError for a graph nested deeper than the default limit: a part of a received graph
 * can be deeper than the whole was, because there its elements referred back to each other.
 */
export function encodeJavaStream(value: JavaValue): Uint8Array {
  const out = new ByteWriter()
  out.writeInt32(STREAM_HEADER)
  new JavaWriter(out).writeValue(value)
  return out.toBytes()
}

class JavaWriter {
  readonly #out: ByteWriter
  readonly #handles = new Map<JavaReferable | JavaClassDescriptor, number>()
  // Java interns the type strings of fields, so among themselves they are shared by content.
  readonly #signatures = new Map<string, number>()
  #nextHandle = FIRST_HANDLE
  #depth = 0

  constructor(out: ByteWriter) {
    this.#out = out
  }

  writeValue(value: JavaValue): void {
    if (value === null) {
      this.#out.writeUint8(TAG.null)
      return
    }
    if (typeof value !== 'object') {
      throw new TypeError(`a ${typeof value} of Java has to be a field, not an object`)
    }
    const handle = this.#handles.get(value)
    if (handle !== undefined) this.#writeReference(handle)
    else this.#writeNew(value)
  }

  #writeNew(value: JavaReferable): void {
    switch (value.kind) {
      case 'string':
        this.#handles.set(value, this.#takeHandle())
        this.#writeText(value.text)
        return
      case 'class':
        this.#begin(TAG.class, value)
        return
      case 'enum':
        this.#begin(TAG.enum, value)
        this.writeValue(value.constant)
        return
      case 'array': {
        this.#begin(TAG.array, value)
        this.#out.writeInt32(value.elements.length)
        const type = value.descriptor.name.charAt(1) as JavaTypeCode
        this.#enter()
        for (const element of value.elements) this.#writeTyped(type, element)
        this.#depth -= 1
        return
      }
      case 'object':
        this.#begin(TAG.object, value)
        this.#enter()
        for (const level of value.levels) this.#writeLevel(level)
        this.#depth -= 1
    }
  }

  // Tag, class, then the handle: the class comes first, so its descriptor has the lower number.
  #begin(tag: number, value: Exclude<JavaReferable, { kind: 'string' }>): void {
    this.#out.writeUint8(tag)
    this.#writeDescriptor(value.descriptor)
    this.#handles.set(value, this.#takeHandle())
  }

  #writeLevel({ descriptor, values, annotation }: JavaLevel): void {
    descriptor.fields.forEach((field, i) => this.#writeTyped(field.type, values[i] ?? null))
    if ((descriptor.flags & FLAG.hasWriteObject) === 0) return
    for (const item of annotation) {
      if (typeof item === 'object' && item?.kind === 'block') this.#writeBlock(item)
      else this.writeValue(item)
    }
    this.#out.writeUint8(TAG.endOfBlock)
  }

  #writeBlock({ bytes }: JavaBlock): void {
    if (bytes.length <= 0xff) {
      this.#out.writeUint8(TAG.block)
      this.#out.writeUint8(bytes.length)
    } else {
      this.#out.writeUint8(TAG.longBlock)
      this.#out.writeInt32(bytes.length)
    }
    this.#out.writeBytes(bytes)
  }

  #writeTyped(type: JavaTypeCode, value: JavaValue): void {
    if (type === 'L' || type === '[') this.writeValue(value)
    else if (type === 'Z') this.#out.writeUint8(value === true ? 1 : 0)
    else if (type === 'J') this.#out.writeInt64(typeof value === 'bigint' ? value : 0n)
    else this.#writeNumber(type, typeof value === 'number' ? value : 0)
  }

  #writeNumber(type: 'B' | 'C' | 'D' | 'F' | 'I' | 'S', value: number): void {
    switch (type) {
      case 'I':
        return this.#out.writeInt32(value)
      case 'D':
        return this.#out.writeFloat64(value)
      case 'F':
        return this.#out.writeFloat32(value)
      case 'B':
        return this.#out.writeUint8(value)
      case 'S':
      case 'C':
        return this.#out.writeUint16(value)
    }
  }

  #writeDescriptor(descriptor: JavaClassDescriptor | null): void {
    if (descriptor === null) {
      this.#out.writeUint8(TAG.null)
      return
    }
    const handle = this.#handles.get(descriptor)
    if (handle !== undefined) {
      this.#writeReference(handle)
      return
    }
    this.#out.writeUint8(TAG.classDescriptor)
    this.#writeName(descriptor.name)
    this.#out.writeInt64(descriptor.uid)
    this.#handles.set(descriptor, this.#takeHandle())
    this.#out.writeUint8(descriptor.flags)
    this.#out.writeUint16(descriptor.fields.length)
    for (const { type, name, signature } of descriptor.fields) {
      this.#out.writeUint8(type.charCodeAt(0))
      this.#writeName(name)
      if (signature !== null) this.#writeSignature(signature)
    }
    this.#out.writeUint8(TAG.endOfBlock)
    this.#writeDescriptor(descriptor.superclass)
  }

  #writeSignature(signature: string): void {
    const handle = this.#signatures.get(signature)
    if (handle !== undefined) {
      this.#writeReference(handle)
      return
    }
    this.#signatures.set(signature, this.#takeHandle())
    this.#writeText(signature)
  }

  #writeText(text: string): void {
    const length = modifiedUtf8Length(text)
    if (length <= MAX_SHORT_STRING) {
      this.#out.writeUint8(TAG.string)
      this.#out.writeUint16(length)
    } else {
      this.#out.writeUint8(TAG.longString)
      this.#out.writeInt64(BigInt(length))
    }
    this.#out.writeModifiedUtf8(text, length)
  }

  #writeName(name: string): void {
    const length = modifiedUtf8Length(name)
    this.#out.writeUint16(length)
    this.#out.writeModifiedUtf8(name, length)
  }

  #writeReference(handle: number): void {
    this.#out.writeUint8(TAG.reference)
    this.#out.writeInt32(handle)
  }

  #takeHandle(): number {
    return this.#nextHandle++
  }

  #enter(): void {
    this.#depth += 1
    if (this.#depth > DEFAULT_JAVA_LIMITS.maxDepth) {
      throw new ProtocolError(
        `Java stream: nested deeper than ${DEFAULT_JAVA_LIMITS.maxDepth} levels`,
      )
    }
  }
}
