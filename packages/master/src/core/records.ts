// What a store keeps of the cluster: versioned JSON, one record per application and per worker.
import type { ApplicationDescription } from '@hearth/common/domain/descriptions.ts'
import type { ApplicationId, Instant, WorkerId } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { ClientKey } from './events.ts'

export interface ApplicationRecord {
  readonly version: 1
  readonly kind: 'application'
  readonly id: ApplicationId
  readonly client: ClientKey
  readonly description: ApplicationDescription
  readonly submittedAt: Instant
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
