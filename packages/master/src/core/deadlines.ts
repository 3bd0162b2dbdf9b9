// What passes with time. One tick a second looks at everything that can expire.
import { checkClients } from './clients.ts'
import type { Cluster } from './cluster.ts'
import { checkDrivers } from './drivers/restarts.ts'
import type { Out } from './effects.ts'
import type { Now } from './events.ts'
import { checkLaunchHealth } from './launch-health.ts'
import { checkWorkers, repeatLosses } from './worker-loss.ts'

/** Ticks come every second; a gap like this means that the master itself did not run. */
const STALL_MS = 5_000

export function onClockTicked(cluster: Cluster, now: Now, out: Out): void {
  forgiveStall(cluster, now, out)
  checkWorkers(cluster, now, out)
  checkClients(cluster, now, out)
  repeatLosses(cluster, now, out)
  checkLaunchHealth(cluster, now, out)
  checkDrivers(cluster, now, out)
}

// A master that was stopped or suspended has heard nobody, which says nothing about the others: their
// silence is counted from now.
function forgiveStall(cluster: Cluster, now: Now, out: Out): void {
  const gap = cluster.lastTickAt === null ? 0 : now.mono - cluster.lastTickAt
  cluster.lastTickAt = now.mono
  if (gap < STALL_MS) return
  for (const worker of cluster.workers.values()) {
    worker.lastHeardAt += gap
    if (worker.state === 'away') worker.leftAt += gap
  }
  for (const application of cluster.applications.values()) {
    application.lastHeardAt += gap
    if (application.disconnectedAt !== null) application.disconnectedAt += gap
  }
  out.push({
    type: 'note',
    level: 'warn',
    about: 'master',
    text: `this master did not run for ${Math.round(gap / 1000)} s; nobody's silence in that time is counted`,
  })
}
