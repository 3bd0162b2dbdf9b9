export type Environment = Readonly<Record<string, string | undefined>>

/**
 * A variable as Spark looks it up for a launch (`AbstractCommandBuilder.getenv`, 3.5 to 4.3): the
 * command's own environment first, then the worker's; an empty value counts as none.
 */
export function variable(
  name: string,
  command: Environment,
  worker: Environment,
): string | undefined {
  return nonEmpty(command[name]) ?? nonEmpty(worker[name])
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
