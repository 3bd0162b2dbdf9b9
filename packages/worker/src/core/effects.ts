// Everything a worker can ask its shell to do, one union, in the order it must happen.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import type { DriverPayload, ExecutorPayload } from '@hearth/common/domain/descriptions.ts'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'
import type { LinkId, StopMode } from './events.ts'

/** The highest term of leadership that this worker obeys; kept on disk. */
export interface Fence {
  readonly clusterId: string
  readonly epoch: number
}

export interface LaunchEffect {
  readonly type: 'launch'
  readonly key: ProcessKey
  readonly resources: Resources
  readonly payload: ExecutorPayload | DriverPayload
  /** The launcher ends it when the lease has run out. */
  readonly leased: boolean
}

export type Effect =
  /** Resolve the name anew and connect. Answers: `link.opened` or `link.closed`. */
  | { type: 'dial'; link: LinkId; address: HostPort }
  /** The core has already forgotten the link; its `link.closed` may come or not. */
  | { type: 'close'; link: LinkId; reason: string }
  | { type: 'send'; link: LinkId; message: WorkerToMaster }
  /** Durable before anything after it happens. */
  | { type: 'persist-fence'; fence: Fence }
  /** The same: a worker with this id is decommissioned. */
  | { type: 'persist-decommissioning' }
  /** Fetches what the process needs into its directory. Answers: `process.fetched` or `process.failed`. */
  | { type: 'fetch'; key: ProcessKey; payload: ExecutorPayload | DriverPayload }
  /** The process is over for the core: what was fetched so far is of no use. No answer is needed. */
  | { type: 'stop-fetch'; key: ProcessKey }
  /** Answers: `process.started` or `process.failed`, then `process.exited`. */
  | LaunchEffect
  | { type: 'kill'; key: ProcessKey }
  /** The master knows the end of this process: the launcher need not remember it. */
  | { type: 'forget'; key: ProcessKey }
  /** Leased processes may live so much longer, from now on. */
  | { type: 'renew-lease'; leaseMs: number }
  /** Answers: `launcher.opened` or `launcher.open-failed`. */
  | { type: 'open-launcher' }
  /** `end`: end all processes, then the launcher. `detach`: leave both alone. Answer: `launcher.closed`. */
  | { type: 'close-launcher'; mode: StopMode }
  /** The application is over and has no process here any more. */
  | { type: 'remove-scratch'; applicationId: ApplicationId }
  /** A master has registered this worker, for the first time or again. */
  | { type: 'announce-registered'; masterUrl: string }
  | { type: 'note'; level: 'info' | 'warn' | 'error'; text: string }
  /** Nothing is left to do; the daemon ends. */
  | { type: 'exit'; code: number }

/** Where handlers put what they ask for; run in order. */
export type Out = Effect[]

export function note(out: Out, level: 'info' | 'warn' | 'error', text: string): void {
  out.push({ type: 'note', level, text })
}
