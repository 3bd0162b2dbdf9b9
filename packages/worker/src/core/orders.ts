// What the leader orders. Every order may come twice: a master that is not sure repeats itself.
import type { Resources } from '@hearth/common/domain/resources.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { ExecutorKey, Monotonic, WorkerEvent } from './events.ts'
import { addExecutor, launch, orderEnd, removeScratchWhenUnused } from './executors.ts'
import { obeys } from './fence.ts'
import { hasPendingReport, report } from './reports.ts'
import { executorKey, isSame, type Executor, type Worker } from './worker.ts'

type Order<Type extends WorkerEvent['type']> = Extract<WorkerEvent, { type: Type }>

const ENDED_BY_MASTER = 'ended by order of the master'

export function onLaunchOrdered(
  worker: Worker,
  order: Order<'executor.launch-ordered'>,
  at: Monotonic,
  out: Out,
): void {
  const { link, epoch, key, resources, caption, payload } = order
  const name = executorKey(key)
  if (!obeys(worker, link, epoch, `launch executor ${name}`, at, out)) return
  if (worker.stopping !== null) {
    return note(out, 'warn', `refused to launch executor ${name}: this worker is stopping`)
  }
  const known = findExecutor(worker, key)
  if (known !== undefined) return repeatState(worker, known, at, out)
  // Reported as killed before it ever came here: that stands.
  if (hasPendingReport(worker, key)) return
  if (worker.decommissioning) return refuseLaunch(worker, key, at, out)
  addExecutor(worker, key, resources, caption)
  note(out, 'info', `launching executor ${name} with ${formatResources(resources)}`)
  launch(worker, { type: 'launch', key, resources, payload }, out)
}

// Reported and not only noted: the master counts the executor until it hears of its end.
function refuseLaunch(worker: Worker, key: ExecutorKey, at: Monotonic, out: Out): void {
  const message = `worker ${worker.workerId} is decommissioned and takes no new executors`
  note(out, 'warn', `refused to launch executor ${executorKey(key)}: ${message}`)
  report(worker, key, { state: 'failed', exitCode: null, message }, at, out)
}

export function onKillOrdered(
  worker: Worker,
  { link, epoch, key }: Order<'executor.kill-ordered'>,
  at: Monotonic,
  out: Out,
): void {
  const name = executorKey(key)
  if (!obeys(worker, link, epoch, `end executor ${name}`, at, out)) return
  const executor = findExecutor(worker, key)
  if (executor === undefined) {
    // Answered, so that the master's books close.
    const message = `worker ${worker.workerId} has no executor ${name}`
    if (hasPendingReport(worker, key)) return
    return report(worker, key, { state: 'killed', exitCode: null, message }, at, out)
  }
  if (isExecutorOver(executor.state)) return repeatState(worker, executor, at, out)
  orderEnd(worker, executor, ENDED_BY_MASTER, at, out)
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

function findExecutor(worker: Worker, key: ExecutorKey): Executor | undefined {
  return (
    worker.executors.get(executorKey(key)) ??
    worker.finished.find((executor) => isSame(executor.key, key))
  )
}

// Nothing to add while a report is on its way, or before there is a process to report.
function repeatState(worker: Worker, executor: Executor, at: Monotonic, out: Out): void {
  if (executor.state === 'launching' || hasPendingReport(worker, executor.key)) return
  report(worker, executor.key, executor, at, out)
}
