// Scala 2.12's immutable.Vector, which has no serialization proxy: a tree of arrays of 32, cut to
// startIndex … endIndex. `depth` levels exist; the root is display0 for one level, display1 for two …
import {
  arrayField,
  describeValue,
  fieldOf,
  integerField,
} from '../../java-serialization/fields.ts'
import type { ReadBudget } from '../../java-serialization/read-budget.ts'
import type { JavaArray, JavaObject, JavaValue } from '../../java-serialization/tree.ts'
import { ProtocolError } from '../../protocol-error.ts'

const BITS = 5
const MAX_DEPTH = 6

export function vectorElements(vector: JavaObject, budget: ReadBudget): readonly JavaValue[] {
  const depth = integerField(vector, 'depth')
  if (depth === 0) return []
  if (depth < 0 || depth > MAX_DEPTH) throw new ProtocolError(`vector of depth ${depth}`)
  // While an element is being replaced the path to it exists twice, and only the JVM knows which counts.
  if (depth > 1 && fieldOf(vector, 'dirty') !== false) {
    throw new ProtocolError('vector in the middle of an update')
  }
  const root = arrayField(vector, `display${depth - 1}`)
  const start = integerField(vector, 'startIndex')
  const end = integerField(vector, 'endIndex')
  if (start < 0 || end < start || end > 2 ** (BITS * depth)) {
    throw new ProtocolError(`vector of depth ${depth} from ${start} to ${end}`)
  }
  // Six levels that all refer to one array of 32 describe a thousand million elements.
  budget.spendValues(end - start)
  const elements: JavaValue[] = []
  for (let index = start; index < end; index++) elements.push(elementAt(root, index, depth))
  return elements
}

function elementAt(root: JavaArray, index: number, depth: number): JavaValue {
  let array = root
  for (let level = depth - 1; ; level--) {
    const value = array.elements[(index >> (BITS * level)) & 31]
    if (level === 0 && value !== undefined) return value
    if (typeof value !== 'object' || value?.kind !== 'array') {
      throw new ProtocolError(`vector holds ${describeValue(value)} at ${index}, level ${level}`)
    }
    array = value
  }
}
