// What clients ask of drivers: submit one, end one, end all, forget what is over.
import { parseDriverId } from '@hearth/common/domain/ids.ts'
import type { Cluster } from '../cluster.ts'
import type { Out } from '../effects.ts'
import type { MasterEvent, Now } from '../events.ts'
import { problemOfDriver } from '../validation.ts'
import { admitDriver } from './admit-driver.ts'
import type { Driver } from './driver.ts'
import { endDriver } from './driver-end.ts'
import { takeDriverId } from './driver-ids.ts'

type Event<Type extends MasterEvent['type']> = Extract<MasterEvent, { type: Type }>

/** Answered with the new driver's id when its record is durable (admit-driver.ts). */
export function onDriverSubmitRequested(
  cluster: Cluster,
  { request, description }: Event<'driver.submit-requested'>,
  now: Now,
  out: Out,
): void {
  const refuse = (reason: string): void => {
    out.push({ type: 'reply', request, reply: { type: 'refused', reason } })
    const text = `refused driver ${JSON.stringify(description.name.slice(0, 200))}: ${reason}`
    out.push({ type: 'note', level: 'warn', about: 'master', text })
  }
  const problem = problemOfDriver(description)
  if (problem !== undefined) return refuse(problem)
  const { maxWaitingDrivers } = cluster.settings
  if (cluster.waitingDrivers.size >= maxWaitingDrivers) {
    return refuse(
      `${maxWaitingDrivers} drivers wait already, which is the limit (hearth.drivers.maxWaiting); try again when some have started`,
    )
  }
  const id = takeDriverId(cluster, now)
  if (id === undefined) {
    return refuse('all ids that spark.deploy.driverIdPattern can make at the moment are in use')
  }
  admitDriver(cluster, { id, description, request, relaunchOf: null, notBefore: null }, now, out)
}

/** Accepted also when its end is under way already; one that is over is not found. */
export function onDriverKillRequested(
  cluster: Cluster,
  { request, driverId }: Event<'driver.kill-requested'>,
  now: Now,
  out: Out,
): void {
  const id = parseDriverId(driverId)
  const driver = id === undefined ? undefined : cluster.drivers.get(id)
  if (driver === undefined) {
    const reason = `no driver that is not over has the id ${driverId.slice(0, 255)}`
    out.push({ type: 'reply', request, reply: { type: 'not-found', reason } })
    return
  }
  killDriver(cluster, driver, now, out)
  out.push({ type: 'reply', request, reply: { type: 'accepted' } })
}

export function onAllDriversKillRequested(
  cluster: Cluster,
  { request }: Event<'drivers.kill-all-requested'>,
  now: Now,
  out: Out,
): void {
  for (const driver of [...cluster.drivers.values()]) killDriver(cluster, driver, now, out)
  out.push({ type: 'reply', request, reply: { type: 'accepted' } })
}

export function onCompletedClearRequested(
  cluster: Cluster,
  { request }: Event<'completed.clear-requested'>,
  out: Out,
): void {
  cluster.completed.splice(0)
  cluster.completedDrivers.splice(0)
  out.push({ type: 'reply', request, reply: { type: 'accepted' } })
}

// What runs keeps its resources until its worker reports that it has ended.
function killDriver(cluster: Cluster, driver: Driver, now: Now, out: Out): void {
  if (driver.ending) return
  driver.ending = true
  const hasProcess = driver.state === 'running' || (driver.state === 'launching' && driver.ordered)
  if (!hasProcess) {
    endDriver(cluster, driver, { state: 'killed', message: 'killed before it ran' }, now, out)
    return
  }
  orderDriverEnd(cluster, driver, out)
}

// A worker that is away is told by the `keepDrivers` list when it returns.
function orderDriverEnd(cluster: Cluster, { id, attempt, workerId }: Driver, out: Out): void {
  const worker = workerId === null ? undefined : cluster.workers.get(workerId)
  if (worker?.peer == null) return
  const message = { type: 'kill-driver', driverId: id, attempt } as const
  out.push({ type: 'send-worker', peer: worker.peer, message })
}
