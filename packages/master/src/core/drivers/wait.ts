// Why a driver does not run: one code and, where workers lack something, the counts behind it.
import { describeCounts, type WaitCounts } from '../placement/wait.ts'

/**
 * `not-stored`: its record is being made durable. `store-failed`: the store did not take its record, which is
 * written again after a while; until it is durable the driver gets no place. `driver-limit`: as many drivers run as may
 * (`spark.deploy.maxDrivers`). `no-workers`, `no-usable-workers`, `too-little-free`: as for applications.
 * `executor-reserve`: it would fit, but then no worker could hold its first executor, or that of another
 * driver. `former-run`: the worker of its former run cannot be reached, and that run may live on until its
 * lease ends. `not-taken`: nobody has room for it but workers that did not take it, which are asked again after
 * a while; or more than are remembered did not, and it waits a while for that. `restart-delay`: it failed, and is
 * started again after a while.
 */
export type DriverWaitCode =
  | 'not-stored'
  | 'store-failed'
  | 'driver-limit'
  | 'no-workers'
  | 'no-usable-workers'
  | 'too-little-free'
  | 'executor-reserve'
  | 'former-run'
  | 'not-taken'
  | 'restart-delay'

export interface DriverWait {
  readonly code: DriverWaitCode
  readonly counts: WaitCounts
}

/** The reason in a few words; `hearth why` says more. */
export function describeDriverWait({ code, counts }: DriverWait): string {
  switch (code) {
    case 'not-stored':
      return 'its record is being stored'
    case 'store-failed':
      return 'its record could not be stored; it is written again after a while'
    case 'driver-limit':
      return 'as many drivers run as may (spark.deploy.maxDrivers)'
    case 'no-workers':
      return 'no worker is there'
    case 'executor-reserve':
      return 'beside it no worker could hold its first executor, or that of another driver'
    case 'former-run':
      return 'its former worker cannot be reached, and it may still run there until its lease ends'
    case 'not-taken':
      return counts.alive === 0
        ? 'many workers in a row did not take it; it is placed again after a while'
        : describeCounts(counts, 'did not take it and are asked again after a while')
    case 'restart-delay':
      return 'it failed, and is started again after a while'
    case 'no-usable-workers':
    case 'too-little-free':
      return describeCounts(counts)
  }
}
