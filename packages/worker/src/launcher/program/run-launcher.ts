import fs from 'node:fs/promises'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import {
  pathsIn,
  readIdentity,
  readSpec,
  removeSocket,
  type LauncherIdentity,
  type LauncherPaths,
  type LauncherSpec,
} from '../launcher-directory.ts'
import { identifyProcess, readBootId, readUptimeSeconds } from '../linux-processes.ts'
import { removeLeftPipes } from '../logs/make-pipes.ts'
import { RolledOutputs } from '../logs/process-output.ts'
import { ProcessTable } from '../process-table.ts'
import { openHolder } from './holder.ts'
import { Lease } from './lease.ts'
import { OrphanWatch } from './orphan-watch.ts'
import { OwnLog } from './own-log.ts'
import { ProcessOwner } from './process-owner.ts'
import { WorkerListener } from './worker-listener.ts'

/** Why a launcher ends, and what becomes of its process table. */
export interface LauncherEnd {
  readonly reason: string
  /** True when the worker has told the master that all is over. */
  readonly forget: boolean
}

export interface RunningLauncher {
  /** Ends every process, then resolves; safe to call again. */
  end(end: LauncherEnd): Promise<void>
  /** Resolves when the launcher has ended, for whatever reason. */
  readonly ended: Promise<void>
  readonly log: OwnLog
}

/**
 * Runs the launcher of a directory: resolves when it holds its socket and its port and has written down
 * who it is. `id` is what spec.json must say: a directory that was given to a newer launcher is refused.
 */
export async function runLauncher(directory: string, id: string): Promise<RunningLauncher> {
  const paths = pathsIn(directory)
  const log = new OwnLog(paths.log)
  const spec = await readSpec(paths)
  if (spec.id !== id) throw new Error(`${paths.spec} is meant for launcher ${spec.id}, not ${id}`)
  const boot = readBootId()
  const table = new ProcessTable(paths.processes)
  const records = await table.readAll((file, reason) => log.error({ file, reason }, 'left out'))

  let ending: Promise<void> | undefined
  let { killGraceMs, driverGraceMs } = spec
  const uptimeMs = () => readUptimeSeconds() * 1000
  let auth: AuthSettings | null | undefined
  let resolveEnded = () => {}
  const ended = new Promise<void>((resolve) => (resolveEnded = resolve))
  const end = (how: LauncherEnd) => (ending ??= endLauncher(how).finally(resolveEnded))
  const endSoon = (reason: string, forget = false) => void end({ reason, forget })

  const holder = await openHolder({
    host: spec.host,
    port: spec.port,
    auth: () => auth,
    onBroken: (reason) => endSoon(`the port that processes watch is lost: ${reason}`),
  })
  const rolledOutputs = new RolledOutputs({
    directory,
    onProblem: (problem) => log.error({}, problem),
  })
  const owner = new ProcessOwner({
    ...{ launcherId: id, boot, setpriv: spec.setpriv, rolledOutputs, table, records, log },
    graceMs: ({ kind }) => (kind === 'driver' ? driverGraceMs : killGraceMs),
    isLeased: () => lease.isValid,
    report: (report) => listener.report(report),
  })
  const lease = new Lease({
    uptimeMs,
    onExpired: () => owner.endLeased('no master renewed its lease in time'),
  })
  const watch = new OrphanWatch({
    orphanLimitMs: spec.orphanLimitMs,
    idleLimitMs: spec.idleLimitMs,
    uptimeMs,
    isBusy: () => owner.isBusy,
    onOrphaned: () => endSoon('no worker came back before the orphan limit'),
    onIdle: () => endSoon('no worker and nothing to hold'),
  })
  const listener: WorkerListener = new WorkerListener({
    ...{ socketPath: spec.socketPath, id, token: spec.token, port: holder.port, owner, log },
    onWorkerCame: (hello) => {
      ;({ killGraceMs, driverGraceMs } = hello)
      watch.workerCame(hello.orphanLimitMs)
    },
    onWorkerLeft: () => watch.workerLeft(),
    onAuthentication: (settings) => {
      auth = settings
    },
    onLease: (endsAtMs) => lease.renew(endsAtMs),
    onShutdown: () => endSoon('the worker stops', true),
  })

  async function endLauncher({ reason, forget }: LauncherEnd): Promise<void> {
    log.info({ reason }, 'ending')
    watch.stop()
    lease.stop()
    await owner.endAll(reason)
    await holder.close()
    if (forget) await owner.forgetAll()
    // A directory that has a newer launcher by now is that one's.
    if ((await readIdentity(paths))?.id === id) await fs.rm(paths.identity, { force: true })
    await removeSocket(paths, spec.socketPath)
    await listener.close()
    log.info({}, 'ended')
  }

  await removeLeftPipes(directory)
  await listener.listen()
  await writeIdentity(paths, spec, boot, holder.port)
  log.info({ id, port: holder.port, host: spec.host }, 'ready')
  return { end, ended, log }
}

// Written with an exclusive name: of two launchers that were started for one directory, one gives up.
async function writeIdentity(
  paths: LauncherPaths,
  { id, socketPath }: LauncherSpec,
  boot: string,
  port: number,
): Promise<void> {
  const self = identifyProcess(process.pid)
  if (self === undefined) throw new Error('cannot read /proc/self/stat')
  const identity: LauncherIdentity = { id, boot, ...self, port, socketPath }
  const draft = `${paths.identity}.${process.pid}`
  await fs.writeFile(draft, JSON.stringify(identity), { mode: 0o600 })
  try {
    await fs.link(draft, paths.identity)
  } finally {
    await fs.rm(draft)
  }
}
