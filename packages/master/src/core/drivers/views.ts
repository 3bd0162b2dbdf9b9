// Read-only pictures of drivers for doors that show them.
import type { ResourceAmounts, ResourceAddresses } from '@hearth/common/domain/resources.ts'
import type { DriverState } from '@hearth/common/domain/states.ts'
import type { Instant } from '@hearth/common/domain/ids.ts'
import type { Cluster } from '../cluster.ts'
import type { Hint } from '../events.ts'
import type { DriverWaitCode } from './wait.ts'

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

/** The driver with this id, live or ended; undefined when it is unknown or forgotten. */
export function viewDriver(_cluster: Cluster, _id: string): DriverView | undefined {
  return undefined
}

/** Those that are not over, in the order of their submission. */
export function viewActiveDrivers(_cluster: Cluster): DriverView[] {
  return []
}

/** Those that have ended and are remembered, oldest first. */
export function viewCompletedDrivers(_cluster: Cluster): DriverView[] {
  return []
}
