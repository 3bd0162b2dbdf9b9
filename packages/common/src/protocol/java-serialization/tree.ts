// What a Java object stream says, as plain values: nothing is ever instantiated by name. A stream may
// refer back to what it holds already, so these values form a graph that can share parts and can
// contain itself. Whoever walks one keeps to a fixed shape or counts its steps (see ReadBudget).

/** Java's one-letter type codes: eight primitives, `L` for an object and `[` for an array. */
export type JavaTypeCode = 'B' | 'C' | 'D' | 'F' | 'I' | 'J' | 'S' | 'Z' | 'L' | '['

export interface JavaField {
  readonly name: string
  readonly type: JavaTypeCode
  /** The JVM signature (`Ljava/lang/String;`) of an object or array field; null for a primitive. */
  readonly signature: string | null
}

/** How a class was described by whoever wrote the stream. Two streams may describe it differently. */
export interface JavaClassDescriptor {
  readonly kind: 'descriptor'
  /** Binary name with dots, `$` kept; an array's begins with `[`. */
  readonly name: string
  readonly uid: bigint
  readonly flags: number
  readonly fields: readonly JavaField[]
  readonly superclass: JavaClassDescriptor | null
}

/** A string with identity: a stream that refers back to one differs from one that repeats it. */
export interface JavaString {
  readonly kind: 'string'
  readonly text: string
}

/** What one class of an object's hierarchy wrote. */
export interface JavaLevel {
  readonly descriptor: JavaClassDescriptor
  /** One value per field of the descriptor, in its order. */
  readonly values: readonly JavaValue[]
  /** What the class' writeObject appended to its fields; empty for a class without one. */
  readonly annotation: readonly (JavaValue | JavaBlock)[]
}

export interface JavaObject {
  readonly kind: 'object'
  readonly descriptor: JavaClassDescriptor
  /** The topmost serializable superclass first, as on the wire. */
  readonly levels: readonly JavaLevel[]
}

export interface JavaArray {
  readonly kind: 'array'
  readonly descriptor: JavaClassDescriptor
  readonly elements: readonly JavaValue[]
}

export interface JavaEnum {
  readonly kind: 'enum'
  readonly descriptor: JavaClassDescriptor
  readonly constant: JavaString
}

/** A `java.lang.Class` as a value. */
export interface JavaClass {
  readonly kind: 'class'
  readonly descriptor: JavaClassDescriptor
}

/** Raw bytes between the objects of an annotation: primitives that writeObject wrote. */
export interface JavaBlock {
  readonly kind: 'block'
  readonly bytes: Uint8Array
}

/** A value that a later part of the stream can refer back to. */
export type JavaReferable = JavaString | JavaObject | JavaArray | JavaEnum | JavaClass

/** A `long` is a bigint, a `boolean` a boolean, every other primitive a number (a `char` its code unit). */
export type JavaValue = null | boolean | number | bigint | JavaReferable

/** A string of its own: equal texts made by two calls are written twice. */
export function javaString(text: string): JavaString {
  return { kind: 'string', text }
}

/** The descriptor and those of its superclasses, the topmost superclass first. */
export function hierarchyOf(descriptor: JavaClassDescriptor): JavaClassDescriptor[] {
  if (descriptor.superclass === null) return [descriptor]
  const chain: JavaClassDescriptor[] = []
  for (let at: JavaClassDescriptor | null = descriptor; at !== null; at = at.superclass) {
    chain.push(at)
  }
  return chain.reverse()
}
