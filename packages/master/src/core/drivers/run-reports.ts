// What workers report of runs, and what becomes of a run that has ended.
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import type { Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { DriverReport, Now, PeerId } from '../events.ts'
import { moveDriver } from '../moves.ts'
import { NO_COUNTS } from '../placement/wait.ts'
import { registeredWorker } from '../worker-peers.ts'
import type { Driver } from './driver.ts'
import { endDriver } from './driver-end.ts'
import { passOver } from './pass-over.ts'
import { relaunchOrEnd } from './relaunch.ts'
import { giveBackRun, startRun } from './runs.ts'
import { countRestart, describeLimit, nextDelay } from './supervision.ts'

/**
 * A worker's report. Always acknowledged, also when it is about a run that ended long ago: a worker repeats
 * what was not acknowledged.
 */
export function onDriverStateReported(
  cluster: Cluster,
  { peer, report }: { peer: PeerId; report: DriverReport },
  now: Now,
  out: Out,
): void {
  const worker = registeredWorker(cluster, peer, out)
  if (worker === undefined) return
  worker.lastHeardAt = now.mono
  const { sequence, driverId, attempt, state } = report
  out.push({ type: 'send-worker', peer, message: { type: 'report-acknowledged', sequence } })
  const driver = worker.drivers.get(driverId)
  const isCurrent = driver?.attempt === attempt && driver.state !== 'restarting'
  if (driver === undefined || !isCurrent) {
    const text = `worker ${worker.id} reports run ${attempt} of driver ${driverId} ${state}, which is not its own or has ended; ignored`
    out.push({ type: 'note', level: 'warn', about: `worker:${worker.id}`, text })
    if (isExecutorOver(state)) return
    out.push({ type: 'send-worker', peer, message: { type: 'kill-driver', driverId, attempt } })
  } else if (isExecutorOver(state)) endRun(cluster, driver, report, now, out)
  else if (state === 'running') startRun(driver, now)
}

// Spark's final states (DriverRunner, 3.5 and 4.x): killed when we ordered it, finished with exit code 0,
// failed with any other, error when it could not be started. What its worker ended without our order was
// lost, not killed.
function endRun(cluster: Cluster, driver: Driver, report: DriverReport, now: Now, out: Out): void {
  const { state, exitCode, message, hint } = report
  driver.exitCode = exitCode
  driver.message = message
  driver.hint = hint
  if (state === 'exited' && exitCode === 0) {
    endDriver(cluster, driver, { state: 'finished', message: null }, now, out)
  } else if (driver.ending) {
    endDriver(cluster, driver, { state: 'killed', message }, now, out)
  } else if (state === 'exited') {
    failRun(cluster, driver, now, out)
  } else if (state === 'failed') {
    endDriver(cluster, driver, { state: 'error', message }, now, out)
  } else if (driver.state === 'launching' && state === 'lost') {
    giveBackRun(cluster, driver, notTaken(cluster, driver, now), now, out)
  } else {
    relaunchOrEnd(
      cluster,
      driver,
      { reason: message ?? `it was ${state}`, notBefore: null },
      now,
      out,
    )
  }
}

// The worker is passed over; returns what is said of that.
function notTaken(cluster: Cluster, driver: Driver, now: Now): string {
  const { workerId, message } = driver
  if (workerId === null) return 'no worker took it'
  const seconds = passOver(cluster, driver, workerId, now) / 1000
  const why = message === null ? '' : ` (${message})`
  return `worker ${workerId} did not take it${why} and is passed over, for ${seconds} s at least`
}

function failRun(cluster: Cluster, driver: Driver, now: Now, out: Out): void {
  const { settings } = cluster
  const message = driver.message ?? `exited with code ${driver.exitCode}`
  if (!driver.description.supervise) {
    endDriver(cluster, driver, { state: 'failed', message }, now, out)
    return
  }
  if (!countRestart(driver, now.mono, settings)) {
    const limit = `${describeLimit(driver, settings)}; the last run: ${message}`
    endDriver(cluster, driver, { state: 'failed', message: limit }, now, out)
    return
  }
  const ranForMs = driver.runningAt === null ? null : now.mono - driver.runningAt
  driver.delayMs = nextDelay(driver.delayMs, ranForMs, settings)
  driver.notBefore = now.mono + driver.delayMs
  driver.runningAt = null
  moveDriver(driver, 'restarting', message, now)
  driver.wait = { code: 'restart-delay', counts: NO_COUNTS }
  const text = `driver ${driver.id} is started again in ${driver.delayMs / 1000} s: ${message}`
  out.push({ type: 'note', level: 'warn', about: `driver:${driver.id}`, text })
}
