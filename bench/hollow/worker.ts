// What both kinds of hollow worker are to whoever drives them: machines that only exist on the wire.
import type { HostPort } from '@hearth/common/domain/addresses.ts'

export interface HollowWorkerOptions {
  readonly id: string
  /** Where it says that it listens; nobody does. Every worker of a master needs its own. */
  readonly address: HostPort
  readonly cores: number
  readonly memoryMb: number
  /** It was told to launch a driver. */
  readonly onLaunchDriver?: (driverId: string) => void
}

export interface HollowExecutor {
  readonly appId: string
  readonly executor: number
  readonly cores: number
  /** By the monotonic clock, in ms. */
  readonly startedAt: number
}

/**
 * A worker that reports every executor and driver it is told to start as running at once, as far as its
 * protocol has a word for that, and starts none.
 */
export interface HollowWorker {
  readonly id: string
  /** What runs on it, the oldest first. */
  readonly executors: readonly HollowExecutor[]
  /** One of its executors ends by itself, with exit code 0. */
  endExecutor(executor: HollowExecutor): void
  /** All its drivers end by themselves, with exit code 0. */
  endDrivers(): void
  close(): void
}

/** Which of its executors an order names; removes it. */
export function takeExecutor(
  executors: HollowExecutor[],
  appId: string,
  executor: number,
): HollowExecutor | undefined {
  const at = executors.findIndex((one) => one.appId === appId && one.executor === executor)
  return at < 0 ? undefined : executors.splice(at, 1)[0]
}
