// The per-worker table of an explanation.
import type { ResourceAmounts } from '@hearth/common/domain/resources.ts'
import { isAdmitted, type Cluster, type Worker } from '../cluster.ts'
import { lackOf } from '../placement/lack.ts'
import type { Verdict, WorkerVerdict } from './explanation.ts'

/**
 * One verdict per worker that is not dead, in the order of registration. `refusalOf` says what, beyond its
 * own state and size, keeps the asker from a worker.
 */
export function judgeWorkers(
  cluster: Cluster,
  unit: ResourceAmounts,
  refusalOf: (worker: Worker) => Verdict | undefined,
): WorkerVerdict[] {
  const verdicts: WorkerVerdict[] = []
  for (const worker of cluster.workers.values()) {
    if (worker.state === 'dead') continue
    verdicts.push({
      workerId: worker.id,
      host: worker.host,
      offered: worker.offered,
      free: worker.free,
      verdict: verdictOf(worker, unit, refusalOf),
      tooSmall: lackOf(unit, worker.offered) ?? null,
      quarantine: worker.quarantine?.reason ?? null,
    })
  }
  return verdicts
}

export function countVerdicts(
  workers: readonly WorkerVerdict[],
): Readonly<Partial<Record<Verdict, number>>> {
  const counts: Partial<Record<Verdict, number>> = {}
  for (const { verdict } of workers) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}

/** The reason that the table of workers shows. */
export function codeOfVerdicts(
  workers: readonly WorkerVerdict[],
  counts: Readonly<Partial<Record<Verdict, number>>>,
): 'may-start-now' | 'no-workers' | 'no-usable-workers' | 'too-little-free' {
  if ((counts.fits ?? 0) > 0) return 'may-start-now'
  const present = workers.filter(({ verdict }) => verdict !== 'away')
  if (present.length === 0) return 'no-workers'
  const isLacking = present.some(
    ({ verdict }) => verdict === 'cores' || verdict === 'memory' || verdict.startsWith('custom:'),
  )
  return isLacking ? 'too-little-free' : 'no-usable-workers'
}

function verdictOf(
  worker: Worker,
  unit: ResourceAmounts,
  refusalOf: (worker: Worker) => Verdict | undefined,
): Verdict {
  if (worker.state === 'away') return 'away'
  if (!isAdmitted(worker)) return 'joining'
  if (worker.decommissioning) return 'decommissioning'
  if (worker.quarantine !== null) return 'quarantined'
  return refusalOf(worker) ?? lackOf(unit, worker.free) ?? 'fits'
}
