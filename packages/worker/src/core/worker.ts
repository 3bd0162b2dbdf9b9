// The state that a worker decides on. Only handlers called by step() change it; everybody else reads
// it through views.ts. It is plain data: a copy of it goes on exactly as the original would.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import type { ApplicationId, WorkerId } from '@hearth/common/domain/ids.ts'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import { createRandom, type RandomState } from '@hearth/common/domain/random.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { ExecutorState } from '@hearth/common/domain/states.ts'
import type { Fence, LaunchEffect } from './effects.ts'
import type { LinkId, Monotonic, ProcessCaption, ProcessHint, StopMode } from './events.ts'
import type { Settings } from './settings.ts'

/** One configured master and what becomes of reaching it. */
export interface MasterContact {
  readonly address: HostPort
  contact: Contact
  /** Failures in a row; they lengthen the back-off. */
  failures: number
  lastDialAt: Monotonic | null
  /** What came of the last attempt, for people. */
  lastAnswer: string | null
}

export type Contact =
  /** Nothing is to be done: not started yet, another master leads, or the worker stops. */
  | { state: 'idle' }
  | { state: 'waiting'; redialAt: Monotonic }
  | { state: 'dialling'; link: LinkId }
  | {
      state: 'open'
      link: LinkId
      /** Oldest first. */
      unanswered: SentRegistration[]
      /** When the oldest unanswered registration is given up. */
      answerBy: Monotonic | null
    }

/** A registration that a master has yet to answer. */
export interface SentRegistration {
  /** Names of the processes that it said are held. */
  readonly held: ReadonlySet<string>
  readonly sentAt: Monotonic
}

/** The master that registered this worker; its link is open. */
export interface Leader extends Fence {
  readonly link: LinkId
  readonly masterUrl: string
  readonly masterWebUiUrl: string
  readonly heartbeatIntervalMs: number
  readonly leaseMs: number
  nextHeartbeatAt: Monotonic
  lastHeardAt: Monotonic
  /** When the heartbeats were sent that it has yet to acknowledge, oldest first. */
  unacknowledged: Monotonic[]
}

/** A run of a driver goes through the states of an executor. */
export type ProcessState = ExecutorState

/** A process that lives, is about to, or whose end no master has acknowledged. */
export interface Process {
  readonly key: ProcessKey
  readonly resources: Resources
  readonly caption: ProcessCaption
  state: ProcessState
  /** What the launcher has yet to be told; null once it was, and for what an earlier worker launched. */
  pending: PendingLaunch | null
  /** Why its end was ordered; null while nobody did. */
  endReason: string | null
  exitCode: number | null
  message: string | null
  hint: ProcessHint | null
}

export interface PendingLaunch {
  readonly order: LaunchEffect
  /** What it needs is on the way; otherwise it waits for a launcher. */
  readonly isFetching: boolean
}

/** A state of a process that a master has yet to acknowledge. */
export interface Report {
  readonly sequence: number
  readonly key: ProcessKey
  readonly state: ProcessState
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint: ProcessHint | null
  /** When it was last sent over the leader's link; null when that has not happened. */
  sentAt: Monotonic | null
}

export type LauncherState =
  | { state: 'opening' }
  | { state: 'open' }
  | { state: 'waiting'; reopenAt: Monotonic; isFormerDead: boolean }
  | { state: 'closing' }

export interface WorkerOptions {
  readonly workerId: WorkerId
  /** Host by which masters, executors and browsers reach this worker. */
  readonly host: string
  readonly webUiUrl: string
  readonly offered: Resources
  readonly masters: readonly HostPort[]
  readonly fence: Fence | null
  readonly decommissioning: boolean
  /** Greater than every sequence that this worker id used before, so that no old acknowledgement fits. */
  readonly firstSequence: number
  readonly seed: number
  readonly settings: Settings
}

export interface Worker {
  readonly workerId: WorkerId
  readonly host: string
  readonly webUiUrl: string
  readonly offered: Resources
  readonly settings: Settings
  readonly random: RandomState
  /** The latest time of any step. */
  now: Monotonic

  readonly masters: readonly MasterContact[]
  leader: Leader | null
  fence: Fence | null
  /** Going to leave: it takes nothing new. Never taken back. */
  decommissioning: boolean
  nextLink: LinkId

  launcher: LauncherState
  launcherPort: number
  launcherFailures: number
  /** Until when masters have leased; null before the first lease. */
  leaseEndsAt: Monotonic | null

  /** By `formatProcessKey`. */
  readonly processes: Map<string, Process>
  /** Ended and acknowledged, oldest first, for people. */
  readonly finished: Readonly<Record<ProcessKey['kind'], Process[]>>
  /** Over by order of the master, but with executors here that have not ended. */
  readonly finishedApplications: Set<ApplicationId>

  /** By sequence, in order. */
  readonly reports: Map<number, Report>
  nextSequence: number

  stopping: { readonly mode: StopMode; readonly giveUpAt: Monotonic } | null
  /** True once `exit` was asked for; every later event is ignored. */
  over: boolean
}

/** A worker whose launcher is being opened; it dials its masters when that has happened. */
export function createWorker(options: WorkerOptions): Worker {
  const { workerId, host, webUiUrl, offered, settings, fence, decommissioning } = options
  return {
    workerId,
    host,
    webUiUrl,
    offered,
    settings,
    random: createRandom(options.seed),
    now: 0,
    masters: options.masters.map((address) => ({
      address,
      contact: { state: 'idle' },
      failures: 0,
      lastDialAt: null,
      lastAnswer: null,
    })),
    leader: null,
    fence,
    decommissioning,
    nextLink: 1,
    launcher: { state: 'opening' },
    launcherPort: 0,
    launcherFailures: 0,
    leaseEndsAt: null,
    processes: new Map(),
    finished: { executor: [], driver: [] },
    finishedApplications: new Set(),
    reports: new Map(),
    nextSequence: options.firstSequence,
    stopping: null,
    over: false,
  }
}
