// The life of a local cluster in the foreground: start, tell, hold, stop, tidy up.
import { rm } from 'node:fs/promises'
import { EXIT_INTERRUPTED } from '../exit-codes.ts'
import type { FoundSpark } from '../spark/find-spark.ts'
import type { Surroundings } from '../surroundings.ts'
import { formatMemory } from '../text-table.ts'
import type { ClusterPlan } from './cluster-flags.ts'
import type { Interruption } from './interruption.ts'
import { type LocalCluster, startLocalCluster } from './local-cluster.ts'

export interface HoldOptions {
  readonly plan: ClusterPlan
  readonly spark: Pick<FoundSpark, 'home' | 'version' | 'foundBy'>
  readonly surroundings: Surroundings
  readonly interruption: Interruption
}

/**
 * Starts the planned cluster, prints its addresses, and runs `hold` on it. `lost` rejects when the
 * cluster cannot go on: the master or the last worker has ended. When `hold` settles, everything
 * that was started is stopped; a temporary directory is removed unless its logs are needed.
 */
export async function holdCluster(
  { plan, spark, surroundings, interruption }: HoldOptions,
  hold: (cluster: LocalCluster, lost: Promise<never>) => Promise<number>,
): Promise<number> {
  const { out } = surroundings
  let keepLogs = false
  try {
    const cluster = await startLocalCluster({
      ...plan,
      program: surroundings.program,
      environment: { ...surroundings.environment, SPARK_HOME: spark.home },
      signal: interruption.signal,
    })
    try {
      out(describeCluster(cluster, plan, spark))
      const { url, webUiUrl, restUrl } = cluster
      process.send?.({ type: 'ready', url, webUiUrl, restUrl })
      const lost = watchLosses(cluster, plan.workers, surroundings)
      // Whoever holds the cluster may end before it listens to losses.
      lost.catch(() => undefined)
      return await hold(cluster, lost)
    } finally {
      out('stopping\n')
      await cluster.stop()
    }
  } catch (error) {
    if (interruption.signal.aborted) return EXIT_INTERRUPTED
    keepLogs = true
    throw error
  } finally {
    if (plan.dirIsTemporary && !keepLogs) await rm(plan.dir, { recursive: true, force: true })
  }
}

function watchLosses(
  cluster: LocalCluster,
  workers: number,
  { err }: Surroundings,
): Promise<never> {
  let left = workers
  return new Promise((_resolve, reject) => {
    cluster.onLoss((failure, daemon) => {
      left -= daemon === 'worker' ? 1 : 0
      if (daemon === 'master' || left === 0) {
        reject(failure)
        return
      }
      err(`hearth: ${failure.message}; ${left} of ${workers} workers left\n${failure.hint ?? ''}\n`)
    })
  })
}

function describeCluster(
  cluster: LocalCluster,
  plan: ClusterPlan,
  spark: HoldOptions['spark'],
): string {
  const offer = `${plan.coresPerWorker} cores, ${formatMemory(plan.memoryMbPerWorker)}`
  const rows: readonly (readonly [string, string])[] = [
    ['master', cluster.url],
    ['web UI', cluster.webUiUrl],
    ...(cluster.restUrl === null ? [] : [['REST', cluster.restUrl] as const]),
    ...cluster.workers.map(({ name, webUiUrl }) => [name, `${webUiUrl} (${offer})`] as const),
    ['Spark', `${spark.version} in ${spark.home} (${spark.foundBy})`],
    ['logs', plan.dir],
    ['submit', `${spark.home}/bin/spark-submit --master ${cluster.url} …`],
  ]
  return rows.map(([what, value]) => `${what.padEnd(10)}${value}\n`).join('')
}
