// Streams that are short and cost much: collections that refer to one object again and again, and objects
// whose classes have thousands of fields, so that whatever is done for each of them shows.
import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { decodeJavaStream } from '@hearth/common/protocol/java-serialization/reader.ts'
import type {
  JavaBlock,
  JavaClassDescriptor,
  JavaField,
  JavaLevel,
  JavaObject,
} from '@hearth/common/protocol/java-serialization/tree.ts'
import { encodeJavaStream } from '@hearth/common/protocol/java-serialization/writer.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { chance, pick } from './draw.ts'
import { collectGraph, type Graph, type Items, type Writable } from './java-graph.ts'

const MAX_ITEMS = 250_000
const MAX_SUBCLASSES = 28
const FIELDS = 250
/** How Scala 2.13 says that it does not know the size of a collection. */
const UNCOUNTED = Uint8Array.of(0xff, 0xff, 0xff, 0xff)

/** The stream, with one list made very long and, mostly, one class very wide. */
export function amplifyJava(random: RandomState, bytes: Uint8Array): Uint8Array {
  const graph = collectGraph(decodeJavaStream(bytes, { isAllowed: () => true }))
  if (chance(random, 0.8)) widen(random, graph)
  lengthen(random, graph)
  try {
    return encodeJavaStream(graph.root)
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof TypeError) return bytes
    throw error
  }
}

// Subclasses with the name of the class, so that its own fields are those that are found last.
function widen(random: RandomState, { objects }: Graph): void {
  const plain = objects.filter(({ levels }) =>
    levels.every(({ annotation }) => annotation.length === 0),
  )
  if (plain.length === 0) return
  const { descriptor: original } = pick(random, plain)
  const levels: JavaLevel[] = []
  let descriptor: JavaClassDescriptor = original
  const count = 1 + drawInteger(random, MAX_SUBCLASSES)
  for (let level = 0; level < count; level += 1) {
    const fields = Array.from({ length: FIELDS }, (_, at): JavaField => {
      return { name: `field_${level}_${at}`, type: 'Z', signature: null }
    })
    descriptor = { ...original, uid: original.uid, fields, flags: 2, superclass: descriptor }
    levels.push({ descriptor, values: fields.map(() => true), annotation: [] })
  }
  for (const object of objects.filter((one) => one.descriptor === original)) addTo(object, levels)
}

function addTo(object: Writable<JavaObject>, added: readonly JavaLevel[]): void {
  object.levels = [...object.levels, ...added]
  object.descriptor = added.at(-1)?.descriptor ?? object.descriptor
}

function lengthen(random: RandomState, { levels, arrays }: Graph): void {
  const lists: Items[] = [
    ...levels.map(({ annotation }) => annotation as Items),
    ...arrays.map(({ elements }) => elements as Items),
  ].filter((items) => items.some(isReferable))
  if (lists.length === 0) return
  const items = pick(random, lists)
  const [first] = items
  if (isBlock(first)) items[0] = { kind: 'block', bytes: UNCOUNTED }
  const repeated = items.filter(isReferable)
  const times = drawInteger(random, MAX_ITEMS / repeated.length)
  for (let time = 0; time < times; time += 1) for (const item of repeated) items.push(item)
}

function isBlock(item: Items[number] | undefined): item is JavaBlock {
  return typeof item === 'object' && item?.kind === 'block'
}

function isReferable(item: Items[number]): boolean {
  return typeof item === 'object' && item !== null && !isBlock(item)
}
