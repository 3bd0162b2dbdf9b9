// A JDK for the tests: Spark runs on it and javac compiles the tests' own Spark program.
import { findJava } from '../../packages/cli/src/spark/find-java.ts'
import { runProgram } from '../../packages/cli/src/spark/run-program.ts'
import { installDebianPackage } from './debian-packages.ts'
import { testEnvironment } from './environment.ts'

const OLDEST_RELEASE = 17

/** Makes `java` and `javac` of release 17 or newer available on the PATH or under JAVA_HOME. */
export async function provideJava(): Promise<void> {
  if (await hasJdk()) return
  const packages = ['openjdk-17-jdk-headless', 'openjdk-21-jdk-headless']
  await installDebianPackage(packages, 'Java')
  if (!(await hasJdk())) {
    throw new Error('Java was installed but is not found: is JAVA_HOME set to another one?')
  }
}

/** A program of the JDK, as found by {@link findJava}. */
export function jdkProgram(name: 'java' | 'javac' | 'jar'): string {
  const javaHome = testEnvironment()['JAVA_HOME'] ?? ''
  return javaHome === '' ? name : `${javaHome}/bin/${name}`
}

async function hasJdk(): Promise<boolean> {
  const environment = testEnvironment()
  const java = await findJava(environment)
  if (java === undefined || java.release < OLDEST_RELEASE) return false
  const compiler = await runProgram(jdkProgram('javac'), ['-version'], environment)
  return compiler.exitCode === 0
}
