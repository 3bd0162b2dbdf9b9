// scala.Enumeration values. The wire carries the number of the value (`i`) and, in `$outer`, the
// enumeration itself, which the reader replaces by its own: a whole object with all its values from
// Scala 2.12, its class name from 2.13. Without `$outer` the reader fails (Enumeration.Value.readResolve).
import { javaObject } from '../../java-serialization/build.ts'
import {
  describeValue,
  fieldOf,
  integerField,
  isObject,
  objectField,
} from '../../java-serialization/fields.ts'
import type { JavaObject } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { option, optionField } from './option.ts'
import { singletonClass } from './singleton.ts'

/** A Scala enumeration: its class and the names of its values, by number. */
export interface ScalaEnumeration<Name extends string> {
  readonly className: string
  readonly names: readonly Name[]
}

/** The name of the enumeration value in a field. */
export function enumerationField<Name extends string>(
  object: JavaObject,
  field: string,
  { className, names }: ScalaEnumeration<Name>,
): Name {
  return nameOf(objectField(object, field), { className, names }, object, field)
}

/** The name of the enumeration value in an Option; null for None. */
export function optionalEnumerationField<Name extends string>(
  object: JavaObject,
  field: string,
  enumeration: ScalaEnumeration<Name>,
): Name | null {
  const value = optionField(object, field)
  if (value === null) return null
  if (isObject(value)) return nameOf(value, enumeration, object, field)
  throw new ProtocolError(
    `option ${field} of ${object.descriptor.name} holds ${describeValue(value)}`,
  )
}

function nameOf<Name extends string>(
  value: JavaObject,
  { className, names }: ScalaEnumeration<Name>,
  object: JavaObject,
  field: string,
): Name {
  const outer = fieldOf(value, '$outer')
  if (singletonClass(outer) !== className) {
    throw new ProtocolError(
      `field ${field} of ${object.descriptor.name} is a value of ${describeValue(outer)}, not of ${className}`,
    )
  }
  const id = integerField(value, 'i')
  const name = names[id]
  if (name === undefined) throw new ProtocolError(`${className} has no value number ${id}`)
  return name
}

export function enumerationValue<Name extends string>(
  classes: ClassTable,
  { className, names }: ScalaEnumeration<Name>,
  name: Name,
): JavaObject {
  const enumeration = classes.singleton(className)
  return javaObject(classes.descriptor('scala.Enumeration$Val'), {
    i: names.indexOf(name),
    name: null,
    $outer: enumeration,
    scala$Enumeration$$outerEnum: enumeration,
  })
}

/** `Some` of the value, or None for null. */
export function optionOfEnumeration<Name extends string>(
  classes: ClassTable,
  enumeration: ScalaEnumeration<Name>,
  name: Name | null,
): JavaObject {
  return option(classes, name === null ? null : enumerationValue(classes, enumeration, name))
}
