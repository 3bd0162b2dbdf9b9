// What must hold after every step. Tests and the simulator check it each time.
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import type { Worker } from './worker.ts'

/** Sentences about everything that is wrong with this worker; empty when nothing is. */
export function brokenInvariants(worker: Worker): readonly string[] {
  return worker.over
    ? []
    : [...aboutMasters(worker), ...aboutExecutors(worker), ...aboutReports(worker)]
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

function* aboutExecutors(worker: Worker): Generator<string> {
  for (const [name, { state, resources, endReason, key }] of worker.executors) {
    if (resources.cores < 0 || resources.memoryMb < 0)
      yield `executor ${name} holds less than nothing`
    const told = [...worker.reports.values()].filter(
      (report) =>
        report.key.applicationId === key.applicationId && report.key.executor === key.executor,
    )
    if (isExecutorOver(state) && !told.some((report) => report.state === state)) {
      yield `executor ${name} is ${state} and no report says so`
    }
    if (!isExecutorOver(state) && told.some((report) => isExecutorOver(report.state))) {
      yield `executor ${name} is ${state}, but reported as ended`
    }
    if (endReason === '') yield `executor ${name} is being ended for no reason`
  }
  for (const { key, state } of worker.finished) {
    if (!isExecutorOver(state)) yield `executor ${key.applicationId}/${key.executor} retired alive`
  }
  if (worker.finished.length > worker.settings.retainedExecutors)
    yield 'too many ended executors kept'
  for (const id of worker.finishedApplications) {
    const used = [...worker.executors.values()].some(
      ({ key, state }) => key.applicationId === id && !isExecutorOver(state),
    )
    if (!used) yield `scratch directories of ${id} are kept for nobody`
  }
  if (worker.launcher.state === 'open' && worker.waitingLaunches.length > 0) {
    yield 'launches wait although there is a launcher'
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
