// What the leader orders. Every order may come twice: a master that is not sure repeats itself.
import {
  describeProcess,
  formatProcessKey,
  isSameProcess,
  type DriverRunKey,
  type ProcessKey,
} from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { Monotonic, WorkerEvent } from './events.ts'
import { addProcess, launch, orderEnd, removeScratchWhenUnused } from './processes.ts'
import { obeys } from './fence.ts'
import { hasPendingReport, report } from './reports.ts'
import { liveProcesses } from './views.ts'
import type { Process, Worker } from './worker.ts'

type Order<Type extends WorkerEvent['type']> = Extract<WorkerEvent, { type: Type }>

const ENDED_BY_MASTER = 'ended by order of the master'

export function onLaunchOrdered(
  worker: Worker,
  order: Order<'process.launch-ordered'>,
  at: Monotonic,
  out: Out,
): void {
  const { link, epoch, key, resources, caption, payload, mustFetch, leased } = order
  const name = describeProcess(key)
  if (!obeys(worker, link, epoch, `launch ${name}`, at, out)) return
  if (worker.stopping !== null) {
    return note(out, 'warn', `refused to launch ${name}: this worker is stopping`)
  }
  const known = findProcess(worker, key)
  if (known !== undefined) return repeatState(worker, known, at, out)
  // Reported as killed before it ever came here: that stands.
  if (hasPendingReport(worker, key)) return
  const obstacle = obstacleTo(worker, key)
  if (obstacle !== undefined) return refuseLaunch(worker, key, obstacle, at, out)
  const process = addProcess(worker, key, resources, caption)
  note(out, 'info', `launching ${name} with ${formatResources(resources)}`)
  const effect = { type: 'launch', key, resources, payload, leased } as const
  launch(worker, process, { order: effect, mustFetch }, at, out)
}

/** Why this worker takes no such process; undefined when it does. */
function obstacleTo(worker: Worker, key: ProcessKey): string | undefined {
  if (worker.decommissioning) {
    return `worker ${worker.workerId} is decommissioned and takes no new ${key.kind}s`
  }
  if (key.kind === 'executor') return undefined
  const other = otherRun(worker, key)
  if (other === undefined) return undefined
  return `${describeProcess(other.key)} has not ended on worker ${worker.workerId}`
}

// All runs of a driver share a directory; and two at once are what nobody may have ordered.
function otherRun(worker: Worker, { driverId }: DriverRunKey): Process | undefined {
  return liveProcesses(worker).find(({ key }) => key.kind === 'driver' && key.driverId === driverId)
}

// Reported and not only noted: the master counts the process until it hears of its end. A driver is not
// failed by that: another worker may take it.
function refuseLaunch(
  worker: Worker,
  key: ProcessKey,
  message: string,
  at: Monotonic,
  out: Out,
): void {
  note(out, 'warn', `refused to launch ${describeProcess(key)}: ${message}`)
  const state = key.kind === 'driver' ? 'lost' : 'failed'
  report(worker, key, { state, exitCode: null, message }, at, out)
}

export function onKillOrdered(
  worker: Worker,
  { link, epoch, key }: Order<'process.kill-ordered'>,
  at: Monotonic,
  out: Out,
): void {
  const name = describeProcess(key)
  if (!obeys(worker, link, epoch, `end ${name}`, at, out)) return
  const process = findProcess(worker, key)
  if (process === undefined) {
    // Answered, so that the master's books close.
    const message = `worker ${worker.workerId} has no ${name}`
    if (hasPendingReport(worker, key)) return
    return report(worker, key, { state: 'killed', exitCode: null, message }, at, out)
  }
  if (isExecutorOver(process.state)) return repeatState(worker, process, at, out)
  orderEnd(worker, process, ENDED_BY_MASTER, at, out)
}

export function onApplicationFinished(
  worker: Worker,
  { link, epoch, applicationId }: Order<'application.finished'>,
  at: Monotonic,
  out: Out,
): void {
  if (!obeys(worker, link, epoch, `clean up after application ${applicationId}`, at, out)) return
  removeScratchWhenUnused(worker, applicationId, out)
}

function formatResources({ cores, memoryMb, custom = {} }: Resources): string {
  const kinds = Object.entries(custom).map(
    ([name, addresses]) => `, ${name} ${addresses.join(' ')}`,
  )
  return `${cores} cores and ${memoryMb} MiB${kinds.join('')}`
}

function findProcess(worker: Worker, key: ProcessKey): Process | undefined {
  return (
    worker.processes.get(formatProcessKey(key)) ??
    worker.finished[key.kind].find((process) => isSameProcess(process.key, key))
  )
}

// Nothing to add while a report is on its way, or before there is a process to report.
function repeatState(worker: Worker, process: Process, at: Monotonic, out: Out): void {
  if (process.state === 'launching' || hasPendingReport(worker, process.key)) return
  report(worker, process.key, process, at, out)
}
