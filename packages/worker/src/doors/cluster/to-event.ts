// A master's message → an event. Pure.
import { parseHostPort } from '@hearth/common/domain/addresses.ts'
import { parseApplicationId, parseDriverId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import type { DriverRunKey, ExecutorKey } from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import type {
  LaunchDriver,
  LaunchExecutor,
  MasterToWorker,
} from '@hearth/common/protocol/cluster/messages.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { LinkId, Registration, WorkerEvent } from '../../core/events.ts'
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
      const order = { link, epoch, key: toExecutorKey(message), resources, caption, payload }
      return { type: 'process.launch-ordered', ...order, mustFetch: false, leased: false }
    }
    case 'kill-executor': {
      const key = toExecutorKey(message)
      return { type: 'process.kill-ordered', link, epoch: message.epoch, key }
    }
    case 'launch-driver': {
      const { epoch, payload, supervised: leased } = message
      const caption = captionOf(payload)
      const resources = toResources(message)
      const order = { link, epoch, key: toDriverRunKey(message), resources, caption, payload }
      // An empty address names the driver's own directory.
      const mustFetch = payload.jarUrl !== ''
      return { type: 'process.launch-ordered', ...order, mustFetch, leased }
    }
    case 'kill-driver': {
      const key = toDriverRunKey(message)
      return { type: 'process.kill-ordered', link, epoch: message.epoch, key }
    }
    case 'decommission':
      return { type: 'decommission.ordered', link, epoch: message.epoch }
    case 'application-finished': {
      const applicationId = toApplicationId(message.applicationId)
      return { type: 'application.finished', link, epoch: message.epoch, applicationId }
    }
  }
}

type Registered = Extract<MasterToWorker, { type: 'registered' }>

function toRegistration({ type: _type, keep, keepDrivers, ...rest }: Registered): Registration {
  if (rest.heartbeatIntervalMs < MIN_HEARTBEAT_INTERVAL_MS) {
    throw new ProtocolError(`a heartbeat every ${rest.heartbeatIntervalMs} ms cannot be meant`)
  }
  return { ...rest, keep: [...keep.map(toExecutorKey), ...keepDrivers.map(toDriverRunKey)] }
}

function toResources({ cores, memoryMb, custom }: LaunchExecutor | LaunchDriver): Resources {
  return { cores, memoryMb, ...(custom !== undefined && { custom }) }
}

function toExecutorKey({
  applicationId,
  executor,
}: {
  applicationId: string
  executor: number
}): ExecutorKey {
  return { kind: 'executor', applicationId: toApplicationId(applicationId), executor }
}

function toDriverRunKey(run: { driverId: string; attempt: number }): DriverRunKey {
  const driverId = parseDriverId(run.driverId)
  if (driverId === undefined) {
    throw new ProtocolError(`${JSON.stringify(run.driverId)} cannot be a driver's id`)
  }
  return { kind: 'driver', driverId, attempt: run.attempt }
}

function toApplicationId(text: string): ApplicationId {
  const id = parseApplicationId(text)
  if (id === undefined) {
    throw new ProtocolError(`${JSON.stringify(text)} cannot be an application's id`)
  }
  return id
}
