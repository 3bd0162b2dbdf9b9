// The worker's side of the launcher: adopt the one that an earlier worker left, or start one.
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import {
  ensureLauncherDirectory,
  launcherPaths,
  readIdentity,
  readSpec,
  removeSocket,
  type LauncherIdentity,
  type LauncherPaths,
} from './launcher-directory.ts'
import type { Launcher, LauncherEvent } from './launcher.ts'
import { signalProcess } from './linux-processes.ts'
import { adoptLauncher } from './opening/adopt-launcher.ts'
import { awaitEnd } from './opening/await-end.ts'
import { ConnectedLauncher } from './opening/connected-launcher.ts'
import { withOpeningLock } from './opening/opening-lock.ts'
import { recoverProcesses } from './opening/recover-processes.ts'
import { startLauncher } from './opening/start-launcher.ts'
import { isLauncherRunning } from './opening/verify-launcher.ts'

export type { HeldProcess, HeldState } from './protocol/held-process.ts'
export type { LaunchOrder } from './protocol/launch-order.ts'
export type { Launcher, LauncherEvent } from './launcher.ts'

export interface OpenLauncherOptions {
  /** The worker's state directory; the launcher keeps to `launcher` beneath it. */
  readonly stateDir: string
  /** Address on which executors reach it. */
  readonly host: string
  /** 0 for any. An adopted launcher keeps the port that it has. */
  readonly port: number
  /** Without a worker for so long, the launcher ends everything. */
  readonly orphanLimitMs: number
  /** Without a worker and without a process for so long, the launcher ends; a minute if left out. */
  readonly idleLimitMs?: number
  readonly killGraceMs: number
  /** The same for drivers. */
  readonly driverGraceMs: number
  /** What processes must prove on the port that they watch; null when nothing is asked of them. */
  readonly auth: AuthSettings | null
  readonly log: Logger
  readonly onEvent: (event: LauncherEvent) => void
}

/** Without a worker and without processes a launcher ends after this long. */
export const DEFAULT_IDLE_LIMIT_MS = 60_000
const KILL_LIMIT_MS = 5000

/**
 * Opens the launcher of a state directory. One that runs and proves itself is adopted; one that runs but
 * cannot be adopted is killed, and its processes with it; after one that has died its leftovers are
 * ended. Events come only after this has resolved. Throws when no launcher can be had.
 */
export async function openLauncher(options: OpenLauncherOptions): Promise<Launcher> {
  const paths = launcherPaths(options.stateDir)
  await ensureLauncherDirectory(paths)
  return await withOpeningLock(paths, async () => {
    const identity = await readIdentity(paths)
    if (identity !== undefined && isLauncherRunning(identity)) {
      const adopted = await tryToAdopt(paths, identity, options)
      if (adopted !== undefined) return adopted
    }
    return await startAfresh(paths, identity, options)
  })
}

async function tryToAdopt(
  paths: LauncherPaths,
  identity: LauncherIdentity,
  options: OpenLauncherOptions,
): Promise<Launcher | undefined> {
  const { log, host, port } = options
  try {
    const spec = await readSpec(paths)
    const launcher = await connect(paths, identity, spec.token, true, options)
    if (spec.host !== host || (port !== 0 && port !== identity.port)) {
      const kept = `${spec.host}:${identity.port}`
      log.warn({ kept, wanted: `${host}:${port}` }, 'the adopted launcher keeps its address')
    }
    return launcher
  } catch (error) {
    log.warn(
      { err: error, launcher: identity.pid },
      'cannot adopt the running launcher; killing it',
    )
    signalProcess(identity, 'SIGKILL')
    const left = await awaitEnd([identity], KILL_LIMIT_MS)
    if (left.length > 0)
      throw new Error(`launcher ${identity.pid} resists SIGKILL`, { cause: error })
    return undefined
  }
}

async function startAfresh(
  paths: LauncherPaths,
  before: LauncherIdentity | undefined,
  options: OpenLauncherOptions,
): Promise<Launcher> {
  await recoverProcesses(paths, before?.id, options.log)
  if (before !== undefined) await removeSocket(paths, before.socketPath)
  const idleLimitMs = options.idleLimitMs ?? DEFAULT_IDLE_LIMIT_MS
  const { host, port, orphanLimitMs, killGraceMs, driverGraceMs } = options
  const limits = { orphanLimitMs, idleLimitMs, killGraceMs, driverGraceMs }
  const spec = await startLauncher(paths, { host, port, ...limits })
  const identity = await readIdentity(paths)
  if (identity === undefined) throw new Error(`the launcher in ${paths.directory} has vanished`)
  return await connect(paths, identity, spec.token, false, options)
}

async function connect(
  paths: LauncherPaths,
  identity: LauncherIdentity,
  token: string,
  adopted: boolean,
  options: OpenLauncherOptions,
): Promise<Launcher> {
  const { orphanLimitMs, killGraceMs, driverGraceMs, auth, log, onEvent } = options
  const adoption = await adoptLauncher({
    ...{ identity, token, orphanLimitMs, killGraceMs, driverGraceMs, auth },
    onMessage: (message) => launcher.receive(message),
    onClose: (reason) => launcher.connectionLost(reason),
  })
  const longestGraceMs = Math.max(killGraceMs, driverGraceMs)
  const about = { paths, identity, adopted, longestGraceMs, log, onEvent }
  const launcher: ConnectedLauncher = new ConnectedLauncher(about, adoption)
  return launcher
}
