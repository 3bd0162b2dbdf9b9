// Provides what the tests against real Spark need, before the first of them: Java, Spark, the tests'
// own Spark program, and what clients of Spark need besides. Everything that is there already costs milliseconds.
import { provideJava } from './java.ts'
import { providePythonPackages } from './python-packages.ts'
import { provideSparkConnect } from './spark-connect.ts'
import { SPARK_VERSIONS, provideSparks } from './spark-distributions.ts'
import { sparkPiJar } from './spark-pi.ts'

/** Called once by vitest before the suites that name this file. */
export async function setup(): Promise<void> {
  await provideJava()
  await provideSparks()
  for (const version of SPARK_VERSIONS) await sparkPiJar(version)
  await providePythonPackages()
  await provideSparkConnect()
}
