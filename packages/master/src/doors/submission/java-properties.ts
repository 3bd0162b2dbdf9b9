/** The `-Dkey=value` among a JVM's options; the last of equal keys wins, as in a JVM. */
export function propertiesOf(javaOptions: readonly string[]): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  for (const option of javaOptions) {
    const match = /^-D([^=]+)(?:=([\s\S]*))?$/.exec(option)
    if (match?.[1] !== undefined) properties.set(match[1], match[2] ?? '')
  }
  return properties
}
