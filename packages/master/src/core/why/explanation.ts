// The answer to "why is my job waiting?", as plain data. Doors show it; nothing decides by it.
import type { ExecutorRequest, ProfileId } from '@hearth/common/domain/descriptions.ts'
import type { ResourceAmounts, Resources } from '@hearth/common/domain/resources.ts'
import type { ApplicationState, DriverState } from '@hearth/common/domain/states.ts'
import type { DriverWaitCode } from '../drivers/wait.ts'
import type { Lack } from '../placement/lack.ts'
import type { WaitCode } from '../placement/wait.ts'

/** What keeps a worker from taking one executor; `fits` when nothing does. */
export type Verdict =
  | 'fits'
  | Lack
  | 'backing-off'
  /** It has room for the driver and did not take it; it is asked again after a while. */
  | 'passed-over'
  /** It has room for the driver, and then nobody would have room for an executor. */
  | 'reserved'
  | 'quarantined'
  | 'decommissioning'
  | 'joining'
  | 'away'

export interface WorkerVerdict {
  readonly workerId: string
  readonly host: string
  readonly offered: Resources
  readonly free: Resources
  readonly verdict: Verdict
  /** What it has too little of even when nothing runs on it; null when it is large enough. */
  readonly tooSmall: Lack | null
  /** Why it is in quarantine; null when it is not. */
  readonly quarantine: string | null
}

/** The smallest thing that would let one executor start. */
export interface Change {
  readonly kind: 'wait' | 'wait-or-lower' | 'raise-limit' | 'add-worker' | 'mend'
  readonly text: string
}

export interface ProfileExplanation {
  readonly profile: ProfileId
  readonly executor: ExecutorRequest
  readonly live: number
  /** Executors wanted in all; null for as many as fit. */
  readonly target: number | null
  readonly code: WaitCode | 'may-start-now'
  readonly text: string
  /** How many workers that are not dead have each verdict. */
  readonly counts: Readonly<Partial<Record<Verdict, number>>>
  readonly workers: readonly WorkerVerdict[]
  readonly change: Change | null
}

/** A known cause that workers read in the output of executors that ended. */
export interface HintSeen {
  readonly code: string
  readonly text: string
  readonly executors: number
  readonly lastExecutor: number
  readonly lastWorkerId: string
}

export interface Place {
  /** 1 for the first. */
  readonly position: number
  /** Applications (or drivers) that have less than they want, this one included. */
  readonly waiting: number
  /** The first of those that are served before it. */
  readonly ahead: readonly string[]
}

export interface Holder {
  readonly applicationId: string
  readonly name: string
  readonly cores: number
}

export interface DriverExplanation {
  readonly driverId: string
  readonly name: string
  readonly state: DriverState
  /** The answer in one sentence. */
  readonly summary: string
  /** Null when it does not wait. */
  readonly code: DriverWaitCode | 'may-start-now' | null
  /** What it takes, and the first executor that must find room beside it. */
  readonly resources: ResourceAmounts
  readonly firstExecutor: ResourceAmounts | null
  readonly counts: Readonly<Partial<Record<Verdict, number>>>
  readonly workers: readonly WorkerVerdict[]
  readonly change: Change | null
  /** Among the drivers that wait; null when it does not. */
  readonly place: Place | null
  /** When a delay, the lease of its former run or a back-off ends, ms from now; null when none is under way. */
  readonly notBeforeMs: number | null
}

export interface Explanation {
  readonly applicationId: string
  readonly name: string
  readonly state: ApplicationState
  /** The answer in one sentence. */
  readonly summary: string
  /** Profiles that have less than they want; empty when none has. */
  readonly profiles: readonly ProfileExplanation[]
  /** Null when it does not wait. */
  readonly place: Place | null
  /** Who holds the most cores of the pool, most first. */
  readonly holders: readonly Holder[]
  readonly hints: readonly HintSeen[]
  /** Abnormal ends since an executor last proved itself. */
  readonly failuresInARow: number
}
