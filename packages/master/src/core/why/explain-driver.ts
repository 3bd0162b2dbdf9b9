// Answers "why does my driver not run?" when somebody asks, with the same comparisons that placement uses.
import { fits } from '@hearth/common/domain/resources.ts'
import { isDriverOver } from '@hearth/common/domain/states.ts'
import type { Cluster } from '../cluster.ts'
import type { Driver } from '../drivers/driver.ts'
import { blockOfDriver } from '../drivers/driver-placement.ts'
import { ExecutorReserve } from '../drivers/executor-reserve.ts'
import { describeDriverWait } from '../drivers/wait.ts'
import type { Now } from '../events.ts'
import { NO_COUNTS } from '../placement/wait.ts'
import { smallestChange } from './change.ts'
import type { Change, DriverExplanation, Place } from './explanation.ts'
import { describe, sentenceOf, type WaitFacts } from './sentence.ts'
import { codeOfVerdicts, countVerdicts, judgeWorkers } from './verdicts.ts'

const MAX_AHEAD = 10

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
    notBeforeMs: notBeforeMsOf(driver, now),
  }
}

function notBeforeMsOf({ notBefore, failedSave }: Driver, now: Now): number | null {
  const instants = [notBefore, failedSave?.until ?? null].filter((one) => one !== null)
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
  return placementReason(cluster, driver)
}

function placementReason(cluster: Cluster, driver: Driver): Reason {
  const { description, id } = driver
  const { resources: unit, firstExecutor } = description
  const reserve = new ExecutorReserve(cluster)
  // Where it does not fit in any case, the reserve is not what keeps it out.
  const workers = judgeWorkers(cluster, unit, (worker) =>
    fits(unit, worker.free) && !reserve.allows(description, worker) ? 'reserved' : undefined,
  )
  const counts = countVerdicts(workers)
  const isReserved = (counts.reserved ?? 0) > 0 && (counts.fits ?? 0) === 0
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
