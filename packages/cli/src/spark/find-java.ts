import path from 'node:path'
import { CommandFailure } from '../command-failure.ts'
import { runProgram } from './run-program.ts'

export interface Java {
  /** What to run: `$JAVA_HOME/bin/java`, or `java` of the PATH. */
  readonly program: string
  /** 8, 11, 17, 21 … */
  readonly release: number
}

/** Java as Spark's scripts find it: JAVA_HOME, then the PATH. Undefined when there is none. */
export async function findJava(
  environment: Readonly<Record<string, string>>,
): Promise<Java | undefined> {
  const javaHome = environment['JAVA_HOME'] ?? ''
  const program = javaHome === '' ? 'java' : path.join(javaHome, 'bin', 'java')
  const { exitCode, stderr, stdout } = await runProgram(program, ['-version'], environment)
  if (exitCode !== 0) return undefined
  // `openjdk version "17.0.15"`, and `java version "1.8.0_402"` up to Java 8.
  const match = /version "(?:1\.)?(\d+)/.exec(stderr + stdout)
  return match?.[1] === undefined ? undefined : { program, release: Number(match[1]) }
}

/** Throws a {@link CommandFailure} that says what to install unless Java is there and new enough. */
export async function requireJava(
  environment: Readonly<Record<string, string>>,
  oldest: number,
): Promise<Java> {
  const java = await findJava(environment)
  if (java !== undefined && java.release >= oldest) return java
  const javaHome = environment['JAVA_HOME'] ?? ''
  const where = javaHome === '' ? 'on the PATH' : `under JAVA_HOME (${javaHome})`
  throw new CommandFailure(
    java === undefined
      ? `there is no Java ${where}`
      : `Java ${java.release} ${where} is too old: Java ${oldest} or newer is needed`,
    {
      hint: [
        'Debian, Ubuntu:  apt-get install openjdk-17-jre-headless',
        'Fedora, RHEL:    dnf install java-17-openjdk-headless',
        'macOS:           brew install openjdk@17, then set JAVA_HOME as it says',
      ].join('\n'),
    },
  )
}
