// Registration: who this worker is and what it holds, said on every new link, and what masters
// answer to it.
import { formatHostPort, type HostPort } from '@hearth/common/domain/addresses.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import { describeProcess, formatProcessKey } from '@hearth/common/domain/process-key.ts'
import type { HeldDriver, HeldExecutor } from '@hearth/common/protocol/cluster/messages.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { note, type Out } from './effects.ts'
import type { LinkId, Monotonic, Registration } from './events.ts'
import { isOlderThanFence, raiseFence } from './fence.ts'
import { renewLease } from './lease.ts'
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
import { orderEnd } from './processes.ts'
import { sendUnsentReports } from './reports.ts'
import type { MasterContact, Worker } from './worker.ts'

/** What `register-worker` says the sender speaks; the master refuses what it cannot understand. */
const CLUSTER_PROTOCOL_VERSION = 3

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
  contact.unanswered.push({ held: new Set(worker.processes.keys()), sentAt: at })
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
      ...heldProcesses(worker),
      driverGraceMs: worker.settings.driverGraceMs,
      decommissioning: worker.decommissioning,
    },
  })
}

// Ended processes belong to it until a master knows of their end: one that is missing here counts as
// lost, and its real end would come too late.
function heldProcesses(worker: Worker): { held: HeldExecutor[]; heldDrivers: HeldDriver[] } {
  const held: HeldExecutor[] = []
  const heldDrivers: HeldDriver[] = []
  for (const { key, resources, state } of worker.processes.values()) {
    const how = { ...toWire(resources), state }
    if (key.kind === 'executor') {
      held.push({ applicationId: key.applicationId, executor: key.executor, ...how })
    } else {
      heldDrivers.push({ driverId: key.driverId, attempt: key.attempt, ...how })
    }
  }
  return { held, heldDrivers }
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
  const answered = master.contact.unanswered.shift()
  if (answered === undefined) {
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
  const { clusterId, epoch, masterUrl, masterWebUiUrl, heartbeatIntervalMs, leaseMs } = registration
  const isSameLink = worker.leader?.link === link
  worker.leader = {
    ...{ link, clusterId, epoch, masterUrl, masterWebUiUrl, heartbeatIntervalMs, leaseMs },
    ...{ nextHeartbeatAt: at, lastHeardAt: at },
    // Heartbeats before a repeated registration are still acknowledged over its link.
    unacknowledged: isSameLink ? (worker.leader?.unacknowledged ?? []) : [],
  }
  master.failures = 0
  master.lastAnswer = 'registered'
  note(out, 'info', `registered with master ${masterUrl} (cluster ${clusterId}, epoch ${epoch})`)
  out.push({ type: 'announce-registered', masterUrl })
  renewLease(worker, answered.sentAt, leaseMs, at, out)
  endWhatIsNotKept(worker, answered.held, registration, at, out)
  sendHeartbeat(worker, at, out)
  sendUnsentReports(worker, at, out)
}

// Only what that registration named: a process that was ordered since is none of the answer's
// business.
function endWhatIsNotKept(
  worker: Worker,
  held: ReadonlySet<string>,
  { keep, wasLost }: Registration,
  at: Monotonic,
  out: Out,
): void {
  const kept = new Set(keep.map(formatProcessKey))
  const why = wasLost ? 'declared lost by the master' : 'not known to the master'
  for (const name of held) {
    const process = worker.processes.get(name)
    if (process === undefined || isExecutorOver(process.state) || kept.has(name)) continue
    note(out, 'warn', `${describeProcess(process.key)} ${why}; ending it`)
    orderEnd(worker, process, why, at, out)
  }
}

export function sendHeartbeat(worker: Worker, at: Monotonic, out: Out): void {
  const { leader } = worker
  if (leader === null) return
  const message = { type: 'heartbeat', workerId: worker.workerId } as const
  out.push({ type: 'send', link: leader.link, message })
  leader.nextHeartbeatAt = at + leader.heartbeatIntervalMs
  leader.unacknowledged.push(at)
}

export function onHeartbeatAcknowledged(
  worker: Worker,
  link: LinkId,
  epoch: number,
  at: Monotonic,
  out: Out,
): void {
  const { leader } = worker
  if (leader?.link !== link) return
  leader.lastHeardAt = at
  // Acknowledgements come in the order of the heartbeats, over one connection.
  const sentAt = leader.unacknowledged.shift()
  raiseFence(worker, { clusterId: leader.clusterId, epoch }, out)
  if (sentAt !== undefined) renewLease(worker, sentAt, leader.leaseMs, at, out)
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
