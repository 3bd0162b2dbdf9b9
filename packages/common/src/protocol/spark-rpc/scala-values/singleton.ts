import { fieldOf } from '../../java-serialization/fields.ts'
import type { JavaValue } from '../../java-serialization/tree.ts'

const MODULE_PROXY = 'scala.runtime.ModuleSerializationProxy'

/**
 * The class of a Scala `object` (`scala.None$`), whether written as an object of that class (2.12) or
 * as a proxy that names it (2.13); null for any other value.
 */
export function singletonClass(value: JavaValue | undefined): string | null {
  if (typeof value !== 'object' || value?.kind !== 'object') return null
  const { name } = value.descriptor
  if (name !== MODULE_PROXY) return name.endsWith('$') ? name : null
  const named = fieldOf(value, 'moduleClass')
  return typeof named === 'object' && named?.kind === 'class' ? named.descriptor.name : null
}
