import path from 'node:path'
import { findOnPath, isExecutableFile } from './programs.ts'
import { variable, type Environment } from './variables.ts'

/**
 * The java program for executors that name none: `$JAVA_HOME/bin/java`, else `java` on the PATH, as
 * Spark's start scripts choose it. Throws with what to install or set.
 */
export function findJava(environment: Environment): string {
  const javaHome = variable('JAVA_HOME', environment, {})
  if (javaHome !== undefined) {
    const program = path.resolve(javaHome, 'bin/java')
    if (isExecutableFile(program)) return program
    throw new Error(`JAVA_HOME is ${javaHome}, but ${program} is not a program: correct JAVA_HOME`)
  }
  const program = findOnPath('java', environment)
  if (program !== undefined) return program
  throw new Error(
    'no Java: JAVA_HOME is not set and java is not on the PATH; executors need one ' +
      '(17 or 21 for Spark 4, 8 to 17 for Spark 3.5; on Debian: apt install openjdk-17-jre-headless)',
  )
}
