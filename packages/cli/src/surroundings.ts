// Everything a command touches outside itself comes in through here, so that tests can stand in.

export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>
  /** The program's own file, to start daemons with. */
  readonly program: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** True when a person reads standard error and can answer. */
  readonly interactive: boolean
}

/** Those of this process. */
export function processSurroundings(): Surroundings {
  // A reader that went away (`hearth logs … | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
  return {
    environment: definedVariables(process.env),
    program: process.argv[1] ?? '',
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stdin.isTTY && process.stderr.isTTY,
  }
}

function definedVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) variables[name] = value
  }
  return variables
}
