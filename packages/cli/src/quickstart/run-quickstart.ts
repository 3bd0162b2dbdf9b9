import path from 'node:path'
import { planCluster } from '../cluster/cluster-flags.ts'
import { holdCluster } from '../cluster/hold-cluster.ts'
import { watchInterruption } from '../cluster/interruption.ts'
import { EXIT_INTERRUPTED, EXIT_OK } from '../exit-codes.ts'
import { requireJava } from '../spark/find-java.ts'
import { requirePython } from '../spark/find-python.ts'
import { requiredJava } from '../spark/spark-home.ts'
import type { Surroundings } from '../surroundings.ts'
import { demoEnvironment } from './demo-environment.ts'
import type { QuickstartFlags } from './quickstart-flags.ts'
import { provideSpark } from './provide-spark.ts'
import { runPi } from './run-pi.ts'

// Every Spark that could be found or fetched runs on it.
const OLDEST_JAVA = 8

/** From nothing to a printed Pi on a local cluster; resolves with the exit status. */
export async function runQuickstart(
  flags: QuickstartFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { environment, out } = surroundings
  const interruption = watchInterruption()
  const { signal } = interruption
  try {
    // Before a long download: what is missing anyway is said first.
    await requireJava(environment, OLDEST_JAVA)
    await requirePython(environment)
    const spark = await provideSpark(flags.sparkHome, surroundings, signal)
    await requireJava(environment, requiredJava(spark))
    const plan = await planCluster(flags)
    const local = { ...surroundings, environment: await demoEnvironment(environment) }
    const held = { plan, spark, surroundings: local, interruption }
    return await holdCluster(held, async (cluster, lost) => {
      out('computing Pi with spark-submit …\n')
      const startedAt = performance.now()
      const options = { sparkHome: spark.home, masterUrl: cluster.url, environment, signal }
      const logFile = path.join(plan.dir, 'spark-submit.log')
      const pi = await Promise.race([runPi({ ...options, logFile }), lost])
      out(`Pi is roughly ${pi} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`)
      if (!flags.wait) return EXIT_OK
      out(`the cluster stays up at ${cluster.webUiUrl}; Ctrl-C stops it\n`)
      await Promise.race([interruption.happened, lost])
      return EXIT_OK
    })
  } catch (error) {
    if (signal.aborted) return EXIT_INTERRUPTED
    throw error
  } finally {
    interruption.dispose()
  }
}
