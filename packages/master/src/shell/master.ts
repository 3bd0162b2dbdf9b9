// A master, put together: core, doors, store, ports. Started and stopped as one.
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import {
  bareHost,
  formatMasterUrl,
  urlHost,
  type HostPort,
} from '@hearth/common/domain/addresses.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { TokenChecker } from '@hearth/common/runtime/auth/tokens/token-checker.ts'
import { describeInsecurity, protectionOf } from '@hearth/common/runtime/auth/protection.ts'
import { ConfigError, readConfig } from '@hearth/common/runtime/config/read-config.ts'
import { createActionGuard } from '@hearth/common/runtime/http/action-guard.ts'
import { createHttpServer, createMetrics } from '@hearth/common/runtime/http/server.ts'
import { Lifecycle, type Stoppable } from '@hearth/common/runtime/lifecycle.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { openBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import { listenRpc, type RpcServer } from '@hearth/common/runtime/rpc/listen.ts'
import { MASTER_CONFIG, configProblems, settingsOf } from '../config.ts'
import { createCluster, type Cluster } from '../core/cluster.ts'
import type { MasterEvent, Now } from '../core/events.ts'
import { viewActiveDrivers, viewCompletedDrivers, viewDriver } from '../core/drivers/views.ts'
import { viewApplication, viewCluster, viewWaiting } from '../core/views.ts'
import { explain } from '../core/why/explain.ts'
import { explainDriver } from '../core/why/explain-driver.ts'
import { ClusterDoor } from '../doors/cluster/cluster-door.ts'
import type { MasterIdentity } from '../doors/cluster/from-effect.ts'
import { SparkDoor } from '../doors/spark/spark-door.ts'
import type { RestMaster } from '../doors/rest/actions.ts'
import { addUiRoutes, type UiDoorOptions } from '../doors/ui/routes.ts'
import { addMasterMetrics, createEventCounter } from '../metrics.ts'
import { restSettings, type RestSettings } from '../rest-config.ts'
import { timerProblems } from '../timers.ts'
import { createEffectRunner } from './effect-runner.ts'
import { EventLoop } from './event-loop.ts'
import { LauncherProbe } from './launcher-probe.ts'
import { OpenReplies } from './open-replies.ts'
import { startRest, type RestOptions } from './rest.ts'
import { createMemoryStore } from './store/memory.ts'

export interface MasterOptions {
  /** Where to listen, and what workers and drivers are told. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly webUiPort: number
  /** The host in links for browsers, when it differs (`SPARK_PUBLIC_DNS`). */
  readonly publicHost?: string
  /** What peers must prove before they are listened to; null or left out when nothing is asked of them. */
  readonly auth?: AuthSettings | null
  /** Effective configuration; keys of MASTER_CONFIG are read, a bad value rejects the start. */
  readonly properties: ReadonlyMap<string, string>
  /** Variables that submissions over REST may name as `{{NAME}}`; none when left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly log: Logger
}

export interface RunningMaster extends Stoppable {
  readonly address: HostPort
  readonly webUiUrl: string
  /** Where submissions over REST are taken; null when they are not. */
  readonly restUrl: string | null
  /** Resolves with the exit code when the master cannot go on by itself. */
  readonly exited: Promise<number>
}

const TICK_MS = 1_000
/** Without a store and an election there is one term. */
const FIRST_EPOCH = 1
const BROKEN_EXIT_CODE = 1
/** What a launch order holds besides its payload, generously. */
const LAUNCH_ENVELOPE_BYTES = 4096

/**
 * Starts a master and resolves when it serves both ports. Rejects with a sentence when a port is taken
 * or a value is wrong; nothing is left open then.
 */
export async function startMaster(options: MasterOptions): Promise<RunningMaster> {
  const lifecycle = new Lifecycle()
  try {
    return await start(options, lifecycle)
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

async function start(options: MasterOptions, lifecycle: Lifecycle): Promise<RunningMaster> {
  const { host, log, properties, auth = null } = options
  const config = readConfig(MASTER_CONFIG, properties)
  const problems = [...timerProblems(config), ...configProblems(config)]
  if (problems.length > 0) throw new ConfigError(problems)
  const rest = restSettings(config, options)
  const protection = protectionOf(host, auth, rest?.isExposed)
  const tokens =
    config.tokensFile === undefined ? null : new TokenChecker({ file: config.tokensFile, log })
  const cluster = createCluster(settingsOf(config), Date.now())
  const probe = new LauncherProbe()
  const metrics = createMetrics()
  const events = createEventCounter(metrics)
  const httpReplies = new OpenReplies()
  let exit: (code: number) => void = () => undefined
  const exited = new Promise<number>((resolve) => {
    exit = resolve
  })

  const http = createHttpServer({ log, metrics, isReady: () => true, protection })
  lifecycle.onStop('web UI', () => http.close())
  // The address is known when the port is bound; what needs it is asked only afterwards.
  const known = {
    address: { host, port: options.port },
    webUiUrl: '',
    restUrl: null as string | null,
    budgets: openBudgets(config),
  }
  const identity: MasterIdentity = {
    clusterId: randomUUID(),
    epoch: FIRST_EPOCH,
    get masterUrl() {
      return formatMasterUrl(known.address)
    },
    get webUiUrl() {
      return known.webUiUrl
    },
  }
  const push = (event: MasterEvent) => {
    events.inc({ type: event.type })
    loop.push(event)
  }
  const maxPayloadBytes = config.maxMessageBytes - LAUNCH_ENVELOPE_BYTES
  const spark = new SparkDoor({
    self: () => known.address,
    webUiUrl: () => known.webUiUrl,
    push,
    log,
    viewDriver: (id) => viewDriver(cluster, id),
    maxPayloadBytes,
    dialling: () => ({ limits: config, budgets: known.budgets, auth }),
  })
  const workers = new ClusterDoor({ master: identity, push, log })
  const loop = new EventLoop({
    cluster,
    now,
    run: createEffectRunner({
      store: createMemoryStore(),
      spark,
      cluster: workers,
      replyHttp: (request, reply) => httpReplies.resolve(request, reply),
      push,
      log,
      probe,
    }),
    onBroken: (error) => {
      log.fatal({ err: error }, 'the master found a fault in its own books and stops')
      exit(BROKEN_EXIT_CODE)
    },
  })
  const hosts = [host, options.publicHost ?? host]
  addUiRoutes(http, {
    ...uiOptions(cluster, httpReplies, push),
    master: () => ({
      ...{ masterUrl: identity.masterUrl, restUrl: known.restUrl },
      ...{ status: 'ALIVE', now: Date.now() },
    }),
    protection,
    guard: createActionGuard({ auth, hosts, tokens }),
    // As over REST: who may submit drivers may end them.
    driverGuard: createActionGuard({ auth, hosts, tokens, role: 'submitter' }),
  })
  addMasterMetrics(metrics, cluster)

  const webUiHost = urlHost(options.publicHost ?? host)
  await http.listen({ host: bareHost(host), port: options.webUiPort })
  known.webUiUrl = `http://${webUiHost}:${portOf(http.server.address()) ?? options.webUiPort}`
  const rpc = await listenRpc({
    host,
    port: options.port,
    log,
    limits: config,
    auth,
    webUiUrl: () => known.webUiUrl,
    onSpark: (connection) => spark.accept(connection),
    onCluster: (connection) => workers.accept(connection),
  })
  known.address = rpc.address
  known.budgets = rpc.budgets
  stopInOrder(lifecycle, { rpc, loop, probe, tick: startTicking(push) })
  known.restUrl = await openRest(lifecycle, rest, {
    ...{ log, auth, tokens, hosts },
    master: (restPort) => ({
      ...restMaster(cluster, httpReplies, push),
      maxPayloadBytes,
      site: () => ({
        masterUrl: identity.masterUrl,
        rpcPort: known.address.port,
        restPort: restPort(),
        variable: (name) => ownVariable(options.environment ?? {}, name),
      }),
    }),
  })
  log.info(
    { url: identity.masterUrl, webUi: known.webUiUrl },
    `master ready at ${identity.masterUrl}, web UI at ${known.webUiUrl}`,
  )
  return {
    address: rpc.address,
    webUiUrl: known.webUiUrl,
    restUrl: known.restUrl,
    exited,
    stop: () => lifecycle.stop(),
  }
}

function uiOptions(
  cluster: Cluster,
  replies: OpenReplies,
  push: (event: MasterEvent) => void,
): Omit<UiDoorOptions, 'master' | 'protection' | 'guard' | 'driverGuard'> {
  return {
    viewCluster: () => viewCluster(cluster),
    viewApplication: (id) => viewApplication(cluster, id),
    viewWaiting: () => viewWaiting(cluster),
    explain: (id) => explain(cluster, id, now()),
    killApplication: (applicationId) =>
      replies.open((request) =>
        push({ type: 'application.kill-requested', request, applicationId }),
      ),
    viewDriver: (id) => viewDriver(cluster, id),
    explainDriver: (id) => explainDriver(cluster, id, now()),
    viewDrivers: () => ({
      active: viewActiveDrivers(cluster),
      completed: viewCompletedDrivers(cluster),
    }),
    killDriver: (driverId) =>
      replies.open((request) => push({ type: 'driver.kill-requested', request, driverId })),
  }
}

function restMaster(
  cluster: Cluster,
  replies: OpenReplies,
  push: (event: MasterEvent) => void,
): Omit<RestMaster, 'site' | 'maxPayloadBytes'> {
  const ask = (make: (request: string) => MasterEvent) =>
    replies.open((request) => push(make(request)))
  return {
    // Without a standby every master that runs is ready.
    isReady: () => true,
    viewDriver: (id) => viewDriver(cluster, id),
    submit: (description) =>
      ask((request) => ({ type: 'driver.submit-requested', request, description })),
    kill: (driverId) => ask((request) => ({ type: 'driver.kill-requested', request, driverId })),
    killAll: () => ask((request) => ({ type: 'drivers.kill-all-requested', request })),
    clear: () => ask((request) => ({ type: 'completed.clear-requested', request })),
  }
}

// Stopped first: nobody is answered by a master that ends.
async function openRest(
  lifecycle: Lifecycle,
  settings: RestSettings | null,
  options: Omit<RestOptions, 'settings'>,
): Promise<string | null> {
  if (settings === null) return null
  const rest = await startRest({ ...options, settings })
  lifecycle.onStop('REST port', () => rest.stop())
  const { log } = options
  if (settings.isExposed) log.warn({ url: rest.url }, describeInsecurity('open-rest'))
  log.info({ rest: rest.url }, `submissions over REST at ${rest.url}`)
  return rest.url
}

function ownVariable(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

function portOf(bound: AddressInfo | string | null): number | undefined {
  return bound !== null && typeof bound === 'object' ? bound.port : undefined
}

function startTicking(push: (event: MasterEvent) => void): NodeJS.Timeout {
  return setInterval(() => push({ type: 'clock.ticked' }), TICK_MS)
}

// Registered from the last to stop to the first: nothing is stepped once the sockets begin to close,
// so that a stopping master does not take its own closing for the loss of everybody.
function stopInOrder(
  lifecycle: Lifecycle,
  parts: { rpc: RpcServer; loop: EventLoop; probe: LauncherProbe; tick: NodeJS.Timeout },
): void {
  lifecycle.onStop('RPC port', () => parts.rpc.stop())
  lifecycle.onStop('dials', () => parts.probe.stop())
  lifecycle.onStop('event loop', () => parts.loop.stop())
  lifecycle.onStop('ticks', () => clearInterval(parts.tick))
}

function now(): Now {
  return { mono: performance.now(), wall: Date.now() }
}
