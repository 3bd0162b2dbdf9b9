// What a store keeps of the cluster: versioned JSON, one record per application and per worker.
import type {
  ApplicationDescription,
  ExecutorRequest,
  ProfileId,
} from '@hearth/common/domain/descriptions.ts'
import type { ApplicationId, ExecutorNumber, Instant, WorkerId } from '@hearth/common/domain/ids.ts'
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

export type StoredRecord = ApplicationRecord | WorkerRecord

export function applicationKey(id: ApplicationId): string {
  return `application/${id}`
}

export function workerKey(id: WorkerId): string {
  return `worker/${id}`
}
