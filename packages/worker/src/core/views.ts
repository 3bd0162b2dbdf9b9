// Read-only projections of a worker for pages, JSON and metrics.
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import type { ApplicationId, DriverId, WorkerId } from '@hearth/common/domain/ids.ts'
import type { DriverRunKey, ExecutorKey, ProcessKey } from '@hearth/common/domain/process-key.ts'
import { NO_RESOURCES, addResources, type Resources } from '@hearth/common/domain/resources.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import type { ProcessCaption, ProcessHint } from './events.ts'
import type { Process, ProcessState, Worker } from './worker.ts'

export interface ProcessView<Key extends ProcessKey = ProcessKey> {
  readonly key: Key
  readonly state: ProcessState
  readonly resources: Resources
  readonly caption: ProcessCaption
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint: ProcessHint | null
}

export type ExecutorView = ProcessView<ExecutorKey>
export type DriverView = ProcessView<DriverRunKey>

export interface WorkerView {
  readonly workerId: WorkerId
  readonly host: string
  readonly launcherPort: number
  /** Both null until a master has registered this worker, and while its link is lost. */
  readonly masterUrl: string | null
  readonly masterWebUiUrl: string | null
  /** Going to leave: it takes nothing new. */
  readonly decommissioning: boolean
  readonly offered: Resources
  readonly used: Resources
  readonly executors: readonly ExecutorView[]
  /** Oldest first. */
  readonly finishedExecutors: readonly ExecutorView[]
  /** One for each run of a driver. */
  readonly drivers: readonly DriverView[]
  /** Oldest first. */
  readonly finishedDrivers: readonly DriverView[]
}

export function viewWorker(worker: Worker): WorkerView {
  const live = liveProcesses(worker).map(viewProcess)
  const over = [...worker.processes.values()].filter(({ state }) => isExecutorOver(state))
  const finished = (kind: ProcessKey['kind']) =>
    [...worker.finished[kind], ...over].map(viewProcess)
  return {
    workerId: worker.workerId,
    host: worker.host,
    launcherPort: worker.launcherPort,
    masterUrl: worker.leader?.masterUrl ?? null,
    masterWebUiUrl: worker.leader?.masterWebUiUrl ?? null,
    decommissioning: worker.decommissioning,
    offered: worker.offered,
    used: resourcesUsed(worker),
    executors: live.filter(isExecutor),
    finishedExecutors: finished('executor').filter(isExecutor),
    drivers: live.filter(isDriver),
    finishedDrivers: finished('driver').filter(isDriver),
  }
}

/** Processes that have not ended. */
export function liveProcesses({ processes }: Worker): readonly Process[] {
  return [...processes.values()].filter(({ state }) => !isExecutorOver(state))
}

/** What live processes hold. Nothing limits it here: the master decides what fits. */
export function resourcesUsed(worker: Worker): Resources {
  let used = NO_RESOURCES
  for (const { resources } of liveProcesses(worker)) used = addResources(used, resources)
  return used
}

/** True while an executor of the application has not ended here. */
export function hasLiveExecutor(worker: Worker, applicationId: ApplicationId): boolean {
  return liveProcesses(worker).some(
    ({ key }) => key.kind === 'executor' && key.applicationId === applicationId,
  )
}

/** True while a run of the driver has not ended here. */
export function hasLiveDriver(worker: Worker, driverId: DriverId): boolean {
  return liveProcesses(worker).some(({ key }) => key.kind === 'driver' && key.driverId === driverId)
}

/** True when a master has registered this worker and it can launch; a sentence why not otherwise. */
export function isReady(worker: Worker): true | string {
  if (worker.stopping !== null) return 'the worker is stopping'
  if (worker.decommissioning) return 'the worker is decommissioned'
  if (worker.launcher.state !== 'open') return 'the launcher is not running'
  if (worker.leader !== null) return true
  const answers = worker.masters.map(
    ({ address, lastAnswer }) => `${formatHostPort(address)}: ${lastAnswer ?? 'no answer yet'}`,
  )
  return `not registered with a master (${answers.join('; ')})`
}

function viewProcess(process: Process): ProcessView {
  const { key, state, resources, caption, exitCode, message, hint } = process
  return { key, state, resources, caption, exitCode, message, hint }
}

function isExecutor(view: ProcessView): view is ExecutorView {
  return view.key.kind === 'executor'
}

function isDriver(view: ProcessView): view is DriverView {
  return view.key.kind === 'driver'
}
