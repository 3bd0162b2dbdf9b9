// Configuration as tables. Each daemon lists its keys once, as data; parsing, the refusal of bad
// values, `docs/configuration.md` and the start-up line about ignored keys all read the same table.

export type ConfigKind = 'string' | 'boolean' | 'integer' | 'duration-ms' | 'memory-mb' | 'bytes'

export interface ConfigKey<Value> {
  /** `spark.*` as Spark names it, or `hearth.*` for what Hearth adds. */
  readonly key: string
  /** Other spellings that Spark accepts too. */
  readonly aliases?: readonly string[]
  readonly kind: ConfigKind
  readonly default: Value
  readonly min?: number
  readonly max?: number
  /** One sentence: what it does, and what breaks when it is wrong. Units are those of `kind`. */
  readonly doc: string
}

/** A table: property name in the code → key. Values are undefined only where the default is. */
export type ConfigTable = Readonly<
  Record<string, ConfigKey<string | undefined> | ConfigKey<number | undefined> | ConfigKey<boolean>>
>

/** The typed values of a table. */
export type ConfigOf<Table extends ConfigTable> = {
  readonly [Name in keyof Table]: Table[Name] extends ConfigKey<infer Value> ? Value : never
}
