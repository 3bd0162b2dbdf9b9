import type { ScalaEnumeration } from '../scala-values/enumeration.ts'

/** A driver's state in Spark's words. FINISHED, KILLED, FAILED and ERROR are final. */
export type SparkDriverState =
  | 'SUBMITTED'
  | 'RUNNING'
  | 'FINISHED'
  | 'RELAUNCHING'
  | 'UNKNOWN'
  | 'KILLED'
  | 'FAILED'
  | 'ERROR'

// object DriverState extends Enumeration, org.apache.spark.deploy.master, 3.5.9–4.3.0: the order is the wire's
export const DRIVER_STATE: ScalaEnumeration<SparkDriverState> = {
  className: 'org.apache.spark.deploy.master.DriverState$',
  names: [
    'SUBMITTED',
    'RUNNING',
    'FINISHED',
    'RELAUNCHING',
    'UNKNOWN',
    'KILLED',
    'FAILED',
    'ERROR',
  ],
}
