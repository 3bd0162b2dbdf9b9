// Reading the fields of an object by name and type. A missing field or a value of another type is a
// ProtocolError that names class and field.
import { ProtocolError } from '../protocol-error.ts'
import {
  hierarchyOf,
  type JavaArray,
  type JavaClassDescriptor,
  type JavaObject,
  type JavaValue,
} from './tree.ts'

/**
 * The value of a field, the most derived class first; undefined when no class has it. Scala renames
 * a private field that an inner class reads (`scala$collection$immutable$Map$Map2$$key1`), so a name
 * also matches what follows the last `$$`.
 */
export function fieldOf(object: JavaObject, name: string): JavaValue | undefined {
  const { levels } = object
  let fields = 0
  for (let at = levels.length - 1; at >= 0; at--) {
    const level = levels[at]
    if (level === undefined) continue
    fields += level.descriptor.fields.length
    if (fields > FEW_FIELDS) return fieldOfWide(object, name)
    const field = indexOfField(level.descriptor, name)
    if (field >= 0) return level.values[field]
  }
  return undefined
}

/** So many are searched faster than remembered. */
const FEW_FIELDS = 32

function fieldOfWide(object: JavaObject, name: string): JavaValue | undefined {
  const place = placeOf(object.descriptor, name)
  return place === null ? undefined : object.levels[place.level]?.values[place.field]
}

function indexOfField({ fields }: JavaClassDescriptor, name: string): number {
  return fields.findIndex(
    (one) => one.name === name || (one.name.endsWith(name) && one.name.endsWith(`$$${name}`)),
  )
}

/** Where in the levels of an object a field is. */
interface Place {
  readonly level: number
  readonly field: number
}

// Searched once for a class: a peer can describe thousands of fields, and refer to one object with them
// from two hundred thousand places.
const PLACES = new WeakMap<JavaClassDescriptor, Map<string, Place | null>>()

function placeOf(descriptor: JavaClassDescriptor, name: string): Place | null {
  let places = PLACES.get(descriptor)
  if (places === undefined) PLACES.set(descriptor, (places = new Map<string, Place | null>()))
  let place = places.get(name)
  if (place === undefined) places.set(name, (place = searchPlace(descriptor, name)))
  return place
}

function searchPlace(descriptor: JavaClassDescriptor, name: string): Place | null {
  const hierarchy = hierarchyOf(descriptor)
  for (let level = hierarchy.length - 1; level >= 0; level--) {
    const at = hierarchy[level]
    const field = at === undefined ? -1 : indexOfField(at, name)
    if (field >= 0) return { level, field }
  }
  return null
}

export function textField(object: JavaObject, name: string): string {
  return nullableTextField(object, name) ?? fail(object, name, 'a string')
}

export function nullableTextField(object: JavaObject, name: string): string | null {
  const value = fieldOf(object, name)
  if (value === null) return null
  return isText(value) ? value.text : fail(object, name, 'a string')
}

/** Any primitive but a `long` and a `boolean`; a `float` or `double` may be anything but a number, too. */
export function numberField(object: JavaObject, name: string): number {
  const value = fieldOf(object, name)
  return typeof value === 'number' ? value : fail(object, name, 'a number')
}

/** An `int` or shorter. The type in the stream is the peer's word: a `double` that holds one passes too. */
export function integerField(object: JavaObject, name: string): number {
  const value = fieldOf(object, name)
  return isInteger(value) ? value : fail(object, name, 'an integer of 32 bits')
}

export function booleanField(object: JavaObject, name: string): boolean {
  const value = fieldOf(object, name)
  return typeof value === 'boolean' ? value : fail(object, name, 'a boolean')
}

/** A `long` whose value a number holds exactly. */
export function longField(object: JavaObject, name: string): number {
  const value = fieldOf(object, name)
  const number = typeof value === 'bigint' ? Number(value) : Number.NaN
  return Number.isSafeInteger(number) ? number : fail(object, name, 'a long below 2^53')
}

export function objectField(object: JavaObject, name: string): JavaObject {
  const value = fieldOf(object, name)
  return isObject(value) ? value : fail(object, name, 'an object')
}

export function nullableObjectField(object: JavaObject, name: string): JavaObject | null {
  return fieldOf(object, name) === null ? null : objectField(object, name)
}

export function arrayField(object: JavaObject, name: string): JavaArray {
  const value = fieldOf(object, name)
  return isKind(value, 'array') ? value : fail(object, name, 'an array')
}

export function isObject(value: JavaValue | undefined): value is JavaObject {
  return isKind(value, 'object')
}

export function isText(
  value: JavaValue | undefined,
): value is Extract<JavaValue, { text: string }> {
  return isKind(value, 'string')
}

/** True for what an `int` can hold. */
export function isInteger(value: JavaValue | undefined): value is number {
  return typeof value === 'number' && (value | 0) === value
}

/** What a value is, for error texts: its class or its Java type. */
export function describeValue(value: JavaValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (value.kind === 'string') return 'a string'
  return `${value.kind} of ${value.descriptor.name.slice(0, 200)}`
}

function isKind<K extends 'string' | 'object' | 'array'>(
  value: JavaValue | undefined,
  kind: K,
): value is Extract<JavaValue, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind
}

function fail(object: JavaObject, name: string, wanted: string): never {
  const found = describeValue(fieldOf(object, name))
  throw new ProtocolError(`field ${name} of ${object.descriptor.name} is ${found}, not ${wanted}`)
}
