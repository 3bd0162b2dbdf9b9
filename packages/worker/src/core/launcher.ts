// The launcher owns the processes. When it is out of reach another is opened, which says what became
// of them; the masters learn its port, because they dial it to know whether the executors live.
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { HeldProcess, Monotonic } from './events.ts'
import { addExecutor, endExecutor, startExecutor, type End } from './executors.ts'
import { backoffMs, dialIdleMasters } from './links.ts'
import { endOfProcess } from './processes.ts'
import { sendRegistration } from './registration.ts'
import { closeLauncher, finishStop, leave } from './stopping.ts'
import { executorKey, isSame, type Executor, type Worker } from './worker.ts'

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

  const launches = worker.waitingLaunches
  worker.waitingLaunches = []
  out.push(...launches)
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
  for (const executor of launchedExecutors(worker)) {
    if (held.some(({ key }) => isSame(key, executor.key))) continue
    endExecutor(worker, executor, { state: 'lost', exitCode: null, message }, at, out)
  }
}

function takeBack(worker: Worker, process: HeldProcess, at: Monotonic, out: Out): void {
  const { key, resources, caption, pid } = process
  const known = worker.executors.get(executorKey(key))
  if (known === undefined && worker.finished.some((executor) => isSame(executor.key, key))) {
    if (process.state === 'running') out.push({ type: 'kill', key })
    out.push({ type: 'forget', key })
    return
  }
  if (known !== undefined && isExecutorOver(known.state)) {
    // Reported as lost while nobody could tell: it must not go on behind the master's back.
    if (process.state === 'running') out.push({ type: 'kill', key })
    return
  }
  // An unknown one was started by an earlier life of this worker. That it runs is reported, even if it
  // was before: nobody here knows, and a master takes the same news twice.
  const executor = known ?? addExecutor(worker, key, resources, caption)
  if (pid !== null && executor.state === 'launching') startExecutor(worker, executor, at, out)
  if (process.state !== 'running') {
    return endExecutor(worker, executor, endOfHeld(process, executor), at, out)
  }
  if (executor.endReason !== null) out.push({ type: 'kill', key })
}

function endOfHeld(process: HeldProcess, executor: Executor): End {
  const { state, exitCode, killed, message, hint } = process
  if (state === 'exited') {
    return { ...endOfProcess(exitCode, killed, executor.endReason ?? message), hint }
  }
  return { state: state === 'failed' ? 'failed' : 'lost', exitCode: null, message, hint }
}

/** Launches that waited for it fail, so that their applications need not wait for a broken worker. */
export function onLauncherOpenFailed(
  worker: Worker,
  reason: string,
  at: Monotonic,
  out: Out,
): void {
  worker.launcherFailures++
  const { launcherRetryMs } = worker.settings
  const delayMs = backoffMs(worker, worker.launcherFailures, launcherRetryMs)
  worker.launcher = { state: 'waiting', reopenAt: at + delayMs }
  note(out, 'error', `no launcher could be started: ${reason}; trying again in ${delayMs} ms`)
  loseWhatIsNotHeld(worker, [], at, out)
  const message = `worker ${worker.workerId} could not start a launcher: ${reason}`
  for (const { key } of worker.waitingLaunches) {
    const executor = worker.executors.get(executorKey(key))
    if (executor === undefined) continue
    endExecutor(worker, executor, { state: 'failed', exitCode: null, message }, at, out)
  }
  if (worker.stopping !== null) finishStop(worker, at, out)
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

/** Live executors that a launcher was told of. */
function launchedExecutors(worker: Worker): Executor[] {
  return [...worker.executors.values()].filter(
    ({ key, state }) =>
      !isExecutorOver(state) && !worker.waitingLaunches.some((order) => isSame(order.key, key)),
  )
}
