// Making objects to be written.
import {
  hierarchyOf,
  type JavaBlock,
  type JavaClassDescriptor,
  type JavaField,
  type JavaObject,
  type JavaValue,
} from './tree.ts'

export type FieldValues = Readonly<Record<string, JavaValue>>

/**
 * An object of a class that we describe ourselves. Every field of the class and its superclasses has to
 * be given; a forgotten one is a mistake of ours and throws a plain Error. `annotation` is what the
 * class' own writeObject appends.
 */
export function javaObject(
  descriptor: JavaClassDescriptor,
  fields: FieldValues,
  annotation: readonly (JavaValue | JavaBlock)[] = [],
): JavaObject {
  const levels = hierarchyOf(descriptor).map((level) => ({
    descriptor: level,
    values: level.fields.map((field) => {
      const value = given(fields, field)
      if (value === undefined) throw new Error(`${level.name} needs its field ${field.name}`)
      return value
    }),
    annotation: level === descriptor ? annotation : [],
  }))
  return { kind: 'object', descriptor, levels }
}

/**
 * An object of the received object's class, described as its sender described it, with these fields.
 * Of other fields, which only an unknown release can have, primitives are kept and references are
 * null: nothing that a peer chose freely is carried along.
 */
export function sameClassWith(received: JavaObject, fields: FieldValues): JavaObject {
  const levels = received.levels.map((level) => ({
    descriptor: level.descriptor,
    values: level.descriptor.fields.map((field, i) => {
      return given(fields, field) ?? (isReference(field) ? null : (level.values[i] ?? null))
    }),
    annotation: [],
  }))
  return { kind: 'object', descriptor: received.descriptor, levels }
}

// Own properties only: a class may have a field called toString or constructor.
function given(fields: FieldValues, { name }: JavaField): JavaValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function isReference(field: JavaField): boolean {
  return field.signature !== null
}
