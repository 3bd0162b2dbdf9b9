// What must hold after every step. Tests and the simulator check it each time.
import { describeProcess, isSameProcess } from '@hearth/common/domain/process-key.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { hasLiveExecutor } from './views.ts'
import type { Worker } from './worker.ts'

/** Sentences about everything that is wrong with this worker; empty when nothing is. */
export function brokenInvariants(worker: Worker): readonly string[] {
  return worker.over
    ? []
    : [...aboutMasters(worker), ...aboutProcesses(worker), ...aboutReports(worker)]
}

function* aboutMasters(worker: Worker): Generator<string> {
  const { leader, fence } = worker
  const links = worker.masters.flatMap(({ contact }) => ('link' in contact ? [contact.link] : []))
  if (new Set(links).size !== links.length) yield 'two masters share a link'
  if (leader === null) {
    const started = worker.launcherPort !== 0
    for (const { address, contact } of worker.masters) {
      if (started && worker.stopping === null && contact.state === 'idle') {
        yield `nobody leads, yet nothing is under way with master ${address.host}:${address.port}`
      }
    }
    return
  }
  if (!links.includes(leader.link)) yield `the leader's link ${leader.link} is not open`
  if (fence?.clusterId !== leader.clusterId || fence.epoch !== leader.epoch) {
    yield `the fence is not the leader's: ${fence?.clusterId} ${fence?.epoch}`
  }
  for (const { contact } of worker.masters) {
    if (contact.state !== 'idle' && !('link' in contact && contact.link === leader.link)) {
      yield 'a master leads, yet another is being dialled'
    }
  }
}

function* aboutProcesses(worker: Worker): Generator<string> {
  for (const { state, resources, endReason, key, pending } of worker.processes.values()) {
    const name = describeProcess(key)
    if (resources.cores < 0 || resources.memoryMb < 0) yield `${name} holds less than nothing`
    const told = [...worker.reports.values()].filter((report) => isSameProcess(report.key, key))
    if (isExecutorOver(state) && !told.some((report) => report.state === state)) {
      yield `${name} is ${state} and no report says so`
    }
    if (!isExecutorOver(state) && told.some((report) => isExecutorOver(report.state))) {
      yield `${name} is ${state}, but reported as ended`
    }
    if (endReason === '') yield `${name} is being ended for no reason`
    if (pending !== null && state !== 'launching')
      yield `${name} is ${state} and yet to be launched`
    if (pending?.isFetching === false && worker.launcher.state === 'open') {
      yield `${name} waits although there is a launcher`
    }
  }
  yield* aboutHistory(worker)
}

function* aboutHistory(worker: Worker): Generator<string> {
  const { finished, settings } = worker
  for (const { key, state } of [...finished.executor, ...finished.driver]) {
    if (!isExecutorOver(state)) yield `${describeProcess(key)} retired alive`
  }
  if (finished.executor.length > settings.retainedExecutors) yield 'too many ended executors kept'
  if (finished.driver.length > settings.retainedDrivers) yield 'too many ended drivers kept'
  for (const id of worker.finishedApplications) {
    if (!hasLiveExecutor(worker, id)) yield `scratch directories of ${id} are kept for nobody`
  }
}

function* aboutReports(worker: Worker): Generator<string> {
  for (const [sequence, report] of worker.reports) {
    if (sequence !== report.sequence || sequence >= worker.nextSequence) {
      yield `report ${sequence} is out of order`
    }
    if (worker.leader !== null && report.sentAt === null) {
      yield `report ${sequence} was never sent to the leader`
    }
  }
}
