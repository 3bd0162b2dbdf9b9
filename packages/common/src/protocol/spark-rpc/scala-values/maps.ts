// scala.collection.Map in every form that a release puts on the wire.
import { javaObject } from '../../java-serialization/build.ts'
import { describeValue, fieldOf, isObject, isText } from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import { javaString, type JavaObject, type JavaValue } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { intBlock, proxiedElements, readInt, serializationProxy, valuesOnly } from './sequences.ts'
import { singletonClass } from './singleton.ts'

export type Entry = readonly [key: JavaValue, value: JavaValue]

const PACKAGE = 'scala.collection.immutable'
const EMPTY_MAP = `${PACKAGE}.Map$EmptyMap$`
const SMALL_MAP = /^scala\.collection\.immutable\.Map\$Map([1-4])$/
// A map with a default value wraps the map itself; Spark wraps once.
const MAX_WRAPPERS = 4

/** The entries of a map field, in the order of the wire. */
export function mapField(object: JavaObject, name: string, budget: ReadBudget): Entry[] {
  const map = unwrapped(fieldOf(object, name))
  if (singletonClass(map) === EMPTY_MAP) return []
  const entries = isObject(map) ? entriesOf(map, budget) : null
  if (entries === null) {
    throw new ProtocolError(
      `map ${name} of ${object.descriptor.name} is ${describeValue(map)}, which is not understood`,
    )
  }
  return entries
}

/** A map field whose keys are strings. */
export function textKeyedField(
  object: JavaObject,
  name: string,
  budget: ReadBudget,
): [string, JavaValue][] {
  return mapField(object, name, budget).map(([key, value]) => {
    if (!isText(key)) {
      throw new ProtocolError(`a key of map ${name} of ${object.descriptor.name} is not a string`)
    }
    budget.spendText(key.text)
    return [key.text, value]
  })
}

/** A `Map[String, String]` field. */
export function textMapField(
  object: JavaObject,
  name: string,
  budget: ReadBudget,
): Record<string, string> {
  const entries = textKeyedField(object, name, budget).map(([key, value]) => {
    if (!isText(value)) {
      throw new ProtocolError(`a value of map ${name} of ${object.descriptor.name} is not a string`)
    }
    budget.spendText(value.text)
    return [key, value.text]
  })
  return Object.fromEntries(entries) as Record<string, string>
}

/** An immutable map of any size. */
export function mapOf(classes: ClassTable, entries: readonly Entry[]): JavaObject {
  if (entries.length === 0) return classes.singleton(EMPTY_MAP)
  if (classes.line === '2.12') {
    return javaObject(classes.descriptor(`${PACKAGE}.HashMap$SerializationProxy`), {}, [
      intBlock(entries.length),
      ...entries.flat(),
    ])
  }
  const factory = javaObject(classes.descriptor('scala.collection.MapFactory$ToFactory'), {
    factory: classes.singleton(`${PACKAGE}.HashMap$`),
  })
  const pair = classes.descriptor('scala.Tuple2')
  const pairs = entries.map(([_1, _2]) => javaObject(pair, { _1, _2 }))
  return serializationProxy(classes, factory, pairs)
}

export function mapOfTexts(
  classes: ClassTable,
  texts: Readonly<Record<string, string>>,
): JavaObject {
  return mapOf(
    classes,
    Object.entries(texts).map(([key, value]) => [javaString(key), javaString(value)]),
  )
}

// Spends for the entries before it looks into any of them.
function entriesOf(map: JavaObject, budget: ReadBudget): Entry[] | null {
  const small = SMALL_MAP.exec(map.descriptor.name)
  if (small !== null) {
    budget.spendValues(Number(small[1]))
    return smallMapEntries(map, Number(small[1]))
  }
  switch (map.descriptor.name) {
    // Scala 2.12: load factor, size, seed and a flag before the entries; the entries are enough.
    case 'scala.collection.mutable.HashMap':
    case 'scala.collection.mutable.LinkedHashMap':
      return alternating(map, budget)
    // Scala 2.12: the number of entries before them.
    case `${PACKAGE}.HashMap$SerializationProxy`:
      return counted(map, alternating(map, budget))
    case 'scala.collection.generic.DefaultSerializationProxy':
      return pairsOf(map, budget).map((pair) => tupleEntry(pair, map))
    default:
      return null
  }
}

function smallMapEntries(map: JavaObject, size: number): Entry[] {
  return Array.from({ length: size }, (_, i): Entry => {
    const key = fieldOf(map, `key${i + 1}`)
    const value = fieldOf(map, `value${i + 1}`)
    if (key === undefined || value === undefined) {
      throw new ProtocolError(`map ${map.descriptor.name} lacks entry ${i + 1}`)
    }
    return [key, value]
  })
}

function pairsOf(map: JavaObject, budget: ReadBudget): readonly JavaValue[] {
  const pairs = proxiedElements(map)
  budget.spendValues(pairs.length)
  return pairs
}

function alternating(map: JavaObject, budget: ReadBudget): Entry[] {
  const values = valuesOnly(map.levels.at(-1)?.annotation.slice(1) ?? [], map)
  budget.spendValues(values.length / 2)
  if (values.length % 2 !== 0) {
    throw new ProtocolError(`map ${map.descriptor.name} ends with a key without a value`)
  }
  const entries: Entry[] = []
  for (let i = 0; i < values.length; i += 2)
    entries.push([values[i] ?? null, values[i + 1] ?? null])
  return entries
}

function counted(map: JavaObject, entries: Entry[]): Entry[] {
  const count = readInt(map.levels.at(-1)?.annotation[0], map)
  if (count === entries.length) return entries
  throw new ProtocolError(
    `map ${map.descriptor.name} says ${count} entries and holds ${entries.length}`,
  )
}

function tupleEntry(pair: JavaValue, map: JavaObject): Entry {
  const key = isObject(pair) ? fieldOf(pair, '_1') : undefined
  const value = isObject(pair) ? fieldOf(pair, '_2') : undefined
  if (key !== undefined && value !== undefined) return [key, value]
  throw new ProtocolError(
    `map ${map.descriptor.name} holds ${describeValue(pair)} where a pair belongs`,
  )
}

function unwrapped(value: JavaValue | undefined): JavaValue | undefined {
  let map = value
  for (let i = 0; i < MAX_WRAPPERS; i++) {
    if (!isObject(map) || map.descriptor.name !== `${PACKAGE}.Map$WithDefault`) return map
    map = fieldOf(map, 'underlying')
  }
  return map
}
