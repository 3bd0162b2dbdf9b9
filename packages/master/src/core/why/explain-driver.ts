// Answers "why does my driver not run?" when somebody asks, with the same comparisons that placement uses.
import { fits } from '@hearth/common/domain/resources.ts'
import { isDriverOver } from '@hearth/common/domain/states.ts'
import { isBackingOff } from '../backoff.ts'
import type { Cluster } from '../cluster.ts'
import type { Driver } from '../drivers/driver.ts'
import { blockOfDriver } from '../drivers/driver-placement.ts'
import { ExecutorReserve } from '../drivers/executor-reserve.ts'
import { describeDriverWait } from '../drivers/wait.ts'
import type { Now } from '../events.ts'
import { NO_COUNTS } from '../placement/wait.ts'
import { smallestChange } from './change.ts'
import type { Change, DriverExplanation, Place, WorkerVerdict } from './explanation.ts'
import { describe, sentenceOf, type WaitFacts } from './sentence.ts'
import { codeOfVerdicts, countVerdicts, judgeWorkers } from './verdicts.ts'

const MAX_AHEAD = 10
const MAX_NAMED = 3

/** The explanation for the driver with this id; undefined when it is unknown or forgotten. */
export function explainDriver(
  cluster: Cluster,
  id: string,
  now: Now,
): DriverExplanation | undefined {
  const driver =
    [...cluster.drivers.values()].find((one) => one.id === id) ??
    cluster.completedDrivers.find((one) => one.id === id)
  if (driver === undefined) return undefined
  const { description, state } = driver
  const { resources, firstExecutor, name } = description
  const reason = reasonOf(cluster, driver, now)
  return {
    ...{ driverId: driver.id, name, state, resources, firstExecutor },
    ...reason,
    place: state === 'submitted' ? placeOf(cluster, driver) : null,
    notBeforeMs: notBeforeMsOf(driver, reason.code, now),
  }
}

function notBeforeMsOf(
  { notBefore, failedSave, backoffs }: Driver,
  code: Reason['code'],
  now: Now,
): number | null {
  const instants = [notBefore, failedSave?.until ?? null].filter((one) => one !== null)
  // The first of the workers that did not take it is enough.
  if (code === 'not-taken' && instants.length === 0) {
    const untils = [...backoffs.values()].map(({ until }) => until)
    instants.push(Math.min(...untils.filter((until) => until !== null)))
  }
  return instants.length === 0 ? null : Math.max(0, ...instants.map((at) => at - now.mono))
}

type Reason = Pick<DriverExplanation, 'summary' | 'code' | 'counts' | 'workers' | 'change'>

function reasonOf(cluster: Cluster, driver: Driver, now: Now): Reason {
  const { id, state, message, workerId, failedSave } = driver
  const nothing = { code: null, counts: {}, workers: [], change: null }
  if (isDriverOver(state)) {
    const why = message === null ? '' : `: ${message}`
    return { ...nothing, summary: `${id} does not wait: it is over (${state}${why})` }
  }
  if (state === 'restarting') {
    const summary = `${id} waits: its last run failed (${message ?? 'no reason given'}); it is started again on ${workerId}`
    const change = { kind: 'wait', text: `\`hearth logs ${id}\` shows what it wrote` } as const
    return { ...nothing, code: 'restart-delay', summary, change }
  }
  if (state !== 'submitted') {
    const summary = `${id} does not wait: it is ${state} on ${workerId}`
    return { ...nothing, summary }
  }
  const block = blockOfDriver(cluster, driver, now)
  if (block !== undefined) {
    const says = failedSave === null ? '' : `; the store says: ${failedSave.reason}`
    const summary = `${id} waits: ${describeDriverWait(block)}${says}`
    return { ...nothing, code: block.code, summary, change: changeOf(block.code, cluster) }
  }
  return placementReason(cluster, driver, now)
}

function placementReason(cluster: Cluster, driver: Driver, now: Now): Reason {
  const { description, id } = driver
  const { resources: unit, firstExecutor } = description
  const reserve = new ExecutorReserve(cluster)
  // Where it does not fit in any case, the reserve is not what keeps it out.
  const workers = judgeWorkers(cluster, unit, (worker) => {
    if (!fits(unit, worker.free)) return undefined
    if (isBackingOff(driver, worker, now)) return 'passed-over'
    return reserve.allows(description, worker) ? undefined : 'reserved'
  })
  const counts = countVerdicts(workers)
  const isBlocked = (counts.fits ?? 0) === 0
  if (isBlocked && (counts['passed-over'] ?? 0) > 0) {
    return { code: 'not-taken', counts, workers, ...aboutRefusal(driver, workers) }
  }
  const isReserved = isBlocked && (counts.reserved ?? 0) > 0
  const code = codeOfVerdicts(workers, counts)
  const facts: WaitFacts = {
    kind: 'driver',
    ...{ unit, coresLeft: Number.POSITIVE_INFINITY, workers, counts },
    code,
  }
  if (!isReserved) {
    const summary = `${id} waits: ${sentenceOf(facts)}`
    return { code, summary, counts, workers, change: smallestChange(facts, null) }
  }
  const executor =
    firstExecutor === null
      ? 'the executors of the drivers that run'
      : `its first executor (${describe(firstExecutor)}) or that of another driver`
  const text = describeDriverWait({ code: 'executor-reserve', counts: NO_COUNTS })
  return {
    ...{ code: 'executor-reserve', counts, workers },
    summary: `${id} waits: ${text}`,
    change: {
      kind: 'add-worker',
      text: `add a worker with room for it and for ${executor}, wait for a driver to end, or raise hearth.drivers.maxShare`,
    },
  }
}

function aboutRefusal(
  { id, message }: Driver,
  workers: readonly WorkerVerdict[],
): Pick<Reason, 'summary' | 'change'> {
  const names = workers
    .filter(({ verdict }) => verdict === 'passed-over')
    .map(({ workerId }) => workerId)
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''
  const list = `${names.slice(0, MAX_NAMED).join(', ')}${more}`
  const why = message === null ? '' : `; the last said: ${message}`
  return {
    summary: `${id} waits: no worker has room for it but such as did not take it and are asked again after a while (${list}${why})`,
    change: {
      kind: 'mend',
      text: `see in the log of ${names[0]} why it does not take the driver, or start another worker`,
    },
  }
}

function changeOf(code: string, cluster: Cluster): Change | null {
  if (code === 'driver-limit') {
    const { maxDrivers } = cluster.settings
    return {
      kind: 'raise-limit',
      text: `raise spark.deploy.maxDrivers above ${maxDrivers}, or wait for a driver to end`,
    }
  }
  if (code === 'store-failed') {
    return { kind: 'mend', text: `mend the master's store; the record is written again by itself` }
  }
  return code === 'former-run'
    ? {
        kind: 'wait',
        text: 'nothing needs to be done: it starts when its former run has certainly ended',
      }
    : null
}

function placeOf(cluster: Cluster, driver: Driver): Place {
  const all = [...cluster.waitingDrivers]
  const position = all.indexOf(driver) + 1
  const ahead = all.slice(0, position - 1).map(({ id }) => id)
  return { position, waiting: all.length, ahead: ahead.slice(0, MAX_AHEAD) }
}
