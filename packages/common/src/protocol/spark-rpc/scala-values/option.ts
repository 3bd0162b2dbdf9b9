// scala.Option: `Some(value)` or the singleton `None`. A primitive inside is boxed.
import { javaObject } from '../../java-serialization/build.ts'
import {
  describeValue,
  fieldOf,
  isInteger,
  isObject,
  isText,
} from '../../java-serialization/fields.ts'
import { javaString, type JavaObject, type JavaValue } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { singletonClass } from './singleton.ts'

/** What the Option in a field holds; null for None. */
export function optionField(object: JavaObject, name: string): JavaValue {
  const value = fieldOf(object, name)
  if (singletonClass(value) === 'scala.None$') return null
  const inner = isObject(value) ? fieldOf(value, 'value') : undefined
  if (isObject(value) && value.descriptor.name === 'scala.Some' && inner != null) return inner
  return fail(object, name, value)
}

export function optionalTextField(object: JavaObject, name: string): string | null {
  const value = optionField(object, name)
  if (value === null) return null
  return isText(value) ? value.text : fail(object, name, value)
}

/** An `Option[Int]`. */
export function optionalIntegerField(object: JavaObject, name: string): number | null {
  const value = optionField(object, name)
  return value === null ? null : (unboxInteger(value) ?? fail(object, name, value))
}

/** The value of a `java.lang.Integer`; null for anything else. */
export function unboxInteger(value: JavaValue): number | null {
  if (!isObject(value) || value.descriptor.name !== 'java.lang.Integer') return null
  const number = fieldOf(value, 'value')
  return isInteger(number) ? number : null
}

export function boxInteger(classes: ClassTable, value: number): JavaObject {
  return javaObject(classes.descriptor('java.lang.Integer'), { value })
}

/** `Some(value)`, or None for null. */
export function option(classes: ClassTable, value: JavaValue): JavaObject {
  return value === null
    ? classes.singleton('scala.None$')
    : javaObject(classes.descriptor('scala.Some'), { value })
}

export function optionOfText(classes: ClassTable, text: string | null): JavaObject {
  return option(classes, text === null ? null : javaString(text))
}

export function optionOfInteger(classes: ClassTable, value: number | null): JavaObject {
  return option(classes, value === null ? null : boxInteger(classes, value))
}

function fail(object: JavaObject, name: string, found: JavaValue | undefined): never {
  throw new ProtocolError(
    `option ${name} of ${object.descriptor.name} holds ${describeValue(found)}`,
  )
}
