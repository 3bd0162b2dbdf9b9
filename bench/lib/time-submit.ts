import { SPARK_PI_CLASS, sparkPiJar } from '../../test/support/spark-pi.ts'
import { sparkHome, type SparkVersion } from '../../test/support/spark-distributions.ts'
import { Submission } from '../../test/support/submission.ts'
import type { Subject } from './subject.ts'

/** Milliseconds from the start of spark-submit to the driver's line about its first task. */
export async function timeToFirstTask(subject: Subject, version: SparkVersion): Promise<number> {
  const jar = await sparkPiJar(version)
  const startedAt = performance.now()
  const submission = new Submission({
    sparkHome: sparkHome(version),
    masterUrl: subject.masterUrl,
    environment: subject.environment,
    directory: subject.directory,
    name: 'bench',
    conf: { 'spark.cores.max': '1' },
    args: ['--class', SPARK_PI_CLASS, jar, '1'],
  })
  const elapsed = await submission
    .seen(/Starting task 0\.0 in stage/)
    .then(() => performance.now() - startedAt)
  await submission.succeeded()
  return elapsed
}
