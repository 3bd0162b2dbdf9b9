// What must hold when nothing has gone wrong for a while: the master's books are what is there.
import { DEFAULT_PROFILE } from '@hearth/common/domain/descriptions.ts'
import { formatExecutorId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import { formatProcessKey } from '@hearth/common/domain/process-key.ts'
import {
  fits,
  subtractResources,
  type Resources,
  type ResourceAmounts,
} from '@hearth/common/domain/resources.ts'
import { isApplicationOver } from '@hearth/common/domain/states.ts'
import { wantedExecutors } from '@hearth/master/core/scheduling.ts'
import { coreLimit, type Application } from '@hearth/master/core/cluster.ts'
import type { Driver } from '../driver/driver.ts'
import type { Victims } from '../faults.ts'
import { aboutSubmissions } from './submissions-at-rest.ts'
import type { Machine } from '../machine/machine.ts'
import { MASTER_HOST } from '../master/ports.ts'
import { RuleBroken, type World } from '../world.ts'

/** Throws {@link RuleBroken} with everything that is wrong. */
export function checkAtRest(world: World, victims: Victims): void {
  const wrong = [
    ...victims.machines.flatMap((machine) => [...aboutMachine(machine, victims)]),
    ...aboutWorkers(victims),
    ...victims.workload.drivers.flatMap((driver) => [...aboutDriver(driver, world, victims)]),
    ...aboutApplications(victims),
    ...aboutSubmissions(victims),
    ...aboutLeftovers(victims),
  ]
  if (wrong.length > 0) throw new RuleBroken(`at rest: ${wrong.join('; ')}`)
}

function* aboutMachine(machine: Machine, { master, workload }: Victims): Generator<string> {
  const { host, launcher } = machine
  const live = launcher === null || launcher.isOver ? [] : launcher.live
  if (machine.worker === null) {
    if (!machine.isAbandoned) yield `no worker runs on ${host}`
    // Without a worker only its driver can end an executor: not one that hangs, nor for a driver that
    // was forgotten.
    for (const { key, isDeaf } of launcher?.isOver === false ? launcher.liveExecutors : []) {
      const name = formatExecutorId(key.applicationId, key.executor)
      const isDriven = workload.live.some((one) => one.applicationId === key.applicationId)
      const isForgotten = isDriven && !master.cluster.applications.has(key.applicationId)
      if (!isDeaf && !isForgotten) yield `ghost: ${name} runs on ${host}, which has no worker`
    }
    // Without a worker its lease ends a supervised driver; any other one may live until the orphan limit.
    for (const { key } of live) {
      if (launcher?.isLeased(key) !== true) continue
      yield `ghost: ${formatProcessKey(key)} runs on ${host}, without a lease`
    }
    return
  }
  const { workerId, processes, reports } = machine.worker.worker
  const counted = master.cluster.workers.get(workerId)
  if (counted?.state !== 'alive') yield `worker ${workerId} is ${counted?.state} for the master`
  if (counted !== undefined && counted.launcherPort !== launcher?.port) {
    yield `the master takes port ${counted.launcherPort} for that of the launcher of ${host}`
  }
  if (reports.size > 0) yield `worker ${workerId} has ${reports.size} reports that nobody takes`
  const there = new Set(live.map(({ key }) => formatProcessKey(key)))
  const runs = [...(counted?.drivers.values() ?? [])].map(({ id, attempt }) => `${id}#${attempt}`)
  const all = new Set([...(counted?.executors.keys() ?? []), ...runs])
  for (const name of there) {
    if (!all.has(name)) yield `ghost: ${name} runs on ${host}, uncounted`
    if (!processes.has(name)) yield `ghost: ${name} runs on ${host}, unknown to its worker`
  }
  for (const name of all) {
    if (!there.has(name)) yield `${name} is counted on ${host} and does not run`
  }
  for (const name of processes.keys()) {
    if (!there.has(name)) yield `${name} does not run, but worker ${workerId} holds it`
  }
  for (const { key, state } of launcher?.held ?? []) {
    const name = formatProcessKey(key)
    if (state !== 'running') yield `the launcher of ${host} still remembers ${state} ${name}`
  }
}

function* aboutWorkers({ master, machines }: Victims): Generator<string> {
  const real = new Set(machines.map((machine) => machine.worker?.worker.workerId))
  for (const { id, state } of master.cluster.workers.values()) {
    if (state !== 'dead' && !real.has(id)) yield `worker ${id} is ${state} and does not exist`
  }
}

function* aboutDriver(driver: Driver, world: World, { master }: Victims): Generator<string> {
  const { applicationId, client, host } = driver
  const application =
    applicationId === null ? undefined : master.cluster.applications.get(applicationId)
  const isActive = application !== undefined && !isApplicationOver(application.state)
  if (driver.isOver) {
    if (isActive) yield `${applicationId} is ${application.state}, but its driver is gone`
  } else if (applicationId === null) yield `the driver at ${client} was never answered`
  else if (isActive) {
    if (application.peer === null) yield `${applicationId} has lost its driver, which lives`
  } else if (driver.isConnected || !mayBeForgotten(host, applicationId, world, master)) {
    yield `${applicationId} is over, its driver lives, was told nothing and could be reached`
  }
}

// A driver that cannot be reached for long is given up. And the news that an application was removed is
// lost with the connection over which it was sent: nobody repeats it.
function mayBeForgotten(
  host: string,
  applicationId: ApplicationId,
  { network, settings, timeline }: World,
  { orders }: Victims['master'],
): boolean {
  const end = orders.endOf(applicationId)
  if (end === 'killed' || end === 'failed') return true
  const { clientReturnTimeoutMs, clientTimeoutMs } = settings.master
  const unreachableMs = network.outages.longest(host, MASTER_HOST, timeline.now)
  return unreachableMs > 0.7 * Math.min(clientReturnTimeoutMs, clientTimeoutMs)
}

function* aboutApplications({ master, machines, workload }: Victims): Generator<string> {
  const { cluster } = master
  const driven = new Set(workload.live.map((driver) => driver.applicationId))
  // A worker in quarantine has free what nobody is given.
  const isTrusted = ({ worker, isDecommissioned }: Machine) =>
    worker !== null &&
    !isDecommissioned &&
    cluster.workers.get(worker.worker.workerId)?.quarantine === null
  const free = machines.filter(isTrusted).map(freeResources)
  for (const application of cluster.applications.values()) {
    const { id } = application
    if (isApplicationOver(application.state)) {
      yield `${id} is over and keeps ${application.executors.size} executors`
      continue
    }
    if (!driven.has(id)) yield `${id} is ${application.state} and nobody drives it`
    const unit = wanted(application, coreLimit(cluster, application))
    if (unit !== undefined && free.some((one) => fits(unit, one))) {
      yield `${id} waits for ${unit.cores} cores, ${unit.memoryMb} MiB that are free`
    }
  }
}

/** What the application would take next; undefined when it has all that it may have. */
function wanted(application: Application, limit: number): ResourceAmounts | undefined {
  const { executor } = application.description
  const cores = executor.cores ?? 1
  const mayHaveCores = limit - application.coresHeld >= cores
  const profile = application.profiles.get(DEFAULT_PROFILE)
  const mayHaveExecutors = profile !== undefined && wantedExecutors(profile) > 0
  return mayHaveCores && mayHaveExecutors ? { cores, memoryMb: executor.memoryMb } : undefined
}

function freeResources({ launcher, offered }: Machine): Resources {
  let free = offered
  for (const { state, resources } of launcher?.held ?? []) {
    if (state === 'running') free = subtractResources(free, resources)
  }
  return free
}

function* aboutLeftovers({ master, machines }: Victims): Generator<string> {
  const { cluster, unanswered } = master
  if (unanswered > 0) yield `${unanswered} asks of drivers were never answered`
  if (cluster.reminders.length > 0) yield `${cluster.reminders.length} reminders are left`
  const connected = [...cluster.workers.values()].filter((worker) => worker.peer !== null)
  if (cluster.workerByPeer.size !== connected.length) yield 'peers of workers are left'
  for (const { host, scratch, worker } of machines) {
    for (const id of worker === null ? [] : scratch) {
      if (!cluster.applications.has(id)) yield `${host} keeps scratch directories of ${id}`
    }
  }
}
