// The state that a master decides on: who is in the pool and what runs where. Only handlers called
// by step() change it; everybody else reads it through views.ts.
import type {
  ApplicationDescription,
  ExecutorRequest,
  ProfileId,
} from '@hearth/common/domain/descriptions.ts'
import type { IdPattern } from '@hearth/common/domain/id-pattern.ts'
import type {
  ApplicationId,
  DriverId,
  ExecutorNumber,
  Instant,
  WorkerId,
} from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { ApplicationState, ExecutorState, WorkerState } from '@hearth/common/domain/states.ts'
import type { Backoff } from './backoff.ts'
import type { Driver } from './drivers/driver.ts'
import type { ClientKey, Hint, PeerId, RequestId } from './events.ts'
import { applicationIdPattern, driverIdPattern } from './id-patterns.ts'
import { WorkerOrder } from './placement/worker-order.ts'
import type { Wait, WaitCode } from './placement/wait.ts'
import type { ProfileTarget } from './records.ts'
import type { Settings } from './settings.ts'
import type { Story } from './story.ts'

/** Failed launches of one application on one worker. */
export interface Suspicion {
  readonly failures: number
  readonly lastMessage: string
  /** The application has ended and had run elsewhere: what it says against the worker stands. */
  readonly stands: boolean
}

export interface Quarantine {
  readonly since: Instant
  /** Monotonic. */
  readonly until: number
  readonly reason: string
}

export interface Worker {
  readonly id: WorkerId
  host: string
  launcherPort: number
  webUiUrl: string
  offered: Resources
  state: WorkerState
  /** Writes of its record under way; until there are none it is not admitted: nothing is placed on it. */
  unsaved: number
  /** True from its return after a loss until that was said to it. */
  wasLost: boolean
  /** The open connection; null while it is away or dead. */
  peer: PeerId | null
  /** Executors that have not ended, by `applicationId/number`. They and the drivers hold `used`. */
  readonly executors: Map<string, Executor>
  /** Drivers that it runs, is to run, or is to run again. */
  readonly drivers: Map<DriverId, Driver>
  used: Resources
  /** `offered` without `used`. */
  free: Resources
  /** Gets nothing new for the rest of this registration; its executors drain (Spark's DECOMMISSIONED). */
  decommissioning: boolean
  /** Applications whose launches failed here since an executor last proved itself here. */
  readonly suspicions: Map<ApplicationId, Suspicion>
  /** Gets nothing new for a while, because launches keep failing here; null when it is trusted. */
  quarantine: Quarantine | null
  /** Quarantines in a row; each is longer than the one before. */
  quarantines: number
  /** Monotonic: last message of the open connection. */
  lastHeardAt: number
  /** Wall clock of the same, for people. */
  lastHeartbeat: Instant
  /** Monotonic: the last acknowledgement that renewed the lease of its supervised drivers. */
  leasedAt: number
  /** How long a driver there may take to end, ms. */
  driverGraceMs: number
  /** Monotonic: when it went away or died. */
  leftAt: number
  /** True while an answer to `dial-launcher` is outstanding. */
  dialling: boolean
  readonly story: Story
}

export interface Executor {
  readonly applicationId: ApplicationId
  readonly number: ExecutorNumber
  readonly profile: ProfileId
  readonly workerId: WorkerId
  readonly resources: Resources
  /** Monotonic. */
  readonly launchedAt: number
  /** Monotonic: when its process was started; null before. */
  runningAt: number | null
  state: ExecutorState
  exitCode: number | null
  message: string | null
  /** Failures of its application that were forgiven when it had run for long enough; null before. */
  forgiven: number | null
  /** What its worker read in its output about why it ended. */
  hint: Hint | null
  /** True once its end was ordered: it keeps its cores until its process has ended. */
  ending: boolean
  /** True once it was told to its client as leaving with its worker: it counts for nothing any more. */
  decommissioned: boolean
}

/** One kind of executor of an application. */
export interface Profile {
  readonly id: ProfileId
  readonly executor: ExecutorRequest
  /** Equal for all profiles that want the same of a worker. */
  readonly shape: string
  /** Executors wanted in all; null for as many as fit. */
  target: number | null
  /** Executors that count towards the target: neither ending nor decommissioned. */
  live: number
}

/** Targets that are being made durable; they count, and are answered, once they are. */
export interface PendingTargets {
  readonly request: RequestId
  readonly targets: readonly ProfileTarget[]
}

export interface Application {
  readonly id: ApplicationId
  description: ApplicationDescription
  readonly client: ClientKey
  state: ApplicationState
  /** Writes of its record under way; until there are none it is neither answered nor scheduled. */
  unsaved: number
  /** The open connection of its client; null while that is closed. */
  peer: PeerId | null
  readonly submittedAt: Instant
  endedAt: Instant | null
  endReason: string | null
  /** Cores it held when it ended, for people; its executors may end later. */
  coresWhenEnded: number | null
  /** Executors that have not ended. */
  readonly executors: Map<ExecutorNumber, Executor>
  /** Workers that ever ran one: they hold its scratch directories. */
  readonly workers: Set<WorkerId>
  /** The last few that have ended, oldest first, for people. */
  readonly endedExecutors: Executor[]
  nextExecutor: ExecutorNumber
  /** Ascending by id, which is the order of placement within the application. */
  readonly profiles: Map<ProfileId, Profile>
  /** In the order of their writes. */
  readonly pendingTargets: PendingTargets[]
  /** Cores of its executors, those that are ending included, decommissioned ones not. */
  coresHeld: number
  /** Abnormal ends since an executor last proved itself. */
  failuresInARow: number
  /** Workers on which its launches failed since one last proved itself there. */
  readonly backoffs: Map<WorkerId, Backoff>
  /** Workers on which an executor of it proved itself. */
  readonly provenOn: Set<WorkerId>
  /** Why the last pass gave it less than it wants; null when it did not. */
  wait: Wait | null
  /** The reason that was last noted for people, so that each is noted once in a row. */
  notedWait: WaitCode | null
  /** Monotonic. */
  lastHeardAt: number
  lastAskedAt: number
  /** Monotonic: when the connection closed; null while it is open. */
  disconnectedAt: number | null
  /** True while an answer to `dial-client` is outstanding. */
  dialling: boolean
  readonly story: Story
}

/** A loss that is announced again, because a late executor may register after the first time (§5.9). */
export interface LossReminder {
  readonly applicationId: ApplicationId
  readonly executor: ExecutorNumber
  readonly workerId: WorkerId
  readonly workerHost: string
  readonly message: string
  /** Monotonic instants at which it is still to be said, earliest first. */
  readonly dueAt: number[]
}

export interface Cluster {
  readonly settings: Settings
  readonly workers: Map<WorkerId, Worker>
  /** In order of registration, which is the order of placement. Holds ended ones until their executors are gone. */
  readonly applications: Map<ApplicationId, Application>
  /** Ended ones, oldest first. */
  readonly completed: Application[]
  /** Drivers that are not over, in the order of their submission. */
  readonly drivers: Map<DriverId, Driver>
  /** Those of them that hold nothing, in the order in which they are placed. */
  readonly waitingDrivers: Set<Driver>
  /** Ended ones, oldest first. */
  readonly completedDrivers: Driver[]
  readonly workerByPeer: Map<PeerId, WorkerId>
  /** Workers that are not dead, by the address of their launcher; see worker-addresses.ts. */
  readonly workerByAddress: Map<string, WorkerId>
  /** A connection has one application at most, as a driver's has. */
  readonly applicationByPeer: Map<PeerId, ApplicationId>
  /** Applications that are not over, by their client. */
  readonly applicationByClient: Map<ClientKey, ApplicationId>
  /** Workers that may get something and have a core free, by preference. */
  readonly order: WorkerOrder<Worker>
  /** Executors that have to prove themselves, in the order in which they were started. */
  readonly probation: Executor[]
  reminders: LossReminder[]
  readonly idPattern: IdPattern
  nextApplicationNumber: number
  readonly driverIdPattern: IdPattern
  nextDriverNumber: number
  /** Set by handlers that free or add anything; one pass per batch clears it. */
  placementDue: boolean
  /** Admitted since the last pass. They free nothing, so they make it due for themselves alone. */
  newcomers: Application[]
  /** Monotonic instant of the last tick, to notice that the master itself did not run. */
  lastTickAt: number | null
}

/**
 * An empty cluster. `startedAt` only seeds the counters of ids: two masters that start within one
 * second without a common store must not hand out the same id, so numbering begins at the start's
 * millisecond.
 */
export function createCluster(settings: Settings, startedAt: Instant): Cluster {
  return {
    settings,
    workers: new Map(),
    applications: new Map(),
    completed: [],
    drivers: new Map(),
    waitingDrivers: new Set(),
    completedDrivers: [],
    workerByPeer: new Map(),
    workerByAddress: new Map(),
    applicationByPeer: new Map(),
    applicationByClient: new Map(),
    order: new WorkerOrder(settings.selectionPolicy),
    probation: [],
    reminders: [],
    idPattern: applicationIdPattern(settings),
    nextApplicationNumber: startedAt % 1000,
    driverIdPattern: driverIdPattern(settings),
    nextDriverNumber: startedAt % 1000,
    placementDue: false,
    newcomers: [],
    lastTickAt: null,
  }
}

/** Key of an executor in its worker's table. */
export function executorKey(executor: {
  readonly applicationId: ApplicationId
  readonly number: ExecutorNumber
}): string {
  return `${executor.applicationId}/${executor.number}`
}

/** The most cores that the application may hold; infinite when nothing limits it. */
export function coreLimit(cluster: Cluster, application: Application): number {
  return (
    application.description.maxCores ?? cluster.settings.defaultCores ?? Number.POSITIVE_INFINITY
  )
}

/** True once its record is durable. */
export function isAdmitted(entity: { readonly unsaved: number }): boolean {
  return entity.unsaved === 0
}

export function workerOfPeer(cluster: Cluster, peer: PeerId): Worker | undefined {
  const id = cluster.workerByPeer.get(peer)
  return id === undefined ? undefined : cluster.workers.get(id)
}
