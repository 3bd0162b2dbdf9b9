// Configuration as tables. Each daemon lists its keys once, as data; parsing, the refusal of bad
// values, `docs/configuration.md` and the start-up line about ignored keys all read the same table.

/** What a key's value is in the code: durations in milliseconds, memory in MiB, sizes in bytes. */
interface ValueOfKind {
  readonly string: string
  readonly boolean: boolean
  readonly integer: number
  readonly fraction: number
  readonly 'duration-ms': number
  readonly 'memory-mb': number
  readonly bytes: number
}

export type ConfigKind = keyof ValueOfKind

export type DurationUnit = 'us' | 'ms' | 's' | 'min' | 'h' | 'd'
export type SizeUnit = 'b' | 'k' | 'm' | 'g' | 't' | 'p'

interface KeyOf<Kind extends ConfigKind> {
  /**
   * `spark.*` as Spark names it, or `hearth.*` for what Hearth adds. `{name}` in it stands for a name that
   * the user chooses: there is one such key for each (`readNamedConfig`).
   */
  readonly key: string
  /** Other spellings that Spark accepts too; the first spelling that is set wins. */
  readonly aliases?: readonly string[]
  readonly kind: Kind
  /** In the units of `kind`; undefined when the key has no value unless somebody sets it. */
  readonly default: ValueOfKind[Kind] | undefined
  readonly min?: number
  readonly max?: number
  /** The only values of a `string` key; letters of either case are accepted. */
  readonly choices?: readonly string[]
  /**
   * What a number without a unit means. Unset: milliseconds, MiB or bytes, as the kind says. Spark
   * reads some keys in seconds, and its users write them bare.
   */
  readonly bareUnit?: DurationUnit | SizeUnit
  /** One sentence: what it does, and what breaks when it is wrong. */
  readonly doc: string
}

/** One key. Tables are written as object literals with `satisfies ConfigTable`. */
export type ConfigKey = { readonly [Kind in ConfigKind]: KeyOf<Kind> }[ConfigKind]

/** A table: property name in the code → key. */
export type ConfigTable = Readonly<Record<string, ConfigKey>>

type ValueOf<Key extends ConfigKey> =
  | ValueOfKind[Key['kind']]
  | (undefined extends Key['default'] ? undefined : never)

/** The typed values of a table; undefined only where the default is. */
export type ConfigOf<Table extends ConfigTable> = {
  readonly [Name in keyof Table]: ValueOf<Table[Name]>
}
