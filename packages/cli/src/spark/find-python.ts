import { CommandFailure } from '../command-failure.ts'
import { runProgram } from './run-program.ts'

const INSTALL_PYTHON = [
  'Debian, Ubuntu:  apt-get install python3 python3-pip',
  'Fedora, RHEL:    dnf install python3 python3-pip',
  'macOS:           brew install python',
].join('\n')

/** The Python that PySpark is run with: PYSPARK_PYTHON, or `python3`. */
export function pythonProgram(environment: Readonly<Record<string, string>>): string {
  const configured = environment['PYSPARK_PYTHON'] ?? ''
  return configured === '' ? 'python3' : configured
}

/** Throws a {@link CommandFailure} that says what to install when there is no Python 3. */
export async function requirePython(
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const program = pythonProgram(environment)
  const { exitCode } = await runProgram(
    program,
    ['-c', 'import sys; sys.exit(sys.version_info[0] != 3)'],
    environment,
  )
  if (exitCode === 0) return program
  throw new CommandFailure(`there is no Python 3: '${program}' does not run`, {
    hint: INSTALL_PYTHON,
  })
}

/** Throws a {@link CommandFailure} that says what to install when Python has no pip. */
export async function requirePip(
  python: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const { exitCode } = await runProgram(python, ['-m', 'pip', '--version'], environment)
  if (exitCode === 0) return
  throw new CommandFailure(`${python} has no pip, which fetches Spark from PyPI`, {
    hint: `${INSTALL_PYTHON}\nor point SPARK_HOME at an installed Spark`,
  })
}
