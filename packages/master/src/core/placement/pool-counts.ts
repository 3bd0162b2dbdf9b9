// The workers of the pool, counted by what keeps them from taking something.
import { canTakeExecutors } from '../books.ts'
import type { Cluster } from '../cluster.ts'
import type { Lack } from './lack.ts'
import { NO_COUNTS, type WaitCode, type WaitCounts } from './wait.ts'

/** Workers by what keeps anything away from them. Does not change within a pass. */
export function countPool(cluster: Cluster): WaitCounts {
  const counts = { ...NO_COUNTS }
  for (const worker of cluster.workers.values()) {
    if (worker.state !== 'alive') continue
    counts.alive += 1
    if (worker.decommissioning) counts.decommissioning += 1
    else if (worker.quarantine !== null) counts.quarantined += 1
    else if (!canTakeExecutors(worker)) counts.joining += 1
  }
  return counts
}

/** The pool's counts with what the workers that were looked at lacked, each worker once. */
export function addLacks(
  { order }: Cluster,
  pool: WaitCounts,
  lacks: ReadonlyMap<Lack | 'excluded', number>,
): WaitCounts {
  const { alive, quarantined, decommissioning, joining } = pool
  // Workers without a free core are not in the order: they lack cores for everybody.
  const full = alive - quarantined - decommissioning - joining - order.size
  const counts = { ...pool, cores: full }
  for (const [lack, workers] of lacks) {
    if (lack === 'cores' || lack === 'memory') counts[lack] += workers
    else if (lack === 'excluded') counts.backingOff += workers
    else counts.custom += workers
  }
  return counts
}

/** The reason behind the counts. */
export function waitCodeOf(
  counts: WaitCounts,
): Extract<WaitCode, 'no-workers' | 'no-usable-workers' | 'too-little-free'> {
  if (counts.alive === 0) return 'no-workers'
  const isLacking = counts.cores + counts.memory + counts.custom > 0
  return isLacking ? 'too-little-free' : 'no-usable-workers'
}
