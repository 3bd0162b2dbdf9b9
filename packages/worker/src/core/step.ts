// The worker's only entry: one event in, the effects that follow out.
import type { Effect, Out } from './effects.ts'
import type { Monotonic, WorkerEvent } from './events.ts'
import { decommission, onDecommissionOrdered } from './decommission.ts'
import { onClockTicked } from './deadlines.ts'
import { onApplicationFinished, onKillOrdered, onLaunchOrdered } from './orders.ts'
import {
  onLauncherClosed,
  onLauncherLost,
  onLauncherOpened,
  onLauncherOpenFailed,
  onLauncherTaken,
} from './launcher.ts'
import { onMachineSlept } from './lease.ts'
import { onLinkClosed } from './links.ts'
import {
  onProcessExited,
  onProcessFailed,
  onProcessFetched,
  onProcessNotTaken,
  onProcessStarted,
} from './process-news.ts'
import {
  onHeartbeatAcknowledged,
  onLinkOpened,
  onMasterInStandby,
  onMasterRefused,
  onRegistered,
  onReregistrationAsked,
} from './registration.ts'
import { onReportAcknowledged } from './processes.ts'
import { onStopRequested } from './stopping.ts'
import type { Worker } from './worker.ts'

/**
 * Changes the worker by one event and returns what is to be done about it, in order. Pure: the same
 * worker, event and time give the same change and effects.
 */
export function step(worker: Worker, event: WorkerEvent, at: Monotonic): readonly Effect[] {
  const out: Effect[] = []
  if (worker.over) return out
  worker.now = Math.max(worker.now, at)
  handle(worker, event, worker.now, out)
  return out
}

function handle(worker: Worker, event: WorkerEvent, at: Monotonic, out: Out): void {
  switch (event.type) {
    case 'link.opened':
      return onLinkOpened(worker, event.link, at, out)
    case 'link.closed':
      return onLinkClosed(worker, event.link, event.reason, at, out)
    case 'master.registered':
      return onRegistered(worker, event.link, event.registration, at, out)
    case 'master.refused':
      return onMasterRefused(worker, event.link, event.reason, at, out)
    case 'master.in-standby':
      return onMasterInStandby(worker, event.link, event.leader, at, out)
    case 'master.heartbeat-acknowledged':
      return onHeartbeatAcknowledged(worker, event.link, event.epoch, at, out)
    case 'master.reregistration-asked':
      return onReregistrationAsked(worker, event.link, at, out)
    case 'master.report-acknowledged':
      return onReportAcknowledged(worker, event.link, event.sequence, at, out)
    case 'process.launch-ordered':
      return onLaunchOrdered(worker, event, at, out)
    case 'process.kill-ordered':
      return onKillOrdered(worker, event, at, out)
    case 'application.finished':
      return onApplicationFinished(worker, event, at, out)
    case 'decommission.ordered':
      return onDecommissionOrdered(worker, event, at, out)
    case 'decommission.requested':
      return decommission(worker, `by ${event.signal}`, out)
    case 'process.fetched':
      return onProcessFetched(worker, event.key, at, out)
    case 'process.started':
      return onProcessStarted(worker, event.key, at, out)
    case 'process.failed':
      return onProcessFailed(worker, event.key, event.message, at, out)
    case 'process.not-taken':
      return onProcessNotTaken(worker, event.key, event.message, at, out)
    case 'process.exited':
      return onProcessExited(worker, event, at, out)
    case 'launcher.opened':
      return onLauncherOpened(worker, event.port, event.held, at, out)
    case 'launcher.open-failed':
      return onLauncherOpenFailed(worker, event, at, out)
    case 'launcher.lost':
      return onLauncherLost(worker, event.reason, at, out)
    case 'launcher.taken':
      return onLauncherTaken(worker, event.pid, out)
    case 'launcher.closed':
      return onLauncherClosed(worker, at, out)
    case 'stop.requested':
      return onStopRequested(worker, event.mode, at, out)
    case 'machine.slept':
      return onMachineSlept(worker, event.sleptMs)
    case 'clock.ticked':
      return onClockTicked(worker, at, out)
  }
}
