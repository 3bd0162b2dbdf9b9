import type { Logger } from '@hearth/common/runtime/log.ts'
import type { LauncherPaths } from '../launcher-directory.ts'
import {
  isRunning,
  processesWithVariable,
  readBootId,
  signalProcess,
  type ProcessIdentity,
} from '../linux-processes.ts'
import { LAUNCHER_VARIABLE } from '../process-mark.ts'
import { ProcessTable, type ProcessRecord } from '../process-table.ts'
import type { HeldProcess } from '../protocol/held-process.ts'
import { awaitEnd } from './await-end.ts'

/** SIGKILL ends a process within milliseconds unless it hangs in the kernel. */
const KILL_LIMIT_MS = 5000

/**
 * Clears up after a launcher that is gone: ends what is left of its processes (normally nothing, they die
 * with it) and settles its table. Processes that it had recorded as running are `lost` now. Resolves with
 * the whole table. `launcherId` names the launcher if that is known; a second call changes nothing.
 */
export async function recoverProcesses(
  paths: LauncherPaths,
  launcherId: string | undefined,
  log: Logger,
): Promise<readonly HeldProcess[]> {
  const table = new ProcessTable(paths.processes)
  const records = await table.readAll((file, reason) => {
    log.error(
      { file, reason },
      'process record is damaged; its process is ended, its end not reported',
    )
  })
  await endLeftovers(records, launcherId, log)
  const settled = records.map(settle)
  await Promise.all(
    settled.filter((record, at) => record !== records[at]).map((r) => table.save(r)),
  )
  return settled.map((record) => record.held)
}

async function endLeftovers(
  records: readonly ProcessRecord[],
  launcherId: string | undefined,
  log: Logger,
): Promise<void> {
  const leftovers = [
    ...recordedLeftovers(records),
    ...markedLeftovers(new Set([...records.map((record) => record.launcherId), launcherId])),
  ]
  if (leftovers.length === 0) return
  const pids = leftovers.map(({ pid }) => pid)
  log.warn({ pids }, 'killing what a dead launcher left')
  for (const leftover of leftovers) signalProcess(leftover, 'SIGKILL')
  const left = await awaitEnd(leftovers, KILL_LIMIT_MS)
  if (left.length > 0) log.error({ pids: left.map(({ pid }) => pid) }, 'processes resist SIGKILL')
}

// Known by pid and start time, which mean something within one life of the machine.
function recordedLeftovers(records: readonly ProcessRecord[]): ProcessIdentity[] {
  const boot = readBootId()
  const leftovers: ProcessIdentity[] = []
  for (const { held, startTicks, boot: recordedIn } of records) {
    if (held.state !== 'running' || held.pid === null || startTicks === null) continue
    const identity = { pid: held.pid, startTicks }
    if (recordedIn === boot && isRunning(identity)) leftovers.push(identity)
  }
  return leftovers
}

// Children of executors are in no table, and a process that was being started when its launcher died may
// be in none either, nor bound to the launcher yet. All of them carry the launcher's id.
function markedLeftovers(launcherIds: ReadonlySet<string | undefined>): ProcessIdentity[] {
  return [...launcherIds].flatMap((id) =>
    id === undefined ? [] : processesWithVariable(LAUNCHER_VARIABLE, id),
  )
}

function settle(record: ProcessRecord): ProcessRecord {
  if (record.held.state !== 'running') return record
  const message = 'its launcher died, and the process with it'
  return { ...record, held: { ...record.held, state: 'lost', message } }
}
