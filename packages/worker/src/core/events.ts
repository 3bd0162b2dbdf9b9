// Everything that can happen to a worker, one union. Doors and shell make these; step() takes them.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import type { ExecutorPayload } from '@hearth/common/domain/descriptions.ts'
import type { ApplicationId, ExecutorNumber } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'

/** A connection to a master, as the core names it. Numbers are never used again. */
export type LinkId = number

/**
 * Milliseconds of a clock that never jumps; only differences mean anything. A step with an earlier
 * time than the one before it is taken as happening at the same time.
 */
export type Monotonic = number

export interface ExecutorKey {
  readonly applicationId: ApplicationId
  readonly executor: ExecutorNumber
}

/** What people are shown of an executor's application. The core only hands it on. */
export interface ExecutorCaption {
  readonly name: string
  readonly user: string
  /** The application's core limit; null when it has none. */
  readonly maxCores: number | null
  /** The command as text, of bounded length. */
  readonly command: string
}

/** A known cause of an executor's end, found in what it wrote, and what to do about it. */
export interface ExecutorHint {
  /** A word for programs, at most 64 characters. */
  readonly code: string
  /** For people, at most 4096 characters. */
  readonly text: string
}

/** A process that the launcher holds: running, or ended and not yet acknowledged by a master. */
export interface HeldProcess {
  readonly key: ExecutorKey
  readonly resources: Resources
  readonly caption: ExecutorCaption
  /** `lost`: it died and nobody saw how. */
  readonly state: 'running' | 'exited' | 'failed' | 'lost'
  /** Null while it is being started, and when it never was. */
  readonly pid: number | null
  readonly exitCode: number | null
  readonly killed: boolean
  readonly message: string | null
  /** Null while it runs. */
  readonly hint: ExecutorHint | null
}

export interface Registration {
  readonly clusterId: string
  readonly epoch: number
  readonly masterUrl: string
  readonly masterWebUiUrl: string
  readonly heartbeatIntervalMs: number
  readonly wasLost: boolean
  /** Among the executors held at the registration, those that live on. */
  readonly keep: readonly ExecutorKey[]
}

/** How a worker leaves: `end` takes its executors with it, `detach` leaves them to the launcher. */
export type StopMode = 'end' | 'detach'

export type WorkerEvent =
  /** A dial succeeded. */
  | { type: 'link.opened'; link: LinkId }
  /** A dial failed, or an open link closed from either side. The last event of its link. */
  | { type: 'link.closed'; link: LinkId; reason: string }
  | { type: 'master.registered'; link: LinkId; registration: Registration }
  | { type: 'master.refused'; link: LinkId; reason: string }
  | { type: 'master.in-standby'; link: LinkId; leader: HostPort | null }
  | { type: 'master.heartbeat-acknowledged'; link: LinkId; epoch: number }
  | { type: 'master.reregistration-asked'; link: LinkId }
  | { type: 'master.report-acknowledged'; link: LinkId; sequence: number }
  | {
      type: 'executor.launch-ordered'
      link: LinkId
      epoch: number
      key: ExecutorKey
      resources: Resources
      caption: ExecutorCaption
      payload: ExecutorPayload
    }
  | { type: 'executor.kill-ordered'; link: LinkId; epoch: number; key: ExecutorKey }
  | { type: 'application.finished'; link: LinkId; epoch: number; applicationId: ApplicationId }
  | { type: 'decommission.ordered'; link: LinkId; epoch: number }
  | { type: 'process.started'; key: ExecutorKey; pid: number }
  /** The process could not be spawned. */
  | { type: 'process.failed'; key: ExecutorKey; message: string }
  /** `killed`: it ended because we had ordered it. */
  | {
      type: 'process.exited'
      key: ExecutorKey
      exitCode: number
      killed: boolean
      hint: ExecutorHint | null
    }
  /** A launcher was started or adopted; the answer to `open-launcher`. */
  | { type: 'launcher.opened'; port: number; held: readonly HeldProcess[] }
  | { type: 'launcher.open-failed'; reason: string }
  /** The launcher died, and its processes with it, or the connection to it broke. */
  | { type: 'launcher.lost'; reason: string }
  /** Another worker process (its pid) has adopted the launcher. */
  | { type: 'launcher.taken'; pid: number }
  /** The answer to `close-launcher`: no process is left, or the launcher was left alone. */
  | { type: 'launcher.closed' }
  /** By somebody on this machine; `signal` is its name. */
  | { type: 'decommission.requested'; signal: string }
  | { type: 'stop.requested'; mode: StopMode }
  /** Something in deadlines.ts may be due. */
  | { type: 'clock.ticked' }
