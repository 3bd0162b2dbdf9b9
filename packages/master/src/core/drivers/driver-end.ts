// How a driver leaves the pool, for good or for another one in its place.
import type { DriverState } from '@hearth/common/domain/states.ts'
import { releaseDriver } from '../books.ts'
import type { Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { Hint, Now } from '../events.ts'
import { moveDriver } from '../moves.ts'
import { driverKey } from '../records.ts'
import type { Driver } from './driver.ts'

export interface DriverEnd {
  readonly state: Extract<DriverState, 'finished' | 'failed' | 'killed' | 'error' | 'relaunched'>
  readonly message: string | null
  readonly exitCode?: number | null
  readonly hint?: Hint | null
}

/**
 * The one place where a driver ends: its resources are free, its record goes, whoever waits is answered. The
 * record of one whose place another takes stays until that one's is durable: a death between the two writes
 * leaves both, never none.
 */
export function endDriver(
  cluster: Cluster,
  driver: Driver,
  { state, message, exitCode = driver.exitCode, hint = driver.hint }: DriverEnd,
  now: Now,
  out: Out,
): void {
  moveDriver(driver, state, message ?? 'reported', now)
  driver.endedAt = now.wall
  driver.message = message
  driver.exitCode = exitCode
  driver.hint = hint
  driver.wait = null
  driver.notBefore = null
  driver.backoffs.clear()
  forgetDriver(cluster, driver)
  if (state !== 'relaunched') out.push({ type: 'persist', key: driverKey(driver.id), record: null })
  dropReplaced(driver, out)
  refuseSubmission(driver, out)
  const level = state === 'failed' || state === 'error' ? 'error' : 'info'
  const why = hint === null ? message : `${message ?? 'it ended'} (${hint.text})`
  const text = `driver ${driver.id} ${state}${why === null ? '' : `: ${why}`}`
  out.push({ type: 'note', level, about: `driver:${driver.id}`, text })
  // What it ran may be megabytes, and nobody runs it again.
  const { kind } = driver.description.payload
  driver.description = { ...driver.description, payload: { kind } }
  const { completedDrivers, settings } = cluster
  completedDrivers.push(driver)
  if (completedDrivers.length > settings.retainedDrivers) {
    // A tenth at a time, as Spark does.
    completedDrivers.splice(0, Math.max(1, Math.floor(settings.retainedDrivers / 10)))
  }
}

/** Takes the driver out of the books without a trace: it was never in, or is remembered elsewhere. */
export function forgetDriver(cluster: Cluster, driver: Driver): void {
  releaseDriver(cluster, driver)
  cluster.waitingDrivers.delete(driver)
  cluster.drivers.delete(driver.id)
  cluster.placementDue = true
}

/** The record of the driver whose place it took goes: its own is durable, or it is over. */
export function dropReplaced(driver: Driver, out: Out): void {
  const { replaces } = driver
  if (replaces === null) return
  driver.replaces = null
  out.push({ type: 'persist', key: driverKey(replaces), record: null })
}

// Only a driver that ends before its record was durable has a submission that waits.
function refuseSubmission(driver: Driver, out: Out): void {
  const { request, id } = driver
  if (request === null) return
  driver.request = null
  const reason = `driver ${id} was killed before it was stored`
  out.push({ type: 'reply', request, reply: { type: 'refused', reason } })
}
