// The graph of a Java object stream, taken apart for mutations.
import type {
  JavaArray,
  JavaBlock,
  JavaClassDescriptor,
  JavaLevel,
  JavaObject,
  JavaValue,
} from '@hearth/common/protocol/java-serialization/tree.ts'

/** What may be rewritten; trees are made of the same objects as the codec's, only not for reading alone. */
export type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }
export type Level = Writable<JavaLevel>
export type Items = (JavaValue | JavaBlock)[]

export interface Graph {
  readonly root: JavaValue
  readonly levels: Level[]
  readonly arrays: JavaArray[]
  readonly descriptors: JavaClassDescriptor[]
  readonly objects: Writable<JavaObject>[]
  readonly values: JavaValue[]
}

/** Everything that can be reached from a value, each once. */
export function collectGraph(root: JavaValue): Graph {
  const graph: Graph = {
    root,
    levels: [],
    arrays: [],
    descriptors: [],
    objects: [],
    values: [null],
  }
  const seen = new Set<unknown>()
  const visit = (value: JavaValue | JavaBlock): void => {
    if (typeof value !== 'object' || value === null || value.kind === 'block') return
    if (seen.has(value)) return
    seen.add(value)
    graph.values.push(value)
    if (value.kind === 'string') return
    note(value.descriptor)
    if (value.kind === 'array') {
      graph.arrays.push(value)
      value.elements.forEach(visit)
    }
    if (value.kind !== 'object') return
    graph.objects.push(value)
    for (const level of value.levels) {
      // The reader may use one empty list for all levels that have none.
      const own: Level = level
      own.annotation = [...level.annotation]
      graph.levels.push(own)
      level.values.forEach(visit)
      level.annotation.forEach(visit)
    }
  }
  const note = (descriptor: JavaClassDescriptor | null): void => {
    if (descriptor === null || seen.has(descriptor)) return
    seen.add(descriptor)
    graph.descriptors.push(descriptor)
    note(descriptor.superclass)
  }
  visit(root)
  return graph
}
