// The cluster in the exact shape of Spark's JSON pages (deploy.JsonProtocol, 3.5 and 4.x).
import { subtractResources } from '@hearth/common/domain/resources.ts'
import type { ApplicationState, WorkerState } from '@hearth/common/domain/states.ts'
import type { ApplicationView, ClusterView, WorkerView } from '../../core/views.ts'
import { driverJson } from './driver-json.ts'
import { javaDate } from './java-date.ts'
import { resourcesJson } from './resources-json.ts'

const APPLICATION_STATES: Readonly<Record<ApplicationState, string>> = {
  waiting: 'WAITING',
  running: 'RUNNING',
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
}
// Spark's own word for a worker that is known and has not been heard of is UNKNOWN.
const WORKER_STATES: Readonly<Record<WorkerState, string>> = {
  alive: 'ALIVE',
  away: 'UNKNOWN',
  dead: 'DEAD',
}

export interface MasterJson {
  readonly masterUrl: string
  /** Where drivers are submitted over REST; null or left out when they are not. */
  readonly restUrl?: string | null
  /** ALIVE, STANDBY … */
  readonly status: string
  /** Wall clock, ms. */
  readonly now: number
}

/** The document of `/json/`. */
export function clusterJson(view: ClusterView, master: MasterJson): Record<string, unknown> {
  const alive = view.workers.filter((worker) => worker.state === 'alive')
  const application = (one: ApplicationView) => applicationJson(one, master.now)
  return {
    url: master.masterUrl,
    workers: view.workers.map(workerJson),
    aliveworkers: alive.length,
    cores: view.offered.cores,
    coresused: view.used.cores,
    memory: view.offered.memoryMb,
    memoryused: view.used.memoryMb,
    resources: alive.map(({ offered }) => resourcesJson(offered)),
    resourcesused: alive.map(({ offered, used }) => resourcesJson(used, offered)),
    activeapps: view.active.map(application),
    completedapps: view.completed.map(application),
    activedrivers: view.activeDrivers.map(driverJson),
    completeddrivers: view.completedDrivers.map(driverJson),
    status: master.status,
  }
}

/** `/json/clusterutilization` of 4.x; a percentage of nothing is 100. */
export function utilizationJson(view: ClusterView): Record<string, unknown> {
  const percent = (used: number, total: number) =>
    total === 0 ? 100 : Math.floor((100 * used) / total)
  return {
    waitingDrivers: view.activeDrivers.filter(({ state }) => state === 'submitted').length,
    cores: view.offered.cores,
    coresused: view.used.cores,
    coresutilization: percent(view.used.cores, view.offered.cores),
    memory: view.offered.memoryMb,
    memoryused: view.used.memoryMb,
    memoryutilization: percent(view.used.memoryMb, view.offered.memoryMb),
  }
}

/** The document of `/app/json`, and the elements of `activeapps`. */
export function applicationJson(view: ApplicationView, now: number): Record<string, unknown> {
  const requirements = Object.entries(view.customPerExecutor).map(([name, amount]) => ({
    ...{ name, amount },
  }))
  return {
    id: view.id,
    starttime: view.submittedAt,
    name: view.name,
    cores: view.coresGranted,
    user: view.user,
    memoryperexecutor: view.memoryMbPerExecutor,
    memoryperslave: view.memoryMbPerExecutor,
    resourcesperexecutor: requirements,
    resourcesperslave: requirements,
    submitdate: javaDate(view.submittedAt),
    state: APPLICATION_STATES[view.state],
    duration: (view.endedAt ?? now) - view.submittedAt,
  }
}

function workerJson(worker: WorkerView): Record<string, unknown> {
  const { offered, used } = worker
  return {
    id: worker.id,
    host: worker.host,
    port: worker.port,
    webuiaddress: worker.webUiUrl,
    cores: offered.cores,
    coresused: used.cores,
    coresfree: offered.cores - used.cores,
    memory: offered.memoryMb,
    memoryused: used.memoryMb,
    memoryfree: offered.memoryMb - used.memoryMb,
    resources: resourcesJson(offered),
    resourcesused: resourcesJson(used, offered),
    resourcesfree: resourcesJson(subtractResources(offered, used), offered),
    state: workerState(worker),
    lastheartbeat: worker.lastHeartbeat,
  }
}

/** ALIVE, DECOMMISSIONED, UNKNOWN or DEAD (Spark's WorkerState). */
export function workerState({ state, decommissioning }: WorkerView): string {
  return state === 'alive' && decommissioning ? 'DECOMMISSIONED' : WORKER_STATES[state]
}
