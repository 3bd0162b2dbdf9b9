import { javaObject } from '../java-serialization/build.ts'
import type { JavaClassDescriptor, JavaObject, JavaTypeCode } from '../java-serialization/tree.ts'
// Generated from what the JVM says of the released jars: class-table.test.ts writes and checks it.
import rows from './class-descriptors.json' with { type: 'json' }
import { profileOf, type ScalaLine, type ScalaProfile, type ScalaTarget } from './scala-profile.ts'

interface Row {
  readonly uid: string
  readonly flags: number
  /** Name and JVM type, in the order of the wire. */
  readonly fields: readonly (readonly string[])[]
  readonly super: string | null
}

const ROWS: Readonly<Record<ScalaLine, Readonly<Record<string, Row>>>> = rows

/**
 * The classes of one Scala line as its JVMs describe them. Descriptors and singletons are made once:
 * the writer shares what is identical, as Java does.
 */
export class ClassTable {
  readonly line: ScalaLine
  readonly #uidOverrides: ReadonlyMap<string, bigint>
  readonly #descriptors = new Map<string, JavaClassDescriptor>()
  readonly #singletons = new Map<string, JavaObject>()

  constructor({ line, uidOverrides }: ScalaProfile) {
    this.line = line
    this.#uidOverrides = uidOverrides ?? new Map()
  }

  has(className: string): boolean {
    return Object.hasOwn(ROWS[this.line], className)
  }

  /** The UID by which this line knows the class; undefined for a class that we never write. */
  uidOf(className: string): bigint | undefined {
    return this.has(className) ? this.descriptor(className).uid : undefined
  }

  /** Throws a plain Error for a class that is not in the table: we never write it. */
  descriptor(className: string): JavaClassDescriptor {
    return cached(this.#descriptors, className, () => this.#describe(className))
  }

  /**
   * A Scala `object` as this line writes it. Scala 2.12 writes an ordinary object, which the reader
   * replaces by its own: the fields of a big one can be left out. Scala 2.13 names its class only.
   */
  singleton(className: string): JavaObject {
    return cached(this.#singletons, className, () =>
      this.line === '2.12'
        ? javaObject(withoutFields(this.descriptor(className)), {})
        : this.#moduleProxy(className),
    )
  }

  #moduleProxy(className: string): JavaObject {
    // The JVM resolves a class described as not serializable by its name alone, without comparing a
    // UID (java.io.ObjectInputStream, all releases), so any release understands it.
    const descriptor = this.has(className) ? this.descriptor(className) : bareClass(className)
    return javaObject(this.descriptor('scala.runtime.ModuleSerializationProxy'), {
      moduleClass: { kind: 'class', descriptor },
    })
  }

  #describe(className: string): JavaClassDescriptor {
    const row = this.has(className) ? ROWS[this.line][className] : undefined
    if (row === undefined) throw new Error(`${className} is not in the table of ${this.line}`)
    return {
      kind: 'descriptor',
      name: className,
      uid: this.#uidOverrides.get(className) ?? BigInt(row.uid),
      flags: row.flags,
      fields: row.fields.map(([name = '', type = '']) => ({
        name,
        type: type.charAt(0) as JavaTypeCode,
        signature: type.length > 1 ? type : null,
      })),
      superclass: row.super === null ? null : this.descriptor(row.super),
    }
  }
}

const LINES: Readonly<Record<ScalaLine, ClassTable>> = {
  '2.12': new ClassTable({ line: '2.12' }),
  '2.13': new ClassTable({ line: '2.13' }),
}
const PROFILES = new WeakMap<ScalaProfile, ClassTable>()

/** The table of a line or profile; made once per line and once per profile object. */
export function classTableOf(target: ScalaTarget): ClassTable {
  const profile = profileOf(target)
  if (profile.uidOverrides === undefined) return LINES[profile.line]
  return cached(PROFILES, profile, () => new ClassTable(profile))
}

function bareClass(name: string): JavaClassDescriptor {
  return { kind: 'descriptor', name, uid: 0n, flags: 0, fields: [], superclass: null }
}

// The descriptor itself when there is nothing to leave out, so that the writer can share it.
function withoutFields(descriptor: JavaClassDescriptor): JavaClassDescriptor {
  const superclass = descriptor.superclass === null ? null : withoutFields(descriptor.superclass)
  return descriptor.fields.length === 0 && superclass === descriptor.superclass
    ? descriptor
    : { ...descriptor, fields: [], superclass }
}

function cached<K, V>(
  cache: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const found = cache.get(key)
  if (found !== undefined) return found
  const made = make()
  cache.set(key, made)
  return made
}
