// The way out. `end`: processes end first, their ends are reported, then the master is told that this
// worker does not come back. `detach`: the launcher keeps the processes for the next start.
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { Monotonic, StopMode } from './events.ts'
import { hangUp, isLeader } from './links.ts'
import { WORKER_STOPS, endProcess } from './processes.ts'
import type { Worker } from './worker.ts'

export function onStopRequested(worker: Worker, mode: StopMode, at: Monotonic, out: Out): void {
  if (worker.stopping !== null) return
  worker.stopping = { mode, giveUpAt: at + worker.settings.stopTimeoutMs }
  note(out, 'info', mode === 'end' ? 'stopping, processes end' : 'stopping, processes live on')
  for (const master of worker.masters) {
    if (!isLeader(worker, master)) hangUp(worker, master, 'the worker stops', out)
  }
  stopFetches(worker, out)
  if (worker.launcher.state === 'open') closeLauncher(worker, out)
  else if (worker.launcher.state === 'waiting') {
    stopWithout(worker, worker.launcher.isFormerDead, at, out)
  }
}

// Nobody would launch what they bring. The orders stay: whether they are answered is the mode's business.
function stopFetches(worker: Worker, out: Out): void {
  for (const process of worker.processes.values()) {
    if (process.pending?.isFetching !== true) continue
    process.pending = { ...process.pending, isFetching: false }
    out.push({ type: 'stop-fetch', key: process.key })
  }
}

export function closeLauncher(worker: Worker, out: Out): void {
  if (worker.stopping === null) return
  worker.launcher = { state: 'closing' }
  out.push({ type: 'close-launcher', mode: worker.stopping.mode })
}

/** Nothing of the launcher is left to wait for: says good-bye and exits. */
export function finishStop(worker: Worker, at: Monotonic, out: Out): void {
  if (worker.stopping?.mode === 'end') {
    for (const process of worker.processes.values()) {
      if (isExecutorOver(process.state)) continue
      const state = process.key.kind === 'driver' ? 'lost' : 'killed'
      endProcess(worker, process, { state, exitCode: null, message: WORKER_STOPS }, at, out)
    }
    if (worker.leader !== null) {
      const message = { type: 'worker-stopping', workerId: worker.workerId } as const
      out.push({ type: 'send', link: worker.leader.link, message })
    }
  }
  leave(worker, 0, out)
}

/** No launcher can be had. While the last one lives, no master must hear that nothing is left. */
export function stopWithout(worker: Worker, isFormerDead: boolean, at: Monotonic, out: Out): void {
  if (isFormerDead || worker.stopping?.mode === 'detach') return finishStop(worker, at, out)
  note(out, 'error', 'the launcher is out of reach and may live on with its processes; leaving')
  leave(worker, 1, out)
}

/** Processes may be left: the master is not told otherwise, and finds out by the launcher's port. */
export function giveUpStop(worker: Worker, out: Out): void {
  note(out, 'error', `processes did not end within ${worker.settings.stopTimeoutMs} ms; leaving`)
  leave(worker, 1, out)
}

/** Closes every link without a word; the worker is over. */
export function leave(worker: Worker, code: number, out: Out): void {
  for (const master of worker.masters) hangUp(worker, master, 'the worker stops', out)
  worker.over = true
  out.push({ type: 'exit', code })
}
