// scala.collection.Seq in every form that a release puts on the wire.
import { ByteReader } from '../../bytes/byte-reader.ts'
import { ByteWriter } from '../../bytes/byte-writer.ts'
import { javaObject } from '../../java-serialization/build.ts'
import {
  arrayField,
  describeValue,
  fieldOf,
  isObject,
  isText,
  integerField,
} from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import {
  javaString,
  type JavaBlock,
  type JavaObject,
  type JavaValue,
} from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'
import type { ClassTable } from '../class-table.ts'
import { singletonClass } from './singleton.ts'
import { vectorElements } from './vector.ts'

type Elements = (sequence: JavaObject, budget: ReadBudget) => readonly JavaValue[]

// Which of these a field holds depends on how Spark computed it; a List of arguments and an
// ArraySeq of JVM options stand side by side in one Command.
const READERS: ReadonlyMap<string, Elements> = new Map<string, Elements>([
  // Scala 2.12
  ['scala.collection.immutable.List$SerializationProxy', listElements],
  ['scala.collection.immutable.Vector', vectorElements],
  ['scala.collection.mutable.ArrayBuffer', (it) => firstOf(it, 'size0')],
  ['scala.collection.mutable.ArraySeq', (it) => firstOf(it, 'length')],
  ['scala.collection.mutable.WrappedArray$ofRef', (it) => arrayField(it, 'array').elements],
  // Scala 2.13
  ['scala.collection.generic.DefaultSerializationProxy', proxiedElements],
  ['scala.collection.immutable.ArraySeq$ofRef', (it) => arrayField(it, 'unsafeArray').elements],
  ['scala.collection.mutable.ArraySeq$ofRef', (it) => arrayField(it, 'array').elements],
])

/** The texts of a `Seq[String]` field. */
export function textSequenceField(object: JavaObject, name: string, budget: ReadBudget): string[] {
  return elementsOf(object, name, budget).map((element) => {
    if (!isText(element)) {
      throw new ProtocolError(
        `sequence ${name} of ${object.descriptor.name} holds ${describeValue(element)}, not only strings`,
      )
    }
    budget.spendText(element.text)
    return element.text
  })
}

/** The elements of a field that is a `Seq` of objects. */
export function objectSequenceField(
  object: JavaObject,
  name: string,
  budget: ReadBudget,
): JavaObject[] {
  const elements = elementsOf(object, name, budget)
  budget.spendValues(elements.length)
  return elements.map((element) => {
    if (isObject(element)) return element
    throw new ProtocolError(
      `sequence ${name} of ${object.descriptor.name} holds ${describeValue(element)}, not only objects`,
    )
  })
}

function elementsOf(object: JavaObject, name: string, budget: ReadBudget): readonly JavaValue[] {
  const value = fieldOf(object, name)
  if (singletonClass(value) === 'scala.collection.immutable.Nil$') return []
  const read = isObject(value) ? READERS.get(value.descriptor.name) : undefined
  if (!isObject(value) || read === undefined) {
    throw new ProtocolError(
      `sequence ${name} of ${object.descriptor.name} is ${describeValue(value)}, which is not understood`,
    )
  }
  return read(value, budget)
}

/** A `List[String]`. */
export function listOfTexts(classes: ClassTable, texts: readonly string[]): JavaObject {
  return listOf(classes, texts.map(javaString))
}

/** An immutable `List`. */
export function listOf(classes: ClassTable, elements: readonly JavaValue[]): JavaObject {
  if (classes.line === '2.12') {
    const end = classes.singleton('scala.collection.immutable.ListSerializeEnd$')
    return javaObject(
      classes.descriptor('scala.collection.immutable.List$SerializationProxy'),
      {},
      [...elements, end],
    )
  }
  const factory = javaObject(classes.descriptor('scala.collection.IterableFactory$ToFactory'), {
    factory: classes.singleton('scala.collection.immutable.List$'),
  })
  return serializationProxy(classes, factory, elements)
}

/** Scala 2.13's one form for lists, sets and maps (whose elements are pairs). */
export function serializationProxy(
  classes: ClassTable,
  factory: JavaObject,
  elements: readonly JavaValue[],
): JavaObject {
  return javaObject(
    classes.descriptor('scala.collection.generic.DefaultSerializationProxy'),
    { factory },
    [intBlock(elements.length), ...elements],
  )
}

/** Elements of Scala 2.13's serialization proxy: counted, or ended by a marker when the count is -1. */
export function proxiedElements(proxy: JavaObject): readonly JavaValue[] {
  const [first, ...rest] = proxy.levels.at(-1)?.annotation ?? []
  const count = readInt(first, proxy)
  const elements = valuesOnly(rest, proxy)
  if (count < 0) return untilMarker(elements, 'scala.collection.generic.SerializeEnd$')
  if (count !== elements.length) {
    throw new ProtocolError(
      `collection ${proxy.descriptor.name} says ${count} elements and holds ${elements.length}`,
    )
  }
  return elements
}

/** The int that a collection wrote before its elements. */
export function readInt(item: JavaValue | JavaBlock | undefined, owner: JavaObject): number {
  if (typeof item === 'object' && item?.kind === 'block')
    return new ByteReader(item.bytes).readInt32()
  throw new ProtocolError(`collection ${owner.descriptor.name} does not start with its size`)
}

export function intBlock(value: number): JavaBlock {
  const writer = new ByteWriter(4)
  writer.writeInt32(value)
  return { kind: 'block', bytes: writer.toBytes() }
}

/** The items as values; raw bytes among them are a ProtocolError. */
export function valuesOnly(
  items: readonly (JavaValue | JavaBlock)[],
  owner: JavaObject,
): readonly JavaValue[] {
  if (items.some((item) => typeof item === 'object' && item?.kind === 'block')) {
    throw new ProtocolError(`collection ${owner.descriptor.name} has raw bytes among its elements`)
  }
  return items as readonly JavaValue[]
}

function listElements(proxy: JavaObject): readonly JavaValue[] {
  const elements = valuesOnly(proxy.levels.at(-1)?.annotation ?? [], proxy)
  return untilMarker(elements, 'scala.collection.immutable.ListSerializeEnd$')
}

// The marker is missing in an empty list of Scala 2.12, which its reader takes, too.
function untilMarker(elements: readonly JavaValue[], marker: string): readonly JavaValue[] {
  return singletonClass(elements.at(-1)) === marker ? elements.slice(0, -1) : elements
}

// Growable sequences keep spare places at the end of their array.
function firstOf(sequence: JavaObject, sizeField: string): readonly JavaValue[] {
  const { elements } = arrayField(sequence, 'array')
  const size = integerField(sequence, sizeField)
  if (size < 0 || size > elements.length) {
    throw new ProtocolError(
      `collection ${sequence.descriptor.name} says ${size} elements and holds ${elements.length}`,
    )
  }
  return elements.slice(0, size)
}
