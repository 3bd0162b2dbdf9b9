import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { HeldProcess } from './protocol/held-process.ts'
import type { LaunchOrder } from './protocol/launch-order.ts'

export type LauncherEvent =
  | { readonly type: 'process-started'; readonly key: ProcessKey; readonly pid: number }
  /** It could not be started; `message` says why. */
  | { readonly type: 'process-failed'; readonly key: ProcessKey; readonly message: string }
  /** It was not even tried: the launcher is gone or ending, or the process has no lease. */
  | { readonly type: 'process-not-taken'; readonly key: ProcessKey; readonly message: string }
  /**
   * `exitCode` is 128 + signal number for a death by signal; `killed`: ended on order, or by the launcher
   * for the reason in `message`.
   */
  | {
      readonly type: 'process-exited'
      readonly key: ProcessKey
      readonly exitCode: number
      readonly killed: boolean
      readonly message: string | null
    }
  /**
   * The launcher is out of reach; this handle is of no use any more, open a new one. `processes` is
   * everything that was not forgotten when the launcher died: nothing of it runs, and the next
   * `held` repeats it. Empty when only the connection broke.
   */
  | {
      readonly type: 'launcher-lost'
      readonly reason: string
      readonly processes: readonly HeldProcess[]
    }
  /** Another worker (its pid) has adopted the launcher, processes and all: this worker has to go. */
  | { readonly type: 'launcher-taken'; readonly pid: number }

/** One launcher process; orders are carried out in the order of the calls, answers come as events. */
export interface Launcher {
  /** The port that executors watch, `spark://Worker@HOST:port`. */
  readonly port: number
  /** What it held when it was opened: running processes, and ended ones nobody has forgotten yet. */
  readonly held: readonly HeldProcess[]
  /** True when it was left by an earlier worker. */
  readonly adopted: boolean
  /** True while its process runs, whether it can be reached or not. */
  readonly isRunning: boolean
  /** Starts a process; an order that comes twice starts one. */
  launch(order: LaunchOrder): void
  /** SIGTERM to the process group, SIGKILL to the whole session after the grace. */
  kill(key: ProcessKey): void
  /**
   * Leased processes may live for so long from now on, and new ones start; then the launcher ends them,
   * whether a worker is there or not. The latest word counts.
   */
  renewLease(leaseMs: number): void
  /** The end of this process was acknowledged: nobody needs to be told again. */
  forget(key: ProcessKey): void
  /** Leaves launcher and processes running, for the next worker; no events come any more. */
  detach(): Promise<void>
  /** Ends all processes, then the launcher, and forgets everything; their exits come as events. */
  shutdown(): Promise<void>
}
