// A worker, put together: core, doors, launcher, ports. Started and stopped as one.
import { randomInt } from 'node:crypto'
import { urlHost, type HostPort } from '@hearth/common/domain/addresses.ts'
import type { WorkerId } from '@hearth/common/domain/ids.ts'
import type {
  SparkDriverPayload,
  SparkExecutorPayload,
} from '@hearth/common/protocol/cluster/messages.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { protectionOf } from '@hearth/common/runtime/auth/protection.ts'
import { readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { Lifecycle, type Stoppable } from '@hearth/common/runtime/lifecycle.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { WORKER_CONFIG, settingsOf } from '../config.ts'
import type { Fence } from '../core/effects.ts'
import type { WorkerEvent } from '../core/events.ts'
import { hasLiveDriver, hasLiveExecutor } from '../core/views.ts'
import { createWorker, type Worker } from '../core/worker.ts'
import { ClusterDoor } from '../doors/cluster/cluster-door.ts'
import { driverLaunch } from '../doors/spark/driver-launch.ts'
import { executorLaunch } from '../doors/spark/executor-launch.ts'
import type { Environment } from '../doors/spark/variables.ts'
import type { Launcher } from '../launcher/client.ts'
import { watchDecommissionSignal } from './decommission-signal.ts'
import { deferred } from './deferred.ts'
import { createEffectRunner } from './effect-runner.ts'
import { createDiagnosis } from './diagnose.ts'
import { EventLoop } from './event-loop.ts'
import { Fetches } from './fetch/fetches.ts'
import { Housekeeping } from './housekeeping.ts'
import { LauncherKeeper, type PrepareLaunch } from './launcher-keeper.ts'
import { tellStarter } from './starter-channel.ts'
import { writeState, type WorkerState } from './state-file.ts'
import { SuspendWatch } from './suspend-watch.ts'
import { openWeb } from './web.ts'
import { newWorkerId } from './worker-id.ts'
import { claimSite, type WorkerSite } from './worker-site.ts'

export interface WorkerOptions {
  /** Every master of the cluster; the one that leads is found among them. */
  readonly masters: readonly HostPort[]
  /** Where to listen, and by which masters, executors and browsers reach this worker. */
  readonly host: string
  /** The launcher's port, which executors watch; 0 takes any free one. */
  readonly port: number
  readonly webUiPort: number
  /** The host in links for browsers, when it differs (`SPARK_PUBLIC_DNS`). */
  readonly publicHost?: string
  readonly cores: number
  readonly memoryMb: number
  readonly workDir: string
  /** What masters and processes must prove, and this worker to them; null or left out when nothing is asked. */
  readonly auth?: AuthSettings | null
  /** The environment of executors, after `spark-env.sh`; Java and Spark are found by it. */
  readonly environment: Environment
  /** Effective configuration; keys of WORKER_CONFIG are read, a bad value rejects the start. */
  readonly properties: ReadonlyMap<string, string>
  readonly log: Logger
}

export interface RunningWorker extends Stoppable {
  readonly workerId: WorkerId
  readonly webUiUrl: string
  readonly launcherPort: number
  /** Resolves with the exit code when the worker has stopped, by order or because it cannot go on. */
  readonly exited: Promise<number>
}

const BROKEN_EXIT_CODE = 1

/**
 * Starts a worker and resolves when its launcher and its web port are up; it registers with a master
 * as soon as one answers, and tries for ever. Rejects with a sentence when something is missing or
 * taken; nothing is left running then.
 *
 * Over an IPC channel it says `{type: 'started', workerId, webUiUrl, launcherPort}` when this resolves
 * and `{type: 'registered', masterUrl}` at every registration.
 *
 * `stop()` ends the executors, tells the master, and resolves within the kill grace and 15 s; with
 * `hearth.worker.onStop=detach` it leaves them to the launcher for the next start.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const lifecycle = new Lifecycle()
  try {
    return await start(options, lifecycle)
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

async function start(options: WorkerOptions, lifecycle: Lifecycle): Promise<RunningWorker> {
  const { host, auth = null, log } = options
  const protection = protectionOf(host, auth)
  const config = readConfig(WORKER_CONFIG, options.properties)
  const made = deferred<Worker>()
  const { exit, exited } = endWith(lifecycle, log)
  const suspended = new SuspendWatch()
  const loop = new EventLoop({
    takeSleptMs: () => suspended.takeSleptMs(),
    onBroken: (error) => {
      const text = 'the worker found a fault in its own books; it stops and leaves its executors'
      log.fatal({ err: error }, text)
      exit(BROKEN_EXIT_CODE)
    },
  })
  const push = loop.push.bind(loop)
  const ignoreSignal = watchDecommissionSignal({
    ...{ config, log },
    onRequested: (signal) => push({ type: 'decommission.requested', signal }),
  })
  lifecycle.onStop('decommission signal', ignoreSignal)
  const site = await claimSite({ ...options, config }, lifecycle)
  const launcher = createLauncherKeeper(options, site, push)
  lifecycle.onStop('launcher', () => launcher.abandon())
  const [webUiUrl, opened] = await both(
    openWeb({ ...options, workDir: site.workDir, protection }, made.promise, lifecycle),
    launcher.open(),
  )

  const worker = makeWorker(options, site, webUiUrl, opened)
  const { workerId } = worker
  const { fence, decommissioning } = worker
  await writeState(site.stateDir, { workerId, fence, decommissioning })
  made.resolve(worker)
  const housekeeping = keepHouse(site, worker, opened, log)
  lifecycle.onStop('housekeeping', () => housekeeping.stop())
  const cluster = new ClusterDoor({
    ...{ limits: site.config, push, log },
    secret: auth?.secret ?? null,
  })
  lifecycle.onStop('links to masters', () => cluster.stop())
  lifecycle.onStop('event loop', () => loop.stop())
  const mode = site.config.onStop === 'detach' ? 'detach' : 'end'
  const fetches = createFetches(site, push, log)
  lifecycle.onStop('fetches of drivers', () => fetches.stopAll())
  const run = createEffectRunner({
    ...{ cluster, launcher, fetches, log },
    prepareLaunch: createLaunchPreparer(options, site, webUiUrl),
    ...keepState(site.stateDir, worker, log),
    removeScratch: (applicationId) => housekeeping.removeScratch(applicationId),
    onRegistered: (masterUrl) => tellStarter({ type: 'registered', masterUrl }),
    onExit: (code) => {
      if (code === 0 && mode === 'end') housekeeping.removeScratchOfAllBut([])
      exit(code)
    },
  })
  loop.start(worker, run)
  await launcher.announce(opened)
  return announce(options, site, opened, {
    ...{ workerId, webUiUrl, launcherPort: opened.port, exited },
    stop: async () => {
      push({ type: 'stop.requested', mode })
      await exited
    },
  })
}

/** `exit` stops all parts in order; `exited` tells its code when that is done. */
function endWith(lifecycle: Lifecycle, log: Logger) {
  const exited = deferred<number>()
  const exit = (code: number) => {
    lifecycle
      .stop()
      .catch((error: unknown) => log.error({ err: error }, 'not everything could be stopped'))
      .finally(() => exited.resolve(code))
  }
  return { exit, exited: exited.promise }
}

// A full disk is no reason to end the work of others: until a restart what is in memory holds.
function keepState(stateDir: string, { workerId, fence, decommissioning }: Worker, log: Logger) {
  let state: WorkerState = { workerId, fence, decommissioning }
  const keep = async (change: Partial<WorkerState>, consequence: string) => {
    state = { ...state, ...change }
    await writeState(stateDir, state).catch((error: unknown) => {
      log.error({ err: error }, `cannot write ${stateDir}; after a restart ${consequence}`)
    })
  }
  return {
    persistFence: (newer: Fence) =>
      keep({ fence: newer }, `a master older than epoch ${newer.epoch} could command this worker`),
    persistDecommissioning: () =>
      keep({ decommissioning: true }, 'this worker would take new executors again'),
  }
}

// Side by side, because each waits; if one fails, the other is there to be stopped.
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

function createLauncherKeeper(
  { host, port, auth = null, log }: WorkerOptions,
  { config, stateDir, workDir }: WorkerSite,
  push: (event: WorkerEvent) => void,
): LauncherKeeper {
  const { orphanLimitMs, killGraceMs, driverGraceMs } = config
  const limits = { orphanLimitMs, killGraceMs, driverGraceMs }
  const diagnose = createDiagnosis(workDir)
  return new LauncherKeeper({ stateDir, host, port, ...limits, auth, diagnose, push, log })
}

function createLaunchPreparer(
  { host, environment, auth }: WorkerOptions,
  { workDirs, workDir, scratch, spark, java, secret, rolling }: WorkerSite,
  webUiUrl: string,
): PrepareLaunch {
  const same = {
    authSecret: auth?.secret ?? null,
    ...{ spark, java, secret, rolling, workDir, environment, host, webUiUrl },
    ...{ scratchRoots: scratch.roots, scratchId: scratch.id },
  }
  return ({ key, resources, payload, leased }, launcherPort) => {
    workDirs.noteLaunch(key)
    const here = { ...same, launcherPort }
    // The door to the masters lets no other kind of payload in for a kind of process.
    if (key.kind === 'driver') {
      const order = { key, resources, payload: payload as SparkDriverPayload, leased }
      return driverLaunch(here, order)
    }
    return executorLaunch(here, { key, resources, payload: payload as SparkExecutorPayload })
  }
}

function createFetches(
  { fetchLimits: limits, workDir, workDirs }: WorkerSite,
  push: (event: WorkerEvent) => void,
  log: Logger,
): Fetches {
  return new Fetches({
    ...{ workDir, limits, push, log },
    noteDirectory: (key) => workDirs.noteLaunch(key),
  })
}

function makeWorker(
  { host, masters, cores, memoryMb }: WorkerOptions,
  { config, custom, idPattern, state }: WorkerSite,
  webUiUrl: string,
  launcher: Launcher,
): Worker {
  // The id belongs to the launcher's processes: without them a worker starts anew.
  const kept = launcher.adopted ? state.workerId : null
  return createWorker({
    workerId: kept ?? newWorkerId(idPattern, Date.now(), urlHost(host), launcher.port),
    ...{ host: urlHost(host), webUiUrl, masters, fence: state.fence },
    decommissioning: kept !== null && state.decommissioning,
    offered: { cores, memoryMb, ...(custom !== undefined && { custom }) },
    // Grows with every start: a thousand reports a second would have to be made to catch up with it.
    firstSequence: Date.now(),
    seed: randomInt(2 ** 32),
    settings: settingsOf(config),
  })
}

function keepHouse(
  { config, scratch, workDirs }: WorkerSite,
  worker: Worker,
  { held }: Launcher,
  log: Logger,
): Housekeeping {
  const { cleanupEnabled, cleanupIntervalMs: intervalMs, cleanupTtlMs: ttlMs } = config
  const housekeeping = new Housekeeping({
    ...{ scratch, workDirs, log },
    cleanup: cleanupEnabled ? { intervalMs, ttlMs } : undefined,
    isLive: {
      application: (id) => hasLiveExecutor(worker, id),
      driver: (id) => hasLiveDriver(worker, id),
    },
  })
  // An ended process needs none, and nobody tells a worker with a new id of applications that are over.
  const live = held.flatMap(({ key, state }) =>
    state === 'running' && key.kind === 'executor' ? [key.applicationId] : [],
  )
  housekeeping.removeScratchOfAllBut(live)
  return housekeeping
}

function announce(
  { cores, memoryMb, log }: WorkerOptions,
  { spark }: WorkerSite,
  { adopted }: Launcher,
  worker: RunningWorker,
): RunningWorker {
  const { workerId, webUiUrl, launcherPort } = worker
  log.info(
    { workerId, webUi: webUiUrl, launcherPort, adopted, spark: spark.version },
    `worker ${workerId} started with ${cores} cores and ${memoryMb} MiB, Spark ${spark.version} in ${spark.home}, web UI at ${webUiUrl}`,
  )
  tellStarter({ type: 'started', workerId, webUiUrl, launcherPort })
  return worker
}
