// What a client asks the pool to run. The pool counts cores and memory; what an executor is (a JVM, a
// command) is the payload's business, which only the door that made it and the worker's door for the
// same kind understand.

/** Opaque to the pool: `kind` names the worker's door that can launch it. Plain JSON data. */
export interface ExecutorPayload {
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
