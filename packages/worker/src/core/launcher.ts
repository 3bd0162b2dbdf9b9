// The launcher owns the processes. When it is out of reach another is opened, which says what became
// of them; the masters learn its port, because they dial it to know whether the processes live.
import { formatProcessKey, isSameProcess } from '@hearth/common/domain/process-key.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { HeldProcess, Monotonic } from './events.ts'
import { passLeaseOn } from './lease.ts'
import { backoffMs, dialIdleMasters } from './links.ts'
import { endOfExited, endOfFailed } from './process-news.ts'
import { addProcess, endProcess, passOn, startProcess, type End } from './processes.ts'
import { sendRegistration } from './registration.ts'
import { closeLauncher, finishStop, leave, stopWithout } from './stopping.ts'
import type { Process, Worker } from './worker.ts'

/** The first opening starts the dialling of masters; later ones repeat the registration everywhere. */
export function onLauncherOpened(
  worker: Worker,
  port: number,
  held: readonly HeldProcess[],
  at: Monotonic,
  out: Out,
): void {
  worker.launcher = { state: 'open' }
  worker.launcherPort = port
  worker.launcherFailures = 0
  loseWhatIsNotHeld(worker, held, at, out)
  for (const process of held) takeBack(worker, process, at, out)
  if (worker.stopping !== null) return closeLauncher(worker, out)

  // Before any launch: a leased process is not started without a lease.
  passLeaseOn(worker, at, out)
  for (const process of worker.processes.values()) passOn(worker, process, at, out)
  for (const master of worker.masters) sendRegistration(worker, master, at, out)
  if (worker.leader === null) dialIdleMasters(worker, at, out)
}

function loseWhatIsNotHeld(
  worker: Worker,
  held: readonly HeldProcess[],
  at: Monotonic,
  out: Out,
): void {
  const message = `the launcher of worker ${worker.workerId} died`
  for (const process of launchedProcesses(worker)) {
    if (held.some(({ key }) => isSameProcess(key, process.key))) continue
    endProcess(worker, process, { state: 'lost', exitCode: null, message }, at, out)
  }
}

function takeBack(worker: Worker, held: HeldProcess, at: Monotonic, out: Out): void {
  const { key, resources, caption, pid } = held
  const known = worker.processes.get(formatProcessKey(key))
  const finished = worker.finished[key.kind]
  if (known === undefined && finished.some((process) => isSameProcess(process.key, key))) {
    if (held.state === 'running') out.push({ type: 'kill', key })
    out.push({ type: 'forget', key })
    return
  }
  if (known !== undefined && isExecutorOver(known.state)) {
    // Reported as lost while nobody could tell: it must not go on behind the master's back.
    if (held.state === 'running') out.push({ type: 'kill', key })
    return
  }
  // An unknown one was started by an earlier life of this worker. That it runs is reported, even if it
  // was before: nobody here knows, and a master takes the same news twice.
  const process = known ?? addProcess(worker, key, resources, caption)
  if (pid !== null && process.state === 'launching') startProcess(worker, process, at, out)
  if (held.state !== 'running') {
    return endProcess(worker, process, endOfHeld(held, process), at, out)
  }
  if (process.endReason !== null) out.push({ type: 'kill', key })
}

function endOfHeld(held: HeldProcess, process: Process): End {
  const { state, exitCode, killed, message, hint } = held
  if (state === 'exited') return { ...endOfExited(process, exitCode, killed, message), hint }
  if (state === 'failed') return { ...endOfFailed(process, message), hint }
  return { state: 'lost', exitCode: null, message, hint }
}

/**
 * Launches that waited for it fail, so that their applications need not wait for a broken worker; a
 * driver was not taken, another worker may. What runs is lost when the launcher before it is dead: while that
 * one lives so may its processes, and a driver that is said to be lost is run elsewhere.
 */
export function onLauncherOpenFailed(
  worker: Worker,
  { reason, isFormerDead }: { readonly reason: string; readonly isFormerDead: boolean },
  at: Monotonic,
  out: Out,
): void {
  worker.launcherFailures++
  const { launcherRetryMs } = worker.settings
  const delayMs = backoffMs(worker, worker.launcherFailures, launcherRetryMs)
  worker.launcher = { state: 'waiting', reopenAt: at + delayMs, isFormerDead }
  note(out, 'error', `no launcher could be started: ${reason}; trying again in ${delayMs} ms`)
  if (isFormerDead) loseWhatIsNotHeld(worker, [], at, out)
  const message = `worker ${worker.workerId} could not start a launcher: ${reason}`
  for (const process of worker.processes.values()) {
    if (process.pending?.isFetching !== false) continue
    const state = process.key.kind === 'driver' ? 'lost' : 'failed'
    endProcess(worker, process, { state, exitCode: null, message }, at, out)
  }
  if (worker.stopping !== null) stopWithout(worker, isFormerDead, at, out)
}

export function reopenLauncher(worker: Worker, out: Out): void {
  worker.launcher = { state: 'opening' }
  out.push({ type: 'open-launcher' })
}

/** Its processes died with it, or only the connection broke: the next launcher knows. */
export function onLauncherLost(worker: Worker, reason: string, at: Monotonic, out: Out): void {
  if (worker.launcher.state !== 'open' && worker.launcher.state !== 'closing') return
  note(out, 'error', `the launcher is lost: ${reason}`)
  if (worker.stopping !== null) return finishStop(worker, at, out)
  reopenLauncher(worker, out)
}

/** Another worker of the same state directory has the processes now, and reports them to the master. */
export function onLauncherTaken(worker: Worker, pid: number, out: Out): void {
  note(out, 'error', `worker process ${pid} has taken over this worker's launcher; leaving`)
  leave(worker, 1, out)
}

export function onLauncherClosed(worker: Worker, at: Monotonic, out: Out): void {
  if (worker.stopping !== null) finishStop(worker, at, out)
}

/** Live processes that a launcher was told of. */
function launchedProcesses(worker: Worker): Process[] {
  return [...worker.processes.values()].filter(
    ({ state, pending }) => !isExecutorOver(state) && pending === null,
  )
}
