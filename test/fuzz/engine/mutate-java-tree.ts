// Mutations of the graph that a Java object stream describes: the bytes stay well-formed, what they say
// does not. A peer describes its own classes, so a mutation may give them other fields and types.
import { drawInteger, type RandomState } from '@hearth/common/domain/random.ts'
import { decodeJavaStream } from '@hearth/common/protocol/java-serialization/reader.ts'
import {
  javaString,
  type JavaClassDescriptor,
  type JavaField,
  type JavaLevel,
  type JavaTypeCode,
  type JavaValue,
} from '@hearth/common/protocol/java-serialization/tree.ts'
import { encodeJavaStream } from '@hearth/common/protocol/java-serialization/writer.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { chance, pick, place } from './draw.ts'
import { collectGraph, type Graph, type Items, type Level, type Writable } from './java-graph.ts'

const TEXTS = [
  '',
  '-1',
  '0',
  '2147483648',
  '__proto__',
  'constructor',
  '../..',
  '\0',
  '\ud800',
  'x'.repeat(70_000),
]
const NUMBERS = [
  0,
  1,
  -1,
  0.5,
  255,
  65_536,
  2_147_483_647,
  -2_147_483_648,
  1e300,
  Number.NaN,
  -Infinity,
]
const LONGS = [0n, 1n, -1n, 1n << 31n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n, -(1n << 63n)]
const NUMERIC: readonly JavaTypeCode[] = ['B', 'C', 'D', 'F', 'I', 'S']
const TYPES: readonly JavaTypeCode[] = [...NUMERIC, 'J', 'Z', 'L', '[']

/** A stream whose graph is that of the first with one to three mutations; parts may come from the second. */
export function mutateJavaTree(
  random: RandomState,
  bytes: Uint8Array,
  other: Uint8Array,
): Uint8Array {
  const graph = collectGraph(decodeJavaStream(bytes, { isAllowed: () => true }))
  const foreign = chance(random, 0.2)
    ? collectGraph(decodeJavaStream(other, { isAllowed: () => true })).values
    : graph.values
  const times = 1 + drawInteger(random, 3)
  for (let time = 0; time < times; time += 1) mutate(random, graph, foreign)
  try {
    return encodeJavaStream(graph.root)
  } catch (error) {
    // Nested too deeply, or a graph that cannot be written: then the stream as it was.
    if (error instanceof ProtocolError || error instanceof TypeError) return bytes
    throw error
  }
}

function mutate(random: RandomState, graph: Graph, foreign: readonly JavaValue[]): void {
  const level = pick(random, graph.levels)
  switch (drawInteger(random, 10)) {
    case 0:
    case 1:
    case 2:
      changeField(random, level, foreign)
      return
    case 3:
    case 4:
      changeType(random, graph)
      return
    case 5:
      changeItems(random, level.annotation as Items, foreign)
      return
    case 6:
      if (graph.arrays.length > 0) {
        changeItems(random, pick(random, graph.arrays).elements as Items, foreign)
      }
      return
    case 7:
      changeDescriptor(random, graph)
      return
    case 8: {
      const levels = pick(random, graph.objects).levels as JavaLevel[]
      const other = pick(random, graph.objects).levels
      levels.splice(place(random, levels.length), drawInteger(random, 2), ...other.slice(0, 1))
      return
    }
    default:
      renameField(random, graph)
  }
}

function changeField(random: RandomState, level: Level, foreign: readonly JavaValue[]): void {
  const { fields } = level.descriptor
  if (fields.length === 0) return
  const at = place(random, fields.length)
  const { type } = fields[at] as JavaField
  ;(level.values as JavaValue[])[at] = valueOf(random, type, foreign)
}

function valueOf(
  random: RandomState,
  type: JavaTypeCode,
  foreign: readonly JavaValue[],
): JavaValue {
  if (type === 'Z') return chance(random, 0.5)
  if (type === 'J') return pick(random, LONGS)
  if (type !== 'L' && type !== '[') return pick(random, NUMBERS)
  if (chance(random, 0.3)) return javaString(pick(random, TEXTS))
  return chance(random, 0.15) ? null : pick(random, foreign)
}

// All objects of the class get another type of that field, with values to match.
function changeType(random: RandomState, { levels }: Graph): void {
  const isNumeric = ({ type }: JavaField) => NUMERIC.includes(type)
  const wantsNumber = chance(random, 0.7)
  const fitting = levels.filter(({ descriptor: { fields } }) =>
    wantsNumber ? fields.some(isNumeric) : fields.length > 0,
  )
  if (fitting.length === 0) return
  const { descriptor } = pick(random, fitting)
  const field = pick(
    random,
    wantsNumber ? descriptor.fields.filter(isNumeric) : descriptor.fields,
  ) as Writable<JavaField>
  const at = descriptor.fields.indexOf(field)
  field.type = pick(random, wantsNumber ? NUMERIC : TYPES)
  const isObject = field.type === 'L' || field.type === '['
  field.signature = isObject ? 'Ljava/lang/Object;' : null
  for (const level of levels) {
    if (level.descriptor === descriptor) {
      ;(level.values as JavaValue[])[at] = valueOf(random, field.type, [null])
    }
  }
}

function changeItems(random: RandomState, items: Items, foreign: readonly JavaValue[]): void {
  const at = place(random, items.length)
  switch (drawInteger(random, 5)) {
    case 0:
      items.splice(at, 1)
      return
    case 1:
      items.splice(at, 0, pick(random, foreign.filter(isWritable)))
      return
    case 2: {
      const count = chance(random, 0.9) ? drawInteger(random, 6) : drawInteger(random, 3000)
      const item = items[at]
      if (item !== undefined) items.push(...Array.from({ length: count }, () => item))
      return
    }
    case 3:
      items[at] = javaString(pick(random, TEXTS))
      return
    default:
      items.length = at
  }
}

// Only these may stand where a stream has a value and no field.
function isWritable(value: JavaValue): boolean {
  return value === null || typeof value === 'object'
}

function changeDescriptor(random: RandomState, { descriptors }: Graph): void {
  const descriptor = pick(random, descriptors) as Writable<JavaClassDescriptor>
  const other = pick(random, descriptors)
  switch (drawInteger(random, 4)) {
    case 0:
      descriptor.name = chance(random, 0.9) ? other.name : other.name + pick(random, TEXTS)
      return
    case 1:
      descriptor.uid = pick(random, [...LONGS, other.uid])
      return
    case 2:
      descriptor.flags = pick(random, [0, 1, 2, 3, 4, 12, 16, 18])
      return
    default:
      descriptor.superclass = other === descriptor || other.superclass !== null ? null : other
  }
}

function renameField(random: RandomState, { descriptors }: Graph): void {
  const descriptor = pick(random, descriptors)
  if (descriptor.fields.length === 0) return
  const field = pick(random, descriptor.fields) as Writable<JavaField>
  const other = pick(random, pick(random, descriptors).fields.concat(field))
  field.name = chance(random, 0.5) ? other.name : `x$$${other.name}`
}
