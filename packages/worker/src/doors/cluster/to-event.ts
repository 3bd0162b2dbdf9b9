// A master's message → an event. Pure.
import { parseHostPort } from '@hearth/common/domain/addresses.ts'
import { parseApplicationId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type { LaunchExecutor, MasterToWorker } from '@hearth/common/protocol/cluster/messages.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { ExecutorKey, LinkId, WorkerEvent } from '../../core/events.ts'
import { captionOf } from './caption.ts'

/** A shorter interval would keep this worker and its master busy with nothing else. */
const MIN_HEARTBEAT_INTERVAL_MS = 10

/** Throws ProtocolError when the message has the right shape and still cannot be meant. */
export function toEvent(link: LinkId, message: MasterToWorker): WorkerEvent {
  switch (message.type) {
    case 'registered':
      return { type: 'master.registered', link, registration: toRegistration(message) }
    case 'registration-refused':
      return { type: 'master.refused', link, reason: message.reason }
    case 'standby': {
      const leader = message.leader === null ? undefined : parseHostPort(message.leader)
      return { type: 'master.in-standby', link, leader: leader ?? null }
    }
    case 'heartbeat-ack':
      return { type: 'master.heartbeat-acknowledged', link, epoch: message.epoch }
    case 'reregister':
      return { type: 'master.reregistration-asked', link }
    case 'report-ack':
      return { type: 'master.report-acknowledged', link, sequence: message.sequence }
    case 'launch-executor': {
      const { epoch, payload } = message
      const caption = captionOf(payload)
      const resources = toResources(message)
      const order = { link, epoch, key: toKey(message), resources, caption, payload }
      return { type: 'executor.launch-ordered', ...order }
    }
    case 'kill-executor':
      return { type: 'executor.kill-ordered', link, epoch: message.epoch, key: toKey(message) }
    case 'launch-driver':
    case 'kill-driver':
      throw new ProtocolError('this worker runs no drivers yet')
    case 'decommission':
      return { type: 'decommission.ordered', link, epoch: message.epoch }
    case 'application-finished': {
      const applicationId = toApplicationId(message.applicationId)
      return { type: 'application.finished', link, epoch: message.epoch, applicationId }
    }
  }
}

type Registered = Extract<MasterToWorker, { type: 'registered' }>

function toRegistration({
  type: _type,
  keep,
  keepDrivers: _drivers,
  leaseMs: _lease,
  ...rest
}: Registered) {
  if (rest.heartbeatIntervalMs < MIN_HEARTBEAT_INTERVAL_MS) {
    throw new ProtocolError(`a heartbeat every ${rest.heartbeatIntervalMs} ms cannot be meant`)
  }
  return { ...rest, keep: keep.map(toKey) }
}

function toResources({ cores, memoryMb, custom }: LaunchExecutor): Resources {
  return { cores, memoryMb, ...(custom !== undefined && { custom }) }
}

function toKey({
  applicationId,
  executor,
}: {
  applicationId: string
  executor: number
}): ExecutorKey {
  return { applicationId: toApplicationId(applicationId), executor }
}

function toApplicationId(text: string): ApplicationId {
  const id = parseApplicationId(text)
  if (id === undefined) {
    throw new ProtocolError(`${JSON.stringify(text)} cannot be an application's id`)
  }
  return id
}
