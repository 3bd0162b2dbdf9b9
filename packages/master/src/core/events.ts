// Everything that can happen to a master, one union. Doors and shell make these; step() takes them.
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
import type { ExecutorState } from '@hearth/common/domain/states.ts'

/** A connection at some door, as the core names it. A new connection is a new peer. */
export type PeerId = string

/** Something a door waits to answer. */
export type RequestId = string

/** Identity of a client that outlives its connection (for Spark: the driver's listening address). */
export type ClientKey = string

/** When an event happened: `mono` (ms, never jumps) judges silence, `wall` names and shows. */
export interface Now {
  readonly mono: number
  readonly wall: Instant
}

/** An executor that a registering worker says it holds. */
export interface HeldExecutor {
  readonly applicationId: ApplicationId
  readonly executor: ExecutorNumber
  readonly resources: Resources
  readonly state: ExecutorState
}

/** A run of a driver that a registering worker says it holds, or is about to start. */
export interface HeldDriver {
  readonly driverId: DriverId
  readonly attempt: DriverAttempt
  readonly resources: Resources
  readonly state: ExecutorState
}

export interface WorkerRegistration {
  readonly workerId: WorkerId
  readonly host: string
  readonly launcherPort: number
  readonly webUiUrl: string
  readonly offered: Resources
  readonly held: readonly HeldExecutor[]
  readonly heldDrivers: readonly HeldDriver[]
  /** How long a driver there may take to end when it is told to, ms. */
  readonly driverGraceMs: number
  /** True when it was told to leave: it gets nothing new. */
  readonly decommissioning: boolean
}

/** What a worker found in an executor's output: a known cause, and what to do about it. */
export interface Hint {
  readonly code: string
  readonly text: string
  /** The executor never came to work for its client, however long it lived. */
  readonly neverWorked: boolean
}

export interface ExecutorReport {
  readonly sequence: number
  readonly applicationId: ApplicationId
  readonly executor: ExecutorNumber
  readonly state: ExecutorState
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint: Hint | null
}

/** `lost` of a run that never ran: the worker did not take the order, and another one may. */
export interface DriverReport {
  readonly sequence: number
  readonly driverId: DriverId
  readonly attempt: DriverAttempt
  readonly state: ExecutorState
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint: Hint | null
}

/** How many executors of a profile a client wants in all; what it leaves open is the default profile's. */
export interface RequestedTarget {
  readonly profile: ProfileId
  readonly executor: Omit<ExecutorRequest, 'memoryMb'> & { readonly memoryMb: number | null }
  readonly total: number
}

/** `gone`: nobody listens there any more. `unknown`: no answer in time, or no route. */
export type DialOutcome = 'alive' | 'gone' | 'unknown'

export type MasterEvent =
  | { type: 'worker.register-requested'; peer: PeerId; registration: WorkerRegistration }
  | { type: 'worker.heartbeat-received'; peer: PeerId }
  | { type: 'worker.stopping-announced'; peer: PeerId }
  | { type: 'worker.decommission-announced'; peer: PeerId }
  | { type: 'worker.connection-closed'; peer: PeerId; reason: string }
  | { type: 'worker.launcher-dialled'; workerId: WorkerId; outcome: DialOutcome }
  | { type: 'executor.state-reported'; peer: PeerId; report: ExecutorReport }
  | {
      type: 'application.register-requested'
      peer: PeerId
      client: ClientKey
      description: ApplicationDescription
    }
  | { type: 'application.unregister-requested'; peer: PeerId; applicationId: ApplicationId }
  | { type: 'application.kill-requested'; request: RequestId; applicationId: string }
  | {
      type: 'application.executors-requested'
      peer: PeerId
      request: RequestId
      applicationId: string
      targets: readonly RequestedTarget[]
    }
  | {
      type: 'application.executors-kill-requested'
      peer: PeerId
      request: RequestId
      applicationId: string
      executors: readonly ExecutorNumber[]
    }
  | { type: 'driver.submit-requested'; request: RequestId; description: DriverDescription }
  | { type: 'driver.kill-requested'; request: RequestId; driverId: string }
  | { type: 'drivers.kill-all-requested'; request: RequestId }
  | { type: 'driver.state-reported'; peer: PeerId; report: DriverReport }
  /** Forget the applications and drivers that have ended. */
  | { type: 'completed.clear-requested'; request: RequestId }
  | { type: 'client.heard'; peer: PeerId }
  | { type: 'client.connection-closed'; peer: PeerId; reason: string }
  | {
      type: 'client.dialled'
      applicationId: ApplicationId
      outcome: DialOutcome
      peer: PeerId | null
    }
  | { type: 'record.persisted'; key: string }
  | { type: 'record.persist-failed'; key: string; reason: string }
  | { type: 'placement.due' }
  | { type: 'clock.ticked' }
