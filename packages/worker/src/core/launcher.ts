// The launcher owns the processes. When it dies they die; another is started, and the masters learn
// its port, because they dial it to know whether the executors live.
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { HeldProcess, Monotonic } from './events.ts'
import { addExecutor, endExecutor, startExecutor } from './executors.ts'
import { backoffMs, dialIdleMasters } from './links.ts'
import { endOfProcess } from './processes.ts'
import { sendRegistration } from './registration.ts'
import { closeLauncher, finishStop } from './stopping.ts'
import { executorKey, isSame, type Worker } from './worker.ts'

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
  for (const process of held) adopt(worker, process, at, out)
  if (worker.stopping !== null) return closeLauncher(worker, out)

  const launches = worker.waitingLaunches
  worker.waitingLaunches = []
  out.push(...launches)
  for (const master of worker.masters) sendRegistration(worker, master, at, out)
  if (worker.leader === null) dialIdleMasters(worker, at, out)
}

// What an earlier life of this worker started. Its state is reported even if it was before: nobody
// here knows, and a master takes the same news twice.
function adopt(worker: Worker, process: HeldProcess, at: Monotonic, out: Out): void {
  const { key, cores, memoryMb, caption, state, exitCode, killed, message } = process
  if (worker.executors.has(executorKey(key))) return
  if (worker.finished.some((executor) => isSame(executor.key, key))) {
    out.push({ type: 'forget', key })
    return
  }
  const executor = addExecutor(worker, key, { cores, memoryMb }, caption)
  if (state === 'failed') {
    return endExecutor(worker, executor, { state, exitCode: null, message }, at, out)
  }
  startExecutor(worker, executor, at, out)
  if (state === 'exited') {
    endExecutor(worker, executor, endOfProcess(exitCode, killed, message), at, out)
  }
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

export function onLauncherLost(worker: Worker, reason: string, at: Monotonic, out: Out): void {
  if (worker.launcher.state !== 'open' && worker.launcher.state !== 'closing') return
  note(out, 'error', `the launcher died: ${reason}; its executors are lost`)
  const message = `the launcher of worker ${worker.workerId} died: ${reason}`
  for (const executor of worker.executors.values()) {
    if (isExecutorOver(executor.state)) continue
    endExecutor(worker, executor, { state: 'lost', exitCode: null, message }, at, out)
  }
  if (worker.stopping !== null) return finishStop(worker, at, out)
  reopenLauncher(worker, out)
}

export function onLauncherClosed(worker: Worker, at: Monotonic, out: Out): void {
  if (worker.stopping !== null) finishStop(worker, at, out)
}
