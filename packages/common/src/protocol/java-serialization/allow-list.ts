/** Says whether a class may appear in a stream, even though only as data. */
export type ClassFilter = (className: string) => boolean

/** A filter that allows the names given, and every name that starts with one of the prefixes. */
export function allowClasses(
  names: readonly string[],
  prefixes: readonly string[] = [],
): ClassFilter {
  const exact = new Set(names)
  return (className) =>
    exact.has(className) || prefixes.some((prefix) => className.startsWith(prefix))
}

/**
 * The class that decides whether an array may appear: `[[Ljava.lang.String;` is as harmless as
 * `java.lang.String`. Null for arrays of primitives; any other name is returned as it is.
 */
export function elementClass(className: string): string | null {
  if (!className.startsWith('[')) return className
  const dimensions = /^\[*/.exec(className)?.[0].length ?? 0
  const element = className.slice(dimensions)
  return element.startsWith('L') && element.endsWith(';') ? element.slice(1, -1) : null
}
