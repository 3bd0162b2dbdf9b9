// Read-only pictures of the cluster for doors that show it. Plain data, made when asked for.
import type { ExecutorRequest, ProfileId } from '@hearth/common/domain/descriptions.ts'
import type { ExecutorNumber, Instant } from '@hearth/common/domain/ids.ts'
import { addResources, NO_RESOURCES, type Resources } from '@hearth/common/domain/resources.ts'
import {
  isApplicationOver,
  type ApplicationState,
  type ExecutorState,
  type WorkerState,
} from '@hearth/common/domain/states.ts'
import type { Application, Cluster, Executor, Worker } from './cluster.ts'
import {
  countDrivers,
  viewActiveDrivers,
  viewCompletedDrivers,
  type DriverCounts,
  type DriverView,
} from './drivers/views.ts'
import type { Hint } from './events.ts'
import { describeWait, type Wait } from './placement/wait.ts'

export interface WorkerView {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly webUiUrl: string
  readonly state: WorkerState
  /** Told to leave: its executors drain, and it gets nothing new. */
  readonly decommissioning: boolean
  /** Why it gets nothing new although it is alive, and since when; null when it is trusted. */
  readonly quarantine: { readonly since: Instant; readonly reason: string } | null
  readonly offered: Resources
  readonly used: Resources
  readonly lastHeartbeat: Instant
}

export interface ExecutorView {
  readonly number: ExecutorNumber
  readonly profile: ProfileId
  readonly workerId: string
  readonly workerWebUiUrl: string | null
  readonly state: ExecutorState
  readonly resources: Resources
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint: Hint | null
  readonly decommissioned: boolean
}

export interface ProfileView {
  readonly id: ProfileId
  readonly executor: ExecutorRequest
  /** Executors wanted in all; null for as many as fit. */
  readonly target: number | null
  readonly live: number
}

export interface ApplicationView {
  readonly id: string
  readonly name: string
  readonly user: string
  readonly uiUrl: string
  readonly state: ApplicationState
  readonly submittedAt: Instant
  readonly endedAt: Instant | null
  readonly endReason: string | null
  readonly coresGranted: number
  readonly maxCores: number | null
  readonly memoryMbPerExecutor: number
  readonly coresPerExecutor: number | null
  readonly customPerExecutor: Readonly<Record<string, number>>
  readonly profiles: readonly ProfileView[]
  /** Why the last placement pass gave it less than it wants; null when it did not. */
  readonly wait: (Wait & { readonly text: string }) | null
  /** Those that have not ended first, then the last that have. */
  readonly executors: readonly ExecutorView[]
}

export interface ClusterView {
  readonly workers: readonly WorkerView[]
  /** Of workers that are alive. */
  readonly offered: Resources
  readonly used: Resources
  readonly active: readonly ApplicationView[]
  readonly completed: readonly ApplicationView[]
  readonly activeDrivers: readonly DriverView[]
  readonly completedDrivers: readonly DriverView[]
}

export function viewCluster(cluster: Cluster): ClusterView {
  const workers = [...cluster.workers.values()]
  const alive = workers.filter((worker) => worker.state === 'alive')
  const applications = [...cluster.applications.values()]
  return {
    workers: workers.map(viewWorker),
    offered: alive.reduce((sum, worker) => addResources(sum, worker.offered), NO_RESOURCES),
    used: alive.reduce((sum, worker) => addResources(sum, worker.used), NO_RESOURCES),
    active: applications
      .filter((application) => !isApplicationOver(application.state))
      .map((application) => viewOf(cluster, application)),
    completed: [
      ...cluster.completed,
      ...applications.filter((application) => isApplicationOver(application.state)),
    ].map((application) => viewOf(cluster, application)),
    activeDrivers: viewActiveDrivers(cluster),
    completedDrivers: viewCompletedDrivers(cluster),
  }
}

function viewWorker(worker: Worker): WorkerView {
  const { quarantine } = worker
  return {
    id: worker.id,
    host: worker.host,
    port: worker.launcherPort,
    webUiUrl: worker.webUiUrl,
    state: worker.state,
    decommissioning: worker.decommissioning,
    quarantine: quarantine === null ? null : { since: quarantine.since, reason: quarantine.reason },
    offered: worker.offered,
    used: worker.used,
    lastHeartbeat: worker.lastHeartbeat,
  }
}

/** The application with this id, live or ended; undefined when it is unknown or forgotten. */
export function viewApplication(cluster: Cluster, id: string): ApplicationView | undefined {
  for (const application of cluster.applications.values()) {
    if (application.id === id) return viewOf(cluster, application)
  }
  const completed = cluster.completed.find((application) => application.id === id)
  return completed === undefined ? undefined : viewOf(cluster, completed)
}

/** An application that has less than it wants, as the last placement pass left it. */
export interface WaitingView {
  readonly applicationId: string
  readonly name: string
  /** 1 is served first. */
  readonly position: number
  readonly executors: number
  readonly code: Wait['code']
  readonly text: string
}

/** Everybody who waits, in the order in which they are served. */
export function viewWaiting(cluster: Cluster): WaitingView[] {
  const waiting: WaitingView[] = []
  for (const { id, description, executors, wait } of cluster.applications.values()) {
    if (wait === null) continue
    waiting.push({
      applicationId: id,
      name: description.name,
      position: waiting.length + 1,
      executors: executors.size,
      code: wait.code,
      text: describeWait(wait),
    })
  }
  return waiting
}

/** Counts for metrics: cheap, no copies of the lists. */
export interface ClusterCounts {
  readonly workers: Readonly<Record<WorkerState, number>>
  readonly waiting: number
  readonly running: number
  readonly executors: number
  /** Alive workers that get nothing new. */
  readonly quarantined: number
  readonly decommissioning: number
  readonly drivers: DriverCounts
}

export function countCluster(cluster: Cluster): ClusterCounts {
  const workers: Record<WorkerState, number> = { alive: 0, away: 0, dead: 0 }
  let executors = 0
  let quarantined = 0
  let decommissioning = 0
  for (const worker of cluster.workers.values()) {
    workers[worker.state] += 1
    executors += worker.executors.size
    if (worker.state !== 'alive') continue
    if (worker.quarantine !== null) quarantined += 1
    if (worker.decommissioning) decommissioning += 1
  }
  let waiting = 0
  let running = 0
  for (const { state } of cluster.applications.values()) {
    if (state === 'waiting') waiting += 1
    else if (state === 'running') running += 1
  }
  return {
    workers,
    waiting,
    running,
    executors,
    quarantined,
    decommissioning,
    drivers: countDrivers(cluster),
  }
}

function viewOf(cluster: Cluster, application: Application): ApplicationView {
  const { description } = application
  return {
    id: application.id,
    name: description.name,
    user: description.user,
    uiUrl: description.uiUrl,
    state: application.state,
    submittedAt: application.submittedAt,
    endedAt: application.endedAt,
    endReason: application.endReason,
    coresGranted: application.coresWhenEnded ?? application.coresHeld,
    maxCores: description.maxCores,
    memoryMbPerExecutor: description.executor.memoryMb,
    coresPerExecutor: description.executor.cores,
    customPerExecutor: description.executor.custom ?? {},
    profiles: [...application.profiles.values()].map(({ id, executor, target, live }) => ({
      ...{ id, executor, target, live },
    })),
    wait:
      application.wait === null
        ? null
        : { ...application.wait, text: describeWait(application.wait) },
    executors: [...application.executors.values(), ...application.endedExecutors].map((executor) =>
      viewExecutor(cluster, executor),
    ),
  }
}

function viewExecutor(cluster: Cluster, executor: Executor): ExecutorView {
  return {
    number: executor.number,
    profile: executor.profile,
    workerId: executor.workerId,
    workerWebUiUrl: cluster.workers.get(executor.workerId)?.webUiUrl ?? null,
    state: executor.state,
    resources: executor.resources,
    exitCode: executor.exitCode,
    message: executor.message,
    hint: executor.hint,
    decommissioned: executor.decommissioned,
  }
}
