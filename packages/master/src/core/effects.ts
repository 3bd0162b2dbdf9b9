// Everything a master can ask its shell and doors to do, one union, in the order it must happen.
import type {
  DriverPayload,
  ExecutorPayload,
  ProfileId,
} from '@hearth/common/domain/descriptions.ts'
import type {
  ApplicationId,
  DriverAttempt,
  DriverId,
  ExecutorNumber,
  WorkerId,
} from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { ExecutorState } from '@hearth/common/domain/states.ts'
import type { ClientKey, PeerId, RequestId } from './events.ts'
import type { StoredRecord } from './records.ts'

export interface ExecutorKey {
  readonly applicationId: ApplicationId
  readonly executor: ExecutorNumber
}

/** One run of a driver. */
export interface DriverRun {
  readonly driverId: DriverId
  readonly attempt: DriverAttempt
}

/** master → worker. The door adds the epoch to every order. */
export type WorkerMessage =
  | {
      type: 'registered'
      heartbeatIntervalMs: number
      wasLost: boolean
      keep: readonly ExecutorKey[]
      keepDrivers: readonly DriverRun[]
      /** How long supervised drivers may live on after an acknowledged heartbeat was sent. */
      leaseMs: number
    }
  | { type: 'registration-refused'; reason: string }
  | { type: 'heartbeat-acknowledged' }
  | { type: 'reregister' }
  | { type: 'report-acknowledged'; sequence: number }
  | ({
      type: 'launch-executor'
      profile: ProfileId
      resources: Resources
      payload: ExecutorPayload
    } & ExecutorKey)
  | ({ type: 'kill-executor' } & ExecutorKey)
  | ({
      type: 'launch-driver'
      resources: Resources
      supervised: boolean
      payload: DriverPayload
    } & DriverRun)
  | ({ type: 'kill-driver' } & DriverRun)
  | { type: 'application-finished'; applicationId: ApplicationId }

/** master → the client of an application. */
export type ClientMessage =
  | { type: 'application-registered'; applicationId: ApplicationId }
  | { type: 'application-removed'; reason: string }
  | {
      type: 'executor-added'
      executor: ExecutorNumber
      workerId: WorkerId
      workerAddress: string
      resources: Resources
    }
  | {
      type: 'executor-updated'
      executor: ExecutorNumber
      /** `decommissioned`: it leaves with its worker, and works until its client has drained it. */
      state: ExecutorState | 'decommissioned'
      message: string | null
      exitCode: number | null
      /** Set when the whole worker is gone, so that the client forgets what it stored there. */
      workerHost: string | null
    }
  | { type: 'worker-removed'; workerId: WorkerId; host: string; reason: string }
  | { type: 'master-changed' }

export type Reply =
  | { type: 'accepted' }
  | { type: 'driver-submitted'; driverId: DriverId }
  | { type: 'not-found'; reason: string }
  | { type: 'refused'; reason: string }

/** Whom a note is about: `worker:ID`, `application:ID`, `driver:ID` … */
export type EntityRef = string

export type Effect =
  /**
   * Completes with `record.persisted` or `record.persist-failed`. `record` null deletes, and nothing waits
   * for that: its completion is no event, or it would be taken for that of a record written after it.
   */
  | { type: 'persist'; key: string; record: StoredRecord | null }
  | { type: 'send-worker'; peer: PeerId; message: WorkerMessage }
  | { type: 'send-client'; peer: PeerId; message: ClientMessage }
  | { type: 'reply'; request: RequestId; reply: Reply }
  /** Is anybody listening where the worker's launcher was? Answer: `worker.launcher-dialled`. */
  | { type: 'dial-launcher'; workerId: WorkerId; host: string; port: number }
  /** Open a new connection to the application's client. Answer: `client.dialled`. */
  | { type: 'dial-client'; applicationId: ApplicationId; client: ClientKey }
  /** The client has no application any more; its door forgets how to reach it. */
  | { type: 'forget-client'; client: ClientKey }
  /** Ask an open client whether it is there. An answer comes back as `client.heard`. */
  | { type: 'ask-client'; peer: PeerId }
  /** Nothing more comes of this peer; the door closes the connection and forgets it. */
  | { type: 'disconnect'; peer: PeerId; reason: string }
  | { type: 'note'; level: 'info' | 'warn' | 'error'; text: string; about: EntityRef }

/** Where handlers put what they ask for; run in order. */
export type Out = Effect[]
