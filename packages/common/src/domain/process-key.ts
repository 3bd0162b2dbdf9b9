// What a process on a worker is for. The pool runs two kinds, and treats both alike wherever it can.
import {
  formatExecutorId,
  type ApplicationId,
  type DriverAttempt,
  type DriverId,
  type ExecutorNumber,
} from './ids.ts'

/** One executor of one application. */
export interface ExecutorKey {
  readonly kind: 'executor'
  readonly applicationId: ApplicationId
  readonly executor: ExecutorNumber
}

/** One run of one driver. */
export interface DriverRunKey {
  readonly kind: 'driver'
  readonly driverId: DriverId
  readonly attempt: DriverAttempt
}

export type ProcessKey = ExecutorKey | DriverRunKey

/** Whose directory it is: a driver's is that of all its runs. */
export type ProcessOwner = ExecutorKey | Pick<DriverRunKey, 'kind' | 'driverId'>

/** `APPLICATION/NUMBER` or `DRIVER#RUN`: no two processes have the same. */
export function formatProcessKey(key: ProcessKey): string {
  return key.kind === 'executor'
    ? formatExecutorId(key.applicationId, key.executor)
    : `${key.driverId}#${key.attempt}`
}

/** The process in a sentence: `executor APPLICATION/NUMBER`, `driver DRIVER#RUN`. */
export function describeProcess(key: ProcessKey): string {
  return `${key.kind} ${formatProcessKey(key)}`
}

export function isSameProcess(a: ProcessKey, b: ProcessKey): boolean {
  return a.kind === b.kind && formatProcessKey(a) === formatProcessKey(b)
}

/** The directory beneath a worker's work directory, as Spark's worker names it (3.5 to 4.3). */
export function processDirectory(owner: ProcessOwner): string {
  return owner.kind === 'executor'
    ? formatExecutorId(owner.applicationId, owner.executor)
    : owner.driverId
}
