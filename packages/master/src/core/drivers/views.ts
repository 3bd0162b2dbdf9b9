// Read-only pictures of drivers for doors that show them.
import type { ResourceAmounts, ResourceAddresses } from '@hearth/common/domain/resources.ts'
import type { DriverState } from '@hearth/common/domain/states.ts'
import { parseDriverId, type Instant } from '@hearth/common/domain/ids.ts'
import type { Cluster } from '../cluster.ts'
import type { Hint } from '../events.ts'
import type { Driver } from './driver.ts'
import { describeDriverWait, type DriverWaitCode } from './wait.ts'

export interface DriverView {
  readonly id: string
  readonly name: string
  readonly mainClass: string
  readonly user: string
  readonly state: DriverState
  readonly supervise: boolean
  readonly resources: ResourceAmounts
  /** The addresses of custom resources that it was given; none while no worker has it. */
  readonly addresses: ResourceAddresses
  /** The worker that has it, or had it last; null before. */
  readonly workerId: string | null
  /** `host:port` of the same, as Spark's status names it. */
  readonly workerHostPort: string | null
  readonly workerWebUiUrl: string | null
  readonly submittedAt: Instant
  readonly endedAt: Instant | null
  /** Of its last run that ended. */
  readonly exitCode: number | null
  /** Why it ended, or why its last run did; null when there is nothing to say. */
  readonly message: string | null
  readonly hint: Hint | null
  /** Runs that were started under this id; a supervised driver may have several. */
  readonly runs: number
  /** The driver whose place it took, because that one was lost with its worker. */
  readonly relaunchOf: string | null
  /** The driver that took its place. */
  readonly relaunchedAs: string | null
  /** Why it does not run yet, or not now; null when it runs or is over. */
  readonly wait: { readonly code: DriverWaitCode; readonly text: string } | null
}

export interface DriverCounts {
  readonly placed: number
  readonly waiting: number
}

/** The driver with this id, live or ended; undefined when it is unknown or forgotten. */
export function viewDriver(cluster: Cluster, id: string): DriverView | undefined {
  const parsed = parseDriverId(id)
  const driver =
    (parsed === undefined ? undefined : cluster.drivers.get(parsed)) ??
    cluster.completedDrivers.find((one) => one.id === id)
  return driver === undefined ? undefined : viewOf(cluster, driver)
}

/** Those that are not over, in the order of their submission. */
export function viewActiveDrivers(cluster: Cluster): DriverView[] {
  return [...cluster.drivers.values()].map((driver) => viewOf(cluster, driver))
}

/** Those that have ended and are remembered, oldest first. */
export function viewCompletedDrivers(cluster: Cluster): DriverView[] {
  return cluster.completedDrivers.map((driver) => viewOf(cluster, driver))
}

/** How many drivers hold resources, and how many wait. */
export function countDrivers({ drivers, waitingDrivers }: Cluster): DriverCounts {
  return { placed: drivers.size - waitingDrivers.size, waiting: waitingDrivers.size }
}

function viewOf(cluster: Cluster, driver: Driver): DriverView {
  const { description, workerId, wait } = driver
  const worker = workerId === null ? undefined : cluster.workers.get(workerId)
  return {
    id: driver.id,
    name: description.name,
    mainClass: description.mainClass,
    user: description.user,
    state: driver.state,
    supervise: description.supervise,
    resources: description.resources,
    addresses: driver.resources?.custom ?? {},
    workerId,
    workerHostPort: worker === undefined ? null : `${worker.host}:${worker.launcherPort}`,
    workerWebUiUrl: worker?.webUiUrl ?? null,
    submittedAt: driver.submittedAt,
    endedAt: driver.endedAt,
    exitCode: driver.exitCode,
    message: driver.message,
    hint: driver.hint,
    runs: driver.attempt,
    relaunchOf: driver.relaunchOf,
    relaunchedAs: driver.relaunchedAs,
    wait: wait === null ? null : { code: wait.code, text: describeDriverWait(wait) },
  }
}
