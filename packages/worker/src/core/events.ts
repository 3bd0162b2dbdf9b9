// Everything that can happen to a worker, one union. Doors and shell make these; step() takes them.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import type { DriverPayload, ExecutorPayload } from '@hearth/common/domain/descriptions.ts'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'

/** A connection to a master, as the core names it. Numbers are never used again. */
export type LinkId = number

/**
 * Milliseconds of a clock that never jumps; only differences mean anything. A step with an earlier
 * time than the one before it is taken as happening at the same time.
 */
export type Monotonic = number

/** What people are shown of a process. The core only hands it on. */
export interface ProcessCaption {
  /** Of an executor its application's name, of a driver its main class. */
  readonly name: string
  readonly user: string
  /** The application's core limit; null when it has none. */
  readonly maxCores: number | null
  /** The command as text, of bounded length. */
  readonly command: string
}

/** A known cause of a process's end, found in what it wrote, and what to do about it. */
export interface ProcessHint {
  /** A word for programs, at most 64 characters. */
  readonly code: string
  /** For people, at most 4096 characters. */
  readonly text: string
}

/** A process that the launcher holds: running, or ended and not yet acknowledged by a master. */
export interface HeldProcess {
  readonly key: ProcessKey
  readonly resources: Resources
  readonly caption: ProcessCaption
  /** `lost`: it died and nobody saw how. */
  readonly state: 'running' | 'exited' | 'failed' | 'lost'
  /** Null while it is being started, and when it never was. */
  readonly pid: number | null
  readonly exitCode: number | null
  readonly killed: boolean
  readonly message: string | null
  /** Null while it runs. */
  readonly hint: ProcessHint | null
}

export interface Registration {
  readonly clusterId: string
  readonly epoch: number
  readonly masterUrl: string
  readonly masterWebUiUrl: string
  readonly heartbeatIntervalMs: number
  readonly wasLost: boolean
  /** Among the processes held at the registration, those that live on. */
  readonly keep: readonly ProcessKey[]
  /** How long leased processes may live on after a heartbeat that is acknowledged was sent. */
  readonly leaseMs: number
}

/** How a worker leaves: `end` takes its processes with it, `detach` leaves them to the launcher. */
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
      type: 'process.launch-ordered'
      link: LinkId
      epoch: number
      key: ProcessKey
      resources: Resources
      caption: ProcessCaption
      payload: ExecutorPayload | DriverPayload
      /** Something has to be fetched before it can start. */
      mustFetch: boolean
      /** It may be started elsewhere: it lives only as long as masters renew the lease. */
      leased: boolean
    }
  | { type: 'process.kill-ordered'; link: LinkId; epoch: number; key: ProcessKey }
  | { type: 'application.finished'; link: LinkId; epoch: number; applicationId: ApplicationId }
  | { type: 'decommission.ordered'; link: LinkId; epoch: number }
  /** What it needs is there; the answer to `fetch`, as `process.failed` is. */
  | { type: 'process.fetched'; key: ProcessKey }
  | { type: 'process.started'; key: ProcessKey; pid: number }
  /** What it needs could not be fetched, or it could not be spawned. */
  | { type: 'process.failed'; key: ProcessKey; message: string }
  /** The launcher did not try: it is gone or ending, or no master leased the process in time. */
  | { type: 'process.not-taken'; key: ProcessKey; message: string }
  | {
      type: 'process.exited'
      key: ProcessKey
      exitCode: number
      /** The launcher ended it: by our order, or for a reason of its own, which `message` says. */
      killed: boolean
      message: string | null
      hint: ProcessHint | null
    }
  /** A launcher was started or adopted; the answer to `open-launcher`. */
  | { type: 'launcher.opened'; port: number; held: readonly HeldProcess[] }
  /** `isFormerDead` is false when the one before it runs, and so its processes may. */
  | { type: 'launcher.open-failed'; reason: string; isFormerDead: boolean }
  /** The launcher died, and its processes with it, or the connection to it broke. */
  | { type: 'launcher.lost'; reason: string }
  /** Another worker process (its pid) has adopted the launcher. */
  | { type: 'launcher.taken'; pid: number }
  /** The answer to `close-launcher`: no process is left, or the launcher was left alone. */
  | { type: 'launcher.closed' }
  /** By somebody on this machine; `signal` is its name. */
  | { type: 'decommission.requested'; signal: string }
  | { type: 'stop.requested'; mode: StopMode }
  /** The machine slept for so long, which {@link Monotonic} does not count; told before all that follows. */
  | { type: 'machine.slept'; sleptMs: number }
  /** Something in deadlines.ts may be due. */
  | { type: 'clock.ticked' }
