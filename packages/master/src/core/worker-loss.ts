// How a worker is lost, and why its losses are said more than once.
import { refreshOrder } from './books.ts'
import type { Cluster, Executor, LossReminder, Worker } from './cluster.ts'
import { loseDrivers } from './drivers/driver-loss.ts'
import type { Out } from './effects.ts'
import type { Now } from './events.ts'
import { endExecutor } from './executors.ts'
import { moveWorker } from './moves.ts'
import { workerKey } from './records.ts'
import { releaseAddress } from './worker-addresses.ts'

/** An executor older than this has registered with its driver, or never will. */
const YOUNG_EXECUTOR_MS = 120_000

/** When a loss is said again, counted from the loss. */
const REMINDER_DELAYS_MS: readonly number[] = [5_000, 15_000, 45_000, 120_000]

export interface WorkerLoss {
  readonly reason: string
  /** Its processes are known to have ended with its launcher; else they may live on for a while. */
  readonly isLauncherDead: boolean
}

/** Declares the worker dead: its executors and drivers are lost, clients hear of it, its record goes. */
export function loseWorker(
  cluster: Cluster,
  worker: Worker,
  loss: WorkerLoss,
  now: Now,
  out: Out,
): void {
  if (worker.state === 'dead') return
  const { reason } = loss
  moveWorker(worker, 'dead', reason, now)
  refreshOrder(cluster, worker)
  if (worker.peer !== null) cluster.workerByPeer.delete(worker.peer)
  releaseAddress(cluster, worker)
  worker.peer = null
  worker.leftAt = now.mono
  out.push({
    type: 'note',
    level: 'warn',
    about: `worker:${worker.id}`,
    text: `worker ${worker.id} is lost: ${reason}; executors lost with it: ${worker.executors.size}${worker.drivers.size > 0 ? `, drivers: ${worker.drivers.size}` : ''}`,
  })
  loseDrivers(cluster, worker, loss, now, out)
  for (const executor of [...worker.executors.values()]) {
    loseExecutor(cluster, worker, executor, reason, now, out)
  }
  out.push({ type: 'persist', key: workerKey(worker.id), record: null })
  for (const application of cluster.applications.values()) {
    if (application.peer === null) continue
    out.push({
      type: 'send-client',
      peer: application.peer,
      message: { type: 'worker-removed', workerId: worker.id, host: worker.host, reason },
    })
  }
  cluster.placementDue = true
}

function loseExecutor(
  cluster: Cluster,
  worker: Worker,
  executor: Executor,
  reason: string,
  now: Now,
  out: Out,
): void {
  const application = cluster.applications.get(executor.applicationId)
  if (application === undefined) return
  const message = `worker lost: ${reason}`
  if (now.mono - executor.launchedAt < YOUNG_EXECUTOR_MS) {
    cluster.reminders.push({
      applicationId: executor.applicationId,
      executor: executor.number,
      workerId: worker.id,
      workerHost: worker.host,
      message,
      dueAt: REMINDER_DELAYS_MS.map((delay) => now.mono + delay),
    })
  }
  const end = { state: 'lost', exitCode: null, message, workerHost: worker.host } as const
  endExecutor(cluster, application, executor, end, now, out)
}

/**
 * Says young losses again. A driver that hears LOST before the executor has registered forgets it, and
 * accepts it later under the same id: a ghost that works on cores nobody counts. Heard after the
 * registration, the same message makes the driver stop it (seen on 3.5.9 and 4.3.0).
 */
export function repeatLosses(cluster: Cluster, now: Now, out: Out): void {
  if (cluster.reminders.length === 0) return
  for (const reminder of cluster.reminders) repeatLoss(cluster, reminder, now, out)
  cluster.reminders = cluster.reminders.filter((reminder) => reminder.dueAt.length > 0)
}

function repeatLoss(cluster: Cluster, reminder: LossReminder, now: Now, out: Out): void {
  let isDue = false
  while (reminder.dueAt[0] !== undefined && reminder.dueAt[0] <= now.mono) {
    reminder.dueAt.shift()
    isDue = true
  }
  const peer = cluster.applications.get(reminder.applicationId)?.peer
  if (!isDue || peer == null) return
  const { executor, message, workerHost } = reminder
  out.push({
    type: 'send-client',
    peer,
    message: {
      type: 'executor-updated',
      executor,
      state: 'lost',
      message,
      exitCode: null,
      workerHost,
    },
  })
}

/** Loses the silent and those that stayed away, asks after the others, forgets the long dead. */
export function checkWorkers(cluster: Cluster, now: Now, out: Out): void {
  const { settings } = cluster
  for (const worker of [...cluster.workers.values()]) {
    if (worker.state === 'alive' && now.mono - worker.lastHeardAt >= settings.workerTimeoutMs) {
      const reason = `Not receiving heartbeat for ${settings.workerTimeoutMs / 1000} seconds`
      if (worker.peer !== null) out.push({ type: 'disconnect', peer: worker.peer, reason })
      loseWorker(cluster, worker, { reason, isLauncherDead: false }, now, out)
    } else if (worker.state === 'away') {
      if (now.mono - worker.leftAt >= settings.workerReturnTimeoutMs) {
        const seconds = settings.workerReturnTimeoutMs / 1000
        const reason = `it did not come back within ${seconds} s`
        loseWorker(cluster, worker, { reason, isLauncherDead: false }, now, out)
      } else if (!worker.dialling) dialLauncher(worker, out)
    } else if (
      worker.state === 'dead' &&
      now.mono - worker.leftAt >= settings.deadWorkerRetentionMs
    ) {
      cluster.workers.delete(worker.id)
    }
  }
}

/** Its port is only refused when the launcher, and so every child of it, is dead. */
export function dialLauncher(worker: Worker, out: Out): void {
  if (worker.launcherPort === 0) return
  worker.dialling = true
  const { id, host, launcherPort } = worker
  out.push({ type: 'dial-launcher', workerId: id, host, port: launcherPort })
}
