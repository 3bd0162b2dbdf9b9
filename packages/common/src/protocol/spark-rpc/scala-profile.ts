/** The Scala line that a Spark release was compiled with; it decides every message's UID. */
export type ScalaLine = '2.12' | '2.13'

/**
 * How to write for a peer: the classes of its line, with other UIDs for single classes when a release
 * is not known and its UIDs were asked for (see uid-probe.ts). Keys are full class names.
 */
export interface ScalaProfile {
  readonly line: ScalaLine
  readonly uidOverrides?: ReadonlyMap<string, bigint>
}

/** The plain line where nothing needs to be overridden. */
export type ScalaTarget = ScalaLine | ScalaProfile

export function profileOf(target: ScalaTarget): ScalaProfile {
  return typeof target === 'string' ? { line: target } : target
}
