// The states of drivers in Spark's words, for every door through which Spark's clients look.
import type { DriverState } from '@hearth/common/domain/states.ts'
import type { SparkDriverState } from '@hearth/common/protocol/spark-rpc/messages/driver-state.ts'

/**
 * Spark (DriverState, 3.5 and 4.x) knows a driver as running from the order to its worker on, and while it waits
 * for its next run. Its UNKNOWN is set by nobody.
 */
export const SPARK_DRIVER_STATES: Readonly<
  Record<DriverState, Exclude<SparkDriverState, 'UNKNOWN'>>
> = {
  submitted: 'SUBMITTED',
  launching: 'RUNNING',
  running: 'RUNNING',
  restarting: 'RUNNING',
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
  error: 'ERROR',
  relaunched: 'RELAUNCHING',
}
