// What executors and their driver are to each other; what they say is not simulated, only that they can.
import type { ApplicationId, ExecutorNumber } from '@hearth/common/domain/ids.ts'

/** An executor as its driver has it. */
export interface ExecutorContact {
  /** Spark's StopExecutor: it exits. */
  stop(): void
  /** The connection to the driver is gone. */
  onDriverGone(): void
}

/** A driver as executors find it. */
export interface DriverEndpoint {
  /**
   * An executor has come up. The driver takes any of its application, also one that it was told is lost;
   * false when it is not this application's driver.
   */
  registerExecutor(
    applicationId: ApplicationId,
    number: ExecutorNumber,
    executor: ExecutorContact,
  ): boolean
}
