// Registration: who this worker is and what it holds, said on every new link, and what masters
// answer to it.
import { formatHostPort, type HostPort } from '@hearth/common/domain/addresses.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { HeldExecutor } from '@hearth/common/protocol/cluster/messages.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { LinkId, Monotonic, Registration } from './events.ts'
import { orderEnd } from './executors.ts'
import { isOlderThanFence, raiseFence } from './fence.ts'
import {
  dialAfter,
  dialIdleMasters,
  dialSoon,
  forgetLeader,
  giveUpLink,
  hangUp,
  isLeader,
  masterOfLink,
} from './links.ts'
import { sendUnsentReports } from './reports.ts'
import { executorKey, type MasterContact, type Worker } from './worker.ts'

/** What `register-worker` says the sender speaks; the master refuses what it cannot understand. */
const CLUSTER_PROTOCOL_VERSION = 2

export function onLinkOpened(worker: Worker, link: LinkId, at: Monotonic, out: Out): void {
  const master = masterOfLink(worker, link)
  if (master?.contact.state !== 'dialling') return
  master.contact = { state: 'open', link, unanswered: [], answerBy: null }
  sendRegistration(worker, master, at, out)
}

/** Sends `register-worker` over the master's open link; may repeat one that was sent before. */
export function sendRegistration(
  worker: Worker,
  master: MasterContact,
  at: Monotonic,
  out: Out,
): void {
  const { contact } = master
  if (contact.state !== 'open') return
  contact.unanswered.push(new Set(worker.executors.keys()))
  contact.answerBy ??= at + worker.settings.registrationTimeoutMs
  out.push({
    type: 'send',
    link: contact.link,
    message: {
      type: 'register-worker',
      version: CLUSTER_PROTOCOL_VERSION,
      workerId: worker.workerId,
      host: worker.host,
      port: worker.launcherPort,
      webUiUrl: worker.webUiUrl,
      ...toWire(worker.offered),
      masterAddress: formatHostPort(master.address),
      held: heldExecutors(worker),
      heldDrivers: [],
      driverGraceMs: 10_000,
      decommissioning: worker.decommissioning,
    },
  })
}

// Ended executors belong to it until a master knows of their end: one that is missing here counts as
// lost, and its real end would come too late.
function heldExecutors(worker: Worker): HeldExecutor[] {
  return [...worker.executors.values()].map(({ key, resources, state }) => ({
    applicationId: key.applicationId,
    executor: key.executor,
    ...toWire(resources),
    state,
  }))
}

type WireResources = Pick<HeldExecutor, 'cores' | 'memoryMb' | 'custom'>

function toWire({ cores, memoryMb, custom }: Resources): WireResources {
  if (custom === undefined) return { cores, memoryMb }
  const kinds = Object.entries(custom).map(([name, addresses]): [string, string[]] => [
    name,
    [...addresses],
  ])
  return { cores, memoryMb, custom: Object.fromEntries(kinds) }
}

export function onRegistered(
  worker: Worker,
  link: LinkId,
  registration: Registration,
  at: Monotonic,
  out: Out,
): void {
  const master = masterOfLink(worker, link)
  if (master?.contact.state !== 'open') return
  const name = formatHostPort(master.address)
  const held = master.contact.unanswered.shift()
  if (held === undefined) {
    return note(out, 'warn', `master ${name} registered this worker unasked; ignored`)
  }
  master.contact.answerBy =
    master.contact.unanswered.length > 0 ? at + worker.settings.registrationTimeoutMs : null

  if (isOlderThanFence(worker, registration)) {
    const reason = `its epoch ${registration.epoch} is over; the leader's is ${worker.fence?.epoch}`
    return giveUpLink(worker, master, reason, at, out)
  }

  for (const other of worker.masters) {
    if (other !== master) hangUp(worker, other, `registered with ${registration.masterUrl}`, out)
  }
  raiseFence(worker, registration, out)
  const { clusterId, epoch, masterUrl, masterWebUiUrl, heartbeatIntervalMs } = registration
  worker.leader = {
    ...{ link, clusterId, epoch, masterUrl, masterWebUiUrl, heartbeatIntervalMs },
    ...{ nextHeartbeatAt: at, lastHeardAt: at },
  }
  master.failures = 0
  master.lastAnswer = 'registered'
  note(out, 'info', `registered with master ${masterUrl} (cluster ${clusterId}, epoch ${epoch})`)
  out.push({ type: 'announce-registered', masterUrl })
  endWhatIsNotKept(worker, held, registration, at, out)
  sendHeartbeat(worker, at, out)
  sendUnsentReports(worker, at, out)
}

// Only what that registration named: an executor that was ordered since is none of the answer's
// business.
function endWhatIsNotKept(
  worker: Worker,
  held: ReadonlySet<string>,
  { keep, wasLost }: Registration,
  at: Monotonic,
  out: Out,
): void {
  const kept = new Set(keep.map(executorKey))
  const why = wasLost ? 'declared lost by the master' : 'not known to the master'
  for (const name of held) {
    const executor = worker.executors.get(name)
    if (executor === undefined || isExecutorOver(executor.state) || kept.has(name)) continue
    note(out, 'warn', `executor ${name} ${why}; ending it`)
    orderEnd(worker, executor, why, at, out)
  }
}

export function sendHeartbeat(worker: Worker, at: Monotonic, out: Out): void {
  const { leader } = worker
  if (leader === null) return
  const message = { type: 'heartbeat', workerId: worker.workerId } as const
  out.push({ type: 'send', link: leader.link, message })
  leader.nextHeartbeatAt = at + leader.heartbeatIntervalMs
}

export function onHeartbeatAcknowledged(
  worker: Worker,
  link: LinkId,
  epoch: number,
  at: Monotonic,
  out: Out,
): void {
  if (worker.leader?.link !== link) return
  worker.leader.lastHeardAt = at
  raiseFence(worker, { clusterId: worker.leader.clusterId, epoch }, out)
}

/** A refusal may be mended at the master (a version, a quota), so even then it is asked again, slowly. */
export function onMasterRefused(
  worker: Worker,
  link: LinkId,
  reason: string,
  at: Monotonic,
  out: Out,
): void {
  const master = masterOfLink(worker, link)
  if (master === undefined) return
  const answer = `refused: ${reason}`
  if (master.lastAnswer !== answer) {
    note(out, 'error', `master ${formatHostPort(master.address)} refused this worker: ${reason}`)
  }
  hangUp(worker, master, 'refused', out)
  master.lastAnswer = answer
  dialAfter(worker, master, worker.settings.backoffMaxMs, at)
  dialIdleMasters(worker, at, out)
}

/** Also what a leader says that has stepped down. */
export function onMasterInStandby(
  worker: Worker,
  link: LinkId,
  leader: HostPort | null,
  at: Monotonic,
  out: Out,
): void {
  const master = masterOfLink(worker, link)
  if (master === undefined) return
  if (isLeader(worker, master)) {
    note(out, 'warn', `master ${formatHostPort(master.address)} does not lead any more`)
  }
  hangUp(worker, master, 'standby', out)
  master.failures = 0
  master.lastAnswer = 'standby'
  dialAfter(worker, master, worker.settings.standbyRetryMs, at)
  const named = worker.masters.find(
    ({ address }) => address.host === leader?.host && address.port === leader.port,
  )
  if (named?.contact.state === 'waiting') dialSoon(worker, named, at, out)
  dialIdleMasters(worker, at, out)
}

export function onReregistrationAsked(worker: Worker, link: LinkId, at: Monotonic, out: Out): void {
  const master = masterOfLink(worker, link)
  if (master?.contact.state !== 'open') return
  if (isLeader(worker, master)) {
    note(out, 'warn', `master ${formatHostPort(master.address)} does not know this worker`)
    forgetLeader(worker)
    dialIdleMasters(worker, at, out)
  }
  if (master.contact.unanswered.length === 0) sendRegistration(worker, master, at, out)
}
