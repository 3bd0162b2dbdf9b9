// A driver as the master decides on it. Only handlers called by step() change it.
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import type { DriverAttempt, DriverId, Instant, WorkerId } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { DriverState } from '@hearth/common/domain/states.ts'
import type { Backoff } from '../backoff.ts'
import type { Hint, RequestId } from '../events.ts'
import type { Story } from '../story.ts'
import type { DriverWait, DriverWaitCode } from './wait.ts'

/** The store did not take its record; the record is written again. */
export interface FailedSave extends Backoff {
  readonly reason: string
}

export interface Driver {
  readonly id: DriverId
  description: DriverDescription
  state: DriverState
  /** Writes of its record under way; until there are none nothing is answered and nothing ordered. */
  unsaved: number
  /** Set while the last write that came to an end had failed: it is given no place until one succeeds. */
  failedSave: FailedSave | null
  /** The submission that is answered when its record is durable; null when it was, or when there is none. */
  request: RequestId | null
  readonly submittedAt: Instant
  endedAt: Instant | null
  /** The current run, or the last one; 0 before the first. */
  attempt: DriverAttempt
  /** The worker that has it, or had it last. */
  workerId: WorkerId | null
  /** What it holds there, in the books of that worker too; null while it holds nothing. */
  resources: Resources | null
  /** True once the order for the current run was sent. */
  ordered: boolean
  /** Monotonic: when the process of the current run was started; null before. */
  runningAt: number | null
  /** Of the last run that ended. */
  exitCode: number | null
  message: string | null
  hint: Hint | null
  /** True once its end was ordered. */
  ending: boolean
  /** Monotonic instants of its restarts and relaunches within the window, oldest first. */
  restarts: number[]
  /** The last back-off before a restart, ms; null before the first. */
  delayMs: number | null
  /** Monotonic: it is not started before; null when it may be at any time. */
  notBefore: number | null
  /** Workers that did not take it since it last ran, in the order in which that was noted; see pass-over.ts. */
  readonly backoffs: Map<WorkerId, Backoff>
  /** The driver whose place it took. */
  readonly relaunchOf: DriverId | null
  /** The same while that one's record stays, because its own is not durable yet. */
  replaces: DriverId | null
  relaunchedAs: DriverId | null
  /** Why the last pass did not place it; null when it is placed. */
  wait: DriverWait | null
  /** The reason that was last noted for people. */
  notedWait: DriverWaitCode | null
  readonly story: Story
}

/** True while it holds resources of a worker. */
export function isPlaced(driver: Driver): boolean {
  return driver.resources !== null
}
