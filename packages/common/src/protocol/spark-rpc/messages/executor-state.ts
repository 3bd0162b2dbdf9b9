import type { ScalaEnumeration } from '../scala-values/enumeration.ts'

/** An executor's state in Spark's words. KILLED, FAILED, LOST and EXITED are final. */
export type SparkExecutorState =
  | 'LAUNCHING'
  | 'RUNNING'
  | 'KILLED'
  | 'FAILED'
  | 'LOST'
  | 'EXITED'
  | 'DECOMMISSIONED'

// object ExecutorState extends Enumeration, org.apache.spark.deploy, 3.5.9–4.3.0: the order is the wire's
export const EXECUTOR_STATE: ScalaEnumeration<SparkExecutorState> = {
  className: 'org.apache.spark.deploy.ExecutorState$',
  names: ['LAUNCHING', 'RUNNING', 'KILLED', 'FAILED', 'LOST', 'EXITED', 'DECOMMISSIONED'],
}
