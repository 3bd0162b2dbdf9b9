// The per-worker table of an explanation.
import type { ResourceAmounts } from '@hearth/common/domain/resources.ts'
import { isAdmitted, type Application, type Cluster, type Worker } from '../cluster.ts'
import type { Now } from '../events.ts'
import { isBackingOff } from '../launch-health.ts'
import { lackOf } from '../placement/lack.ts'
import type { Verdict, WorkerVerdict } from './explanation.ts'

/** One verdict per worker that is not dead, in the order of registration. */
export function judgeWorkers(
  cluster: Cluster,
  application: Application,
  unit: ResourceAmounts,
  now: Now,
): WorkerVerdict[] {
  const verdicts: WorkerVerdict[] = []
  for (const worker of cluster.workers.values()) {
    if (worker.state === 'dead') continue
    verdicts.push({
      workerId: worker.id,
      host: worker.host,
      offered: worker.offered,
      free: worker.free,
      verdict: verdictOf(worker, application, unit, now),
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

function verdictOf(
  worker: Worker,
  application: Application,
  unit: ResourceAmounts,
  now: Now,
): Verdict {
  if (worker.state === 'away') return 'away'
  if (!isAdmitted(worker)) return 'joining'
  if (worker.decommissioning) return 'decommissioning'
  if (worker.quarantine !== null) return 'quarantined'
  if (isBackingOff(application, worker, now)) return 'backing-off'
  return lackOf(unit, worker.free) ?? 'fits'
}
