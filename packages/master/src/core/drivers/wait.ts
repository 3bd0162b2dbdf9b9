// Why a driver does not run: one code and, where workers lack something, the counts behind it.
import type { WaitCounts } from '../placement/wait.ts'

/**
 * `not-stored`: its record is being made durable. `driver-limit`: as many drivers run as may
 * (`spark.deploy.maxDrivers`). `no-workers`, `no-usable-workers`, `too-little-free`: as for applications.
 * `executor-reserve`: it would fit, but then no worker could hold its first executor, or that of another
 * driver. `former-run`: the worker of its former run cannot be reached, and that run may live on until its
 * lease ends. `restart-delay`: it failed and is started again after a while.
 */
export type DriverWaitCode =
  | 'not-stored'
  | 'driver-limit'
  | 'no-workers'
  | 'no-usable-workers'
  | 'too-little-free'
  | 'executor-reserve'
  | 'former-run'
  | 'restart-delay'

export interface DriverWait {
  readonly code: DriverWaitCode
  readonly counts: WaitCounts
}
