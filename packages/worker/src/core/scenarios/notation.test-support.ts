// The notation of scenario files: `AT event.type name=value …` and, below the dashes, one effect per
// line. Only what a reader of a scenario cares about is written; the rest has fixed values.
import { parseHostPort, type HostPort } from '@hearth/common/domain/addresses.ts'
import { parseApplicationId, parseDriverId, parseWorkerId } from '@hearth/common/domain/ids.ts'
import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type {
  HeldDriver,
  HeldExecutor,
  WorkerToMaster,
} from '@hearth/common/protocol/cluster/messages.ts'
import type { Effect } from '../effects.ts'
import type { HeldProcess, Monotonic, ProcessCaption, ProcessHint, WorkerEvent } from '../events.ts'
import { DEFAULT_SETTINGS } from '../settings.ts'
import { isReady, viewWorker, type ProcessView } from '../views.ts'
import type { Worker, WorkerOptions } from '../worker.ts'

const CAPTION: ProcessCaption = { name: 'Pi', user: 'ann', maxCores: null, command: 'java' }
const PAYLOAD = { kind: 'test' }

/** `worker masters=m1:7077,m2:7077 …`; every setting can be given by its name. */
export function parseOptions(line: string): WorkerOptions {
  const fields = parseFields(line)
  const settings: Record<string, number> = { ...DEFAULT_SETTINGS }
  for (const setting of Object.keys(settings)) {
    const given = fields.get(setting)
    if (given !== undefined) settings[setting] = Number(given)
  }
  const [clusterId, epoch] = (fields.get('fence') ?? '').split(':')
  return {
    workerId: must(parseWorkerId('worker-1')),
    host: 'w1',
    webUiUrl: 'http://w1:8081',
    offered: sizeOf(fields, 4, 4096),
    masters: (fields.get('masters') ?? 'm1:7077').split(',').map(address),
    fence: epoch === undefined ? null : { clusterId: clusterId ?? '', epoch: Number(epoch) },
    decommissioning: fields.get('decommissioning') === 'true',
    firstSequence: 1,
    seed: 1,
    settings: settings as unknown as WorkerOptions['settings'],
  }
}

export function parseEvent(line: string): [Monotonic, WorkerEvent] {
  const [at, type] = line.split(' ')
  const fields = parseFields(line)
  const event: Record<string, unknown> = { type }
  for (const [field, text] of fields) event[field] = FIELD[field]?.(text) ?? text
  if (type === 'master.registered') {
    event['registration'] = {
      clusterId: fields.get('cluster') ?? 'c1',
      epoch: Number(fields.get('epoch') ?? 1),
      masterUrl: `spark://${fields.get('master') ?? 'm1:7077'}`,
      masterWebUiUrl: 'http://m1:8080',
      heartbeatIntervalMs: Number(fields.get('heartbeat') ?? 15_000),
      wasLost: fields.get('wasLost') === 'true',
      keep: list(fields.get('keep')).map(key),
      leaseMs: Number(fields.get('lease') ?? 60_000),
    }
  }
  if (type === 'launcher.opened') event['held'] = list(fields.get('held')).map(heldProcess)
  if (type === 'launcher.open-failed') event['isFormerDead'] = fields.get('former') !== 'alive'
  if (type === 'process.exited') {
    event['killed'] = fields.get('killed') === 'true'
    event['message'] ??= null
    event['hint'] = hint(fields.get('hint'))
  }
  if (type === 'master.in-standby') event['leader'] ??= null
  if (type === 'process.launch-ordered') {
    // What is fetched for a driver can be left out; executors have nothing to fetch.
    const mustFetch = fields.get('key')?.includes('#') === true && fields.get('fetch') !== 'false'
    const leased = fields.get('leased') === 'true'
    const how = { mustFetch, leased }
    const given = { resources: sizeOf(fields), caption: CAPTION, payload: PAYLOAD, ...how }
    return [Number(at), { ...event, ...given } as unknown as WorkerEvent]
  }
  return [Number(at), event as unknown as WorkerEvent]
}

const FIELD: Readonly<Record<string, (text: string) => unknown>> = {
  link: Number,
  epoch: Number,
  port: Number,
  pid: Number,
  exitCode: Number,
  sequence: Number,
  sleptMs: Number,
  key,
  applicationId: (text) => must(parseApplicationId(text)),
  leader: address,
}

export function formatEffect(effect: Effect): string {
  switch (effect.type) {
    case 'dial':
      return `dial link=${effect.link} ${effect.address.host}:${effect.address.port}`
    case 'close':
      return `close link=${effect.link} "${effect.reason}"`
    case 'send':
      return `send link=${effect.link} ${formatMessage(effect.message)}`
    case 'persist-fence':
      return `persist-fence ${effect.fence.clusterId}:${effect.fence.epoch}`
    case 'launch':
      return `launch ${formatProcessKey(effect.key)}${formatCustom(effect.resources)}${effect.leased ? ' leased' : ''}`
    case 'fetch':
    case 'stop-fetch':
    case 'kill':
    case 'forget':
      return `${effect.type} ${formatProcessKey(effect.key)}`
    case 'renew-lease':
      return `renew-lease ${effect.leaseMs}`
    case 'close-launcher':
      return `close-launcher ${effect.mode}`
    case 'remove-scratch':
      return `remove-scratch ${effect.applicationId}`
    case 'announce-registered':
      return `announce-registered ${effect.masterUrl}`
    case 'note':
      return `note ${effect.level} "${effect.text}"`
    case 'exit':
      return `exit ${effect.code}`
    case 'open-launcher':
    case 'persist-decommissioning':
      return effect.type
  }
}

function formatMessage(message: WorkerToMaster): string {
  switch (message.type) {
    case 'register-worker': {
      const held = message.held.map(
        (e) => `${e.applicationId}/${e.executor}:${e.state}${formatCustom(e)}`,
      )
      const drivers = message.heldDrivers.map(
        (e) => `${e.driverId}#${e.attempt}:${e.state}${formatCustom(e)}`,
      )
      const all = [...held, ...drivers].join(',')
      const leaving = message.decommissioning ? ' decommissioning' : ''
      return `register-worker port=${message.port}${formatCustom(message)} held=${all}${leaving}`
    }
    case 'executor-state':
    case 'driver-state': {
      const { sequence, state, exitCode, message: text, hint: found } = message
      const of =
        message.type === 'driver-state'
          ? `${message.driverId}#${message.attempt}`
          : `${message.applicationId}/${message.executor}`
      const end = `${exitCode === null ? '' : ` exitCode=${exitCode}`}${text === null ? '' : ` "${text}"`}`
      const why = found === undefined ? '' : ` hint=${found.code}`
      return `${message.type} #${sequence} ${of} ${state}${end}${why}`
    }
    case 'heartbeat':
    case 'worker-stopping':
    case 'worker-decommissioning':
      return message.type
  }
}

export function formatView(worker: Worker): string[] {
  const { masterUrl, used, executors, finishedExecutors, drivers, finishedDrivers } =
    viewWorker(worker)
  const ready = isReady(worker)
  const names = (of: readonly ProcessView[]) =>
    of.map((e) => `${formatProcessKey(e.key)}:${e.state}`).join(',')
  const hasDrivers = drivers.length + finishedDrivers.length > 0
  return [
    `view master=${masterUrl} used=${used.cores},${used.memoryMb}${formatCustom(used)}`,
    `view executors=${names(executors)} finished=${names(finishedExecutors)}`,
    ...(hasDrivers ? [`view drivers=${names(drivers)} finished=${names(finishedDrivers)}`] : []),
    `view ready=${ready === true ? 'yes' : `"${ready}"`}`,
  ]
}

function parseFields(line: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [, field, quoted, plain] of line.matchAll(/ ([A-Za-z]+)=(?:"([^"]*)"|(\S*))/g)) {
    fields.set(field ?? '', quoted ?? plain ?? '')
  }
  return fields
}

/** `app-1/0:running`, `app-1/0:exited:137`, `app-1/0:killed:143`, `app-1/0:failed`; then `[gpu 0 1]`. */
function heldProcess(text: string): HeldProcess {
  const [process = '', custom] = text.split('[')
  const [of, state, exitCode] = process.split(':')
  const killed = state === 'killed'
  return {
    ...{ key: key(of ?? ''), caption: CAPTION, killed },
    resources: sizeOf(new Map([['custom', custom?.slice(0, -1) ?? '']])),
    state: killed ? 'exited' : (state as HeldProcess['state']),
    pid: state === 'failed' ? null : 100,
    exitCode: exitCode === undefined ? null : Number(exitCode),
    message: null,
    hint: null,
  }
}

/** `code: text` */
function hint(text: string | undefined): ProcessHint | null {
  const [code = '', words = ''] = text?.split(': ') ?? []
  return text === undefined ? null : { code, text: words }
}

/** Cores, memory and `custom="gpu 0 1"`: one kind with its addresses. */
function sizeOf(fields: ReadonlyMap<string, string>, cores = 1, memoryMb = 512): Resources {
  const [kind = '', ...addresses] = (fields.get('custom') ?? '').split(' ')
  const size = {
    cores: Number(fields.get('cores') ?? cores),
    memoryMb: Number(fields.get('memoryMb') ?? memoryMb),
  }
  return kind === '' ? size : { ...size, custom: { [kind]: addresses } }
}

function formatCustom({
  custom = {},
}: Pick<HeldExecutor | HeldDriver, 'custom'> | Resources): string {
  const kinds = Object.entries(custom)
  return kinds.map(([kind, addresses]) => `[${kind} ${addresses.join(' ')}]`).join('')
}

function list(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',')
}

/** `app-1/0` is an executor, `driver-1#2` the second run of a driver. */
function key(text: string): ProcessKey {
  const [driverId, attempt] = text.split('#')
  if (attempt !== undefined) {
    return {
      kind: 'driver',
      driverId: must(parseDriverId(driverId ?? '')),
      attempt: Number(attempt),
    }
  }
  const [applicationId, executor] = text.split('/')
  return {
    kind: 'executor',
    applicationId: must(parseApplicationId(applicationId ?? '')),
    executor: Number(executor),
  }
}

function address(text: string): HostPort {
  return must(parseHostPort(text))
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a scenario names something that cannot be')
  return value
}
