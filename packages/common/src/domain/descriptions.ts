// What a client asks the pool to run. The pool counts cores and memory; what an executor is (a JVM, a
// command) is the payload's business, which only the door that made it and the worker's door for the
// same kind understand.
import type { ResourceAmounts } from './resources.ts'

/** Opaque to the pool: `kind` names the worker's door that can launch it. Plain JSON data. */
export interface ExecutorPayload {
  readonly kind: string
}

/** What a driver is; opaque to the pool, as {@link ExecutorPayload} is. */
export interface DriverPayload {
  readonly kind: string
}

export interface ExecutorRequest {
  /** Cores of one executor; null lets one executor take all that a worker has free. */
  readonly cores: number | null
  readonly memoryMb: number
  /** Units of each custom resource of one executor, by its name; absent when it needs none. */
  readonly custom?: Readonly<Record<string, number>>
}

/**
 * A client's own name for one kind of executor of its application. Profile 0 is the one that the
 * application was registered with.
 */
export type ProfileId = number

export const DEFAULT_PROFILE: ProfileId = 0

export interface ApplicationDescription {
  readonly name: string
  readonly user: string
  /** Cores that the application takes at most; null for the cluster's default. */
  readonly maxCores: number | null
  /** Executors that the application takes at most for now; null for no limit. */
  readonly executorLimit: number | null
  readonly executor: ExecutorRequest
  /** Address of the client's own page, or an empty text. */
  readonly uiUrl: string
  readonly payload: ExecutorPayload
}

/** A driver that the pool runs for its client, who submits it and walks away. */
export interface DriverDescription {
  /** What people know it by: its application's name, or its main class. */
  readonly name: string
  readonly mainClass: string
  readonly user: string
  /** Cores, memory and custom resources of the driver itself. */
  readonly resources: ResourceAmounts
  /** Run again when it fails, and elsewhere when its worker is lost. */
  readonly supervise: boolean
  /**
   * The first executor that its application will ask for, as far as the submission says; null for one that
   * needs none. A driver is of no use on a pool that cannot hold both.
   */
  readonly firstExecutor: ResourceAmounts | null
  readonly payload: DriverPayload
}
