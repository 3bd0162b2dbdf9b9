// What executors and their driver are to each other; what they say is not simulated, only that they can.
import type { ApplicationId, ExecutorNumber } from '@hearth/common/domain/ids.ts'

/** An executor as its driver has it. */
export interface ExecutorContact {
  /** Spark's StopExecutor: it exits. */
  stop(): void
  /** The connection to the driver is gone. */
  onDriverGone(): void
}

/** `later`: the driver has not heard yet which application it drives. */
export type Welcome = 'taken' | 'refused' | 'later'

/** A driver as executors find it. */
export interface DriverEndpoint {
  /**
   * An executor has come up. The driver takes any of its application, also one that it was told is lost;
   * it refuses those of an application that had its address before.
   */
  registerExecutor(
    applicationId: ApplicationId,
    number: ExecutorNumber,
    executor: ExecutorContact,
  ): Welcome
}
