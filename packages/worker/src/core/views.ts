// Read-only projections of a worker for pages, JSON and metrics.
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import type { ApplicationId, WorkerId } from '@hearth/common/domain/ids.ts'
import { NO_RESOURCES, addResources, type Resources } from '@hearth/common/domain/resources.ts'
import { isExecutorOver, type ExecutorState } from '@hearth/common/domain/states.ts'
import type { ExecutorCaption, ExecutorHint, ExecutorKey } from './events.ts'
import type { Executor, Worker } from './worker.ts'

export interface ExecutorView {
  readonly key: ExecutorKey
  readonly state: ExecutorState
  readonly resources: Resources
  readonly caption: ExecutorCaption
  readonly exitCode: number | null
  readonly message: string | null
  readonly hint: ExecutorHint | null
}

export interface WorkerView {
  readonly workerId: WorkerId
  readonly host: string
  readonly launcherPort: number
  /** Both null until a master has registered this worker, and while its link is lost. */
  readonly masterUrl: string | null
  readonly masterWebUiUrl: string | null
  /** Going to leave: it takes no new executors. */
  readonly decommissioning: boolean
  readonly offered: Resources
  readonly used: Resources
  readonly executors: readonly ExecutorView[]
  /** Oldest first. */
  readonly finishedExecutors: readonly ExecutorView[]
}

export function viewWorker(worker: Worker): WorkerView {
  const executors = [...worker.executors.values()]
  return {
    workerId: worker.workerId,
    host: worker.host,
    launcherPort: worker.launcherPort,
    masterUrl: worker.leader?.masterUrl ?? null,
    masterWebUiUrl: worker.leader?.masterWebUiUrl ?? null,
    decommissioning: worker.decommissioning,
    offered: worker.offered,
    used: resourcesUsed(worker),
    executors: liveExecutors(worker).map(viewExecutor),
    finishedExecutors: [
      ...worker.finished,
      ...executors.filter(({ state }) => isExecutorOver(state)),
    ].map(viewExecutor),
  }
}

/** Executors that have not ended. */
export function liveExecutors({ executors }: Worker): readonly Executor[] {
  return [...executors.values()].filter(({ state }) => !isExecutorOver(state))
}

/** What live executors hold. Nothing limits it here: the master decides what fits. */
export function resourcesUsed(worker: Worker): Resources {
  let used = NO_RESOURCES
  for (const { resources } of liveExecutors(worker)) used = addResources(used, resources)
  return used
}

/** True while an executor of the application has not ended here. */
export function hasLiveExecutor(worker: Worker, applicationId: ApplicationId): boolean {
  return liveExecutors(worker).some(({ key }) => key.applicationId === applicationId)
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

function viewExecutor({
  key,
  state,
  resources,
  caption,
  exitCode,
  message,
  hint,
}: Executor): ExecutorView {
  return { key, state, resources, caption, exitCode, message, hint }
}
