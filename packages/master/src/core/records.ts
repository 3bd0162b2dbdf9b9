// What a store keeps of the cluster: versioned JSON, one record per application, driver and worker.
import type {
  ApplicationDescription,
  DriverDescription,
  ExecutorRequest,
  ProfileId,
} from '@hearth/common/domain/descriptions.ts'
import type {
  ApplicationId,
  DriverAttempt,
  DriverId,
  ExecutorNumber,
  Instant,
  WorkerId,
} from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { ClientKey } from './events.ts'

/** How many executors of a profile its client wants in all. */
export interface ProfileTarget {
  readonly id: ProfileId
  readonly executor: ExecutorRequest
  readonly total: number
}

export interface ApplicationRecord {
  readonly version: 1
  readonly kind: 'application'
  readonly id: ApplicationId
  readonly client: ClientKey
  readonly description: ApplicationDescription
  readonly submittedAt: Instant
  /** What its client asked for since; empty until it asked. */
  readonly targets: readonly ProfileTarget[]
  /** Executor numbers below it were used when this was written. */
  readonly nextExecutor: ExecutorNumber
  readonly failuresInARow: number
}

export interface WorkerRecord {
  readonly version: 1
  readonly kind: 'worker'
  readonly id: WorkerId
  readonly host: string
  readonly launcherPort: number
  readonly webUiUrl: string
  readonly offered: Resources
}

export interface DriverRecord {
  readonly version: 1
  readonly kind: 'driver'
  readonly id: DriverId
  readonly description: DriverDescription
  readonly submittedAt: Instant
  readonly attempt: DriverAttempt
  /** Where it was placed when this was written, written before that worker hears of it; null when it waits. */
  readonly workerId: WorkerId | null
  readonly resources: Resources | null
  /** The driver whose place it took. While that one's record is there too, this one counts. */
  readonly relaunchOf: DriverId | null
}

export type StoredRecord = ApplicationRecord | DriverRecord | WorkerRecord

export function applicationKey(id: ApplicationId): string {
  return `application/${id}`
}

export function driverKey(id: DriverId): string {
  return `driver/${id}`
}

export function workerKey(id: WorkerId): string {
  return `worker/${id}`
}
