// The commands of a scenario → events. `w1` is a worker and, unless `peer=` says otherwise, its
// connection; `d1` a driver and its connection; `app0` the application with number 0.
import type { ApplicationId, DriverId, WorkerId } from '@hearth/common/domain/ids.ts'
import type { ResourceAmounts } from '@hearth/common/domain/resources.ts'
import type { ExecutorState } from '@hearth/common/domain/states.ts'
import type { Cluster } from '../cluster.ts'
import type {
  DialOutcome,
  HeldDriver,
  HeldExecutor,
  Hint,
  MasterEvent,
  RequestedTarget,
} from '../events.ts'

type Options = ReadonlyMap<string, string>
type Command = (
  subject: string,
  words: readonly string[],
  options: Options,
  cluster: Cluster,
) => MasterEvent

/** Throws for a line that is no command: a scenario that says nothing must not pass. */
export function parseCommand(
  line: string,
  cluster: Cluster,
): { atSeconds: number; event: MasterEvent } {
  const [at, name, ...rest] = line.split(/\s+/)
  const command = COMMANDS[name ?? '']
  const atSeconds = Number(at)
  if (command === undefined || !Number.isFinite(atSeconds)) throw new Error(`no command: ${line}`)
  const options = new Map<string, string>()
  const words: string[] = []
  for (const word of rest) {
    const equals = word.indexOf('=')
    if (equals < 0) words.push(word)
    else options.set(word.slice(0, equals), word.slice(equals + 1))
  }
  return { atSeconds, event: command(words[0] ?? '', words.slice(1), options, cluster) }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  register: (worker, _words, options, cluster) => ({
    type: 'worker.register-requested',
    peer: options.get('peer') ?? worker,
    registration: {
      workerId: worker as WorkerId,
      host: options.get('host') ?? worker,
      launcherPort: numberOf(options, 'port') ?? 7000,
      webUiUrl: `http://${worker}:8081`,
      offered: {
        cores: numberOf(options, 'cores') ?? 4,
        memoryMb: numberOf(options, 'memory') ?? 8192,
        ...addresses(numberOf(options, 'gpu') ?? 0),
      },
      held: (options.get('held') ?? '')
        .split(',')
        .filter((text) => text !== '')
        .map((text) => heldOf(text, cluster)),
      heldDrivers: (options.get('runs') ?? '')
        .split(',')
        .filter((text) => text !== '')
        .map((text) => heldRunOf(text, cluster)),
      driverGraceMs: (numberOf(options, 'grace') ?? 10) * 1000,
      decommissioning: options.get('decommissioning') === 'true',
    },
  }),
  heartbeat: (peer) => ({ type: 'worker.heartbeat-received', peer }),
  decommission: (peer) => ({ type: 'worker.decommission-announced', peer }),
  stopping: (peer) => ({ type: 'worker.stopping-announced', peer }),
  'worker-closed': (peer) => ({ type: 'worker.connection-closed', peer, reason: 'reset' }),
  launcher: (worker, [outcome]) => ({
    type: 'worker.launcher-dialled',
    workerId: worker as WorkerId,
    outcome: outcome as DialOutcome,
  }),
  report: (peer, [executor, state], options, cluster) => {
    const { applicationId, number } = executorOf(executor ?? '', cluster)
    return {
      type: 'executor.state-reported',
      peer,
      report: {
        sequence: numberOf(options, 'sequence') ?? 1,
        applicationId,
        executor: number,
        state: state as ExecutorState,
        exitCode: numberOf(options, 'exit') ?? null,
        message: options.get('message') ?? null,
        hint: hintOf(options.get('hint')),
      },
    }
  },
  application: (driver, _words, options) => ({
    type: 'application.register-requested',
    peer: options.get('peer') ?? driver,
    client: `${driver}:4000`,
    description: {
      name: options.get('name') ?? driver,
      user: 'u',
      maxCores: numberOf(options, 'max') ?? null,
      executorLimit: numberOf(options, 'limit') ?? null,
      executor: {
        cores: numberOf(options, 'cores') ?? null,
        memoryMb: numberOf(options, 'memory') ?? 1024,
        ...(options.has('gpu') && { custom: { gpu: numberOf(options, 'gpu') ?? 0 } }),
      },
      uiUrl: '',
      payload: { kind: 'test' },
    },
  }),
  unregister: (peer, [application], _options, cluster) => ({
    type: 'application.unregister-requested',
    peer,
    applicationId: applicationOf(application ?? '', cluster),
  }),
  kill: (application, _words, _options, cluster) => ({
    type: 'application.kill-requested',
    request: 'r1',
    applicationId: applicationOf(application, cluster),
  }),
  // `request-executors d1 app0 3 1:2`: three of the default profile, two of profile 1.
  'request-executors': (peer, [application, ...targets], options, cluster) => ({
    type: 'application.executors-requested',
    peer,
    request: 'r1',
    applicationId: applicationOf(application ?? '', cluster),
    targets: targets.map((target) => targetOf(target, options)),
  }),
  'kill-executors': (peer, [application, ...executors], _options, cluster) => ({
    type: 'application.executors-kill-requested',
    peer,
    request: 'r1',
    applicationId: applicationOf(application ?? '', cluster),
    executors: executors.map(Number),
  }),
  // `driver r1 cores=1 memory=512 gpu=1 executor=4:8192 supervise=true`: the submission with the request r1.
  driver: (request, _words, options) => ({
    type: 'driver.submit-requested',
    request,
    description: {
      name: options.get('name') ?? request,
      mainClass: 'Main',
      user: 'u',
      resources: {
        cores: numberOf(options, 'cores') ?? 1,
        memoryMb: numberOf(options, 'memory') ?? 1024,
        ...(options.has('gpu') && { custom: { gpu: numberOf(options, 'gpu') ?? 0 } }),
      },
      supervise: options.get('supervise') === 'true',
      firstExecutor: amountsOf(options.get('executor')),
      payload: { kind: 'test', ...{ what: 'it runs' } },
    },
  }),
  'kill-driver': (driver, _words, _options, cluster) => ({
    type: 'driver.kill-requested',
    request: 'r9',
    driverId: driverOf(driver, cluster),
  }),
  'kill-all-drivers': () => ({ type: 'drivers.kill-all-requested', request: 'r9' }),
  clear: () => ({ type: 'completed.clear-requested', request: 'r9' }),
  // `driver-report w1 driver0#1 exited exit=1`: of the first run of the driver with the number 0.
  'driver-report': (peer, [run, state], options, cluster) => ({
    type: 'driver.state-reported',
    peer,
    report: {
      sequence: numberOf(options, 'sequence') ?? 1,
      ...runOf(run ?? '', cluster),
      state: state as ExecutorState,
      exitCode: numberOf(options, 'exit') ?? null,
      message: options.get('message') ?? null,
      hint: hintOf(options.get('hint')),
    },
  }),
  heard: (peer) => ({ type: 'client.heard', peer }),
  'client-closed': (peer) => ({ type: 'client.connection-closed', peer, reason: 'reset' }),
  dialled: (application, [outcome], options, cluster) => ({
    type: 'client.dialled',
    applicationId: applicationOf(application, cluster),
    outcome: outcome as DialOutcome,
    peer: options.get('peer') ?? null,
  }),
  persisted: (key, _words, _options, cluster) => ({
    type: 'record.persisted',
    key: expandKey(key, cluster),
  }),
  'persist-failed': (key, _words, _options, cluster) => ({
    type: 'record.persist-failed',
    key: expandKey(key, cluster),
    reason: 'disk full',
  }),
  tick: () => ({ type: 'clock.ticked' }),
}

function hintOf(code: string | undefined): Hint | null {
  return code === undefined ? null : { code, text: `because of ${code}`, neverWorked: true }
}

function targetOf(text: string, options: Options): RequestedTarget {
  const [profile, total] = text.includes(':') ? text.split(':') : ['0', text]
  const gpus = numberOf(options, 'gpu')
  const executor = {
    cores: numberOf(options, 'cores') ?? null,
    memoryMb: numberOf(options, 'memory') ?? null,
    ...(gpus === undefined ? {} : { custom: { gpu: gpus } }),
  }
  return { profile: Number(profile), executor, total: Number(total) }
}

function addresses(count: number): { custom?: { gpu: string[] } } {
  if (count === 0) return {}
  return { custom: { gpu: Array.from({ length: count }, (_, index) => String(index)) } }
}

function numberOf(options: Options, name: string): number | undefined {
  const text = options.get(name)
  return text === undefined ? undefined : Number(text)
}

function applicationOf(alias: string, cluster: Cluster): ApplicationId {
  const suffix = `-${alias.slice('app'.length).padStart(4, '0')}`
  const all = [...cluster.applications.keys(), ...cluster.completed.map((one) => one.id)]
  return all.find((id) => id.endsWith(suffix)) ?? (`app-19700101000000${suffix}` as ApplicationId)
}

function executorOf(
  text: string,
  cluster: Cluster,
): { applicationId: ApplicationId; number: number } {
  const [application = '', number] = text.split('/')
  return { applicationId: applicationOf(application, cluster), number: Number(number) }
}

function amountsOf(text: string | undefined): ResourceAmounts | null {
  if (text === undefined) return null
  const [cores, memoryMb] = text.split(':')
  return { cores: Number(cores), memoryMb: Number(memoryMb) }
}

function driverOf(alias: string, cluster: Cluster): DriverId {
  const suffix = `-${alias.slice('driver'.length).padStart(4, '0')}`
  const all = [...cluster.drivers.keys(), ...cluster.completedDrivers.map((one) => one.id)]
  return all.find((id) => id.endsWith(suffix)) ?? (`driver-19700101000000${suffix}` as DriverId)
}

function runOf(text: string, cluster: Cluster): { driverId: DriverId; attempt: number } {
  const [driver = '', attempt] = text.split('#')
  return { driverId: driverOf(driver, cluster), attempt: Number(attempt) }
}

function heldRunOf(text: string, cluster: Cluster): HeldDriver {
  const [run = '', state = 'running'] = text.split(':')
  const resources = { cores: 1, memoryMb: 1024 }
  return { ...runOf(run, cluster), resources, state: state as ExecutorState }
}

function heldOf(text: string, cluster: Cluster): HeldExecutor {
  const [executor = '', state = 'running'] = text.split(':')
  const { applicationId, number } = executorOf(executor, cluster)
  const resources = { cores: 1, memoryMb: 1024 }
  return { applicationId, executor: number, resources, state: state as ExecutorState }
}

function expandKey(key: string, cluster: Cluster): string {
  const [kind, id = ''] = key.split('/')
  if (kind === 'driver') return `driver/${driverOf(id, cluster)}`
  return kind === 'application' ? `application/${applicationOf(id, cluster)}` : key
}
