import { CommandFailure } from '../command-failure.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { requireJava } from '../spark/find-java.ts'
import { findSpark } from '../spark/find-spark.ts'
import { requiredJava } from '../spark/spark-home.ts'
import type { Surroundings } from '../surroundings.ts'
import { type ClusterFlags, planCluster } from './cluster-flags.ts'
import { watchInterruption } from './interruption.ts'
import { holdCluster } from './hold-cluster.ts'

/** Runs a local cluster until Ctrl-C or until it cannot go on; resolves with the exit status. */
export async function runUp(flags: ClusterFlags, surroundings: Surroundings): Promise<number> {
  const interruption = watchInterruption()
  try {
    const spark = await findSpark(flags.sparkHome, surroundings.environment)
    if (spark === undefined) {
      throw new CommandFailure('found no Spark to run executors with', {
        hint: 'set SPARK_HOME or pass --spark-home; `hearth quickstart` fetches one',
      })
    }
    await requireJava(surroundings.environment, requiredJava(spark))
    const plan = await planCluster(flags)
    return await holdCluster(
      { plan, spark, surroundings, interruption },
      async (_cluster, lost) => {
        surroundings.out('Ctrl-C stops it\n')
        await Promise.race([interruption.happened, lost])
        return EXIT_OK
      },
    )
  } finally {
    interruption.dispose()
  }
}
