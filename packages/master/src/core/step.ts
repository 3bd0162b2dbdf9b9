// The only way into the core. The same cluster and the same events give the same effects.
import { onRecordPersistFailed, onRecordPersisted } from './admission.ts'
import {
  onApplicationKillRequested,
  onApplicationRegisterRequested,
  onApplicationUnregisterRequested,
} from './applications.ts'
import { onClientConnectionClosed, onClientDialled, onClientHeard } from './clients.ts'
import type { Cluster } from './cluster.ts'
import { onClockTicked } from './deadlines.ts'
import { onDecommissionAnnounced } from './decommission.ts'
import {
  onAllDriversKillRequested,
  onCompletedClearRequested,
  onDriverKillRequested,
  onDriverSubmitRequested,
} from './drivers/requests.ts'
import { onDriverStateReported } from './drivers/run-reports.ts'
import type { Effect, Out } from './effects.ts'
import type { MasterEvent, Now } from './events.ts'
import { onExecutorStateReported } from './executors.ts'
import { onExecutorsKillRequested, onExecutorsRequested } from './resizing.ts'
import { onPlacementDue } from './scheduling.ts'
import {
  onLauncherDialled,
  onWorkerConnectionClosed,
  onWorkerHeartbeat,
  onWorkerRegisterRequested,
  onWorkerStopping,
} from './workers.ts'

/**
 * Changes the cluster by one event and returns what must be done about it, in order. A handler that
 * frees or adds resources only sets `cluster.placementDue`; the caller sends `placement.due` once per
 * batch, when `isPlacementDue`.
 */
export function step(cluster: Cluster, event: MasterEvent, now: Now): readonly Effect[] {
  const out: Out = []
  handle(cluster, event, now, out)
  return out
}

function handle(cluster: Cluster, event: MasterEvent, now: Now, out: Out): void {
  switch (event.type) {
    case 'worker.register-requested':
      return onWorkerRegisterRequested(cluster, event, now, out)
    case 'worker.heartbeat-received':
      return onWorkerHeartbeat(cluster, event, now, out)
    case 'worker.stopping-announced':
      return onWorkerStopping(cluster, event, now, out)
    case 'worker.decommission-announced':
      return onDecommissionAnnounced(cluster, event, now, out)
    case 'worker.connection-closed':
      return onWorkerConnectionClosed(cluster, event, now, out)
    case 'worker.launcher-dialled':
      return onLauncherDialled(cluster, event, now, out)
    case 'executor.state-reported':
      return onExecutorStateReported(cluster, event, now, out)
    case 'application.register-requested':
      return onApplicationRegisterRequested(cluster, event, now, out)
    case 'application.unregister-requested':
      return onApplicationUnregisterRequested(cluster, event, now, out)
    case 'application.kill-requested':
      return onApplicationKillRequested(cluster, event, now, out)
    case 'application.executors-requested':
      return onExecutorsRequested(cluster, event, out)
    case 'application.executors-kill-requested':
      return onExecutorsKillRequested(cluster, event, out)
    case 'driver.submit-requested':
      return onDriverSubmitRequested(cluster, event, now, out)
    case 'driver.kill-requested':
      return onDriverKillRequested(cluster, event, now, out)
    case 'drivers.kill-all-requested':
      return onAllDriversKillRequested(cluster, event, now, out)
    case 'completed.clear-requested':
      return onCompletedClearRequested(cluster, event, out)
    case 'driver.state-reported':
      return onDriverStateReported(cluster, event, now, out)
    case 'client.heard':
      return onClientHeard(cluster, event, now)
    case 'client.connection-closed':
      return onClientConnectionClosed(cluster, event, now, out)
    case 'client.dialled':
      return onClientDialled(cluster, event, now, out)
    case 'record.persisted':
      return onRecordPersisted(cluster, event, now, out)
    case 'record.persist-failed':
      return onRecordPersistFailed(cluster, event, now, out)
    case 'placement.due':
      return onPlacementDue(cluster, now, out)
    case 'clock.ticked':
      return onClockTicked(cluster, now, out)
  }
}
