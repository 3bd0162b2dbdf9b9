/** Placeholder, with its braces, → what stands in its place. */
export type Placeholders = Readonly<Record<string, string>>

/** What the placeholders in a command stand for. */
export interface Substitutions {
  /** For an argument that is exactly a placeholder. */
  readonly inArguments: Placeholders
  /** For a placeholder anywhere in a Java option. */
  readonly inJavaOptions: Placeholders
}

/**
 * An argument that is exactly a placeholder becomes its value; any other stays as it is
 * (`ExecutorRunner.substituteVariables` and the one of `DriverRunner`, Spark 3.5 to 4.3).
 */
export function substituteArgument(argument: string, { inArguments }: Substitutions): string {
  return Object.hasOwn(inArguments, argument) ? (inArguments[argument] ?? argument) : argument
}

/**
 * In a Java option placeholders are replaced wherever they stand: they name log and dump files
 * (`Utils.substituteAppNExecIds`, Spark 3.5 to 4.3).
 */
export function substituteJavaOption(option: string, { inJavaOptions }: Substitutions): string {
  return Object.entries(inJavaOptions).reduce(
    (text, [placeholder, value]) => text.replaceAll(placeholder, () => value),
    option,
  )
}
