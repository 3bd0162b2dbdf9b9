// What the core says to a worker → a message. Pure.
import type { Resources } from '@hearth/common/domain/resources.ts'
import type {
  LaunchExecutor,
  MasterToWorker,
  SparkDriverPayload,
  SparkExecutorPayload,
} from '@hearth/common/protocol/cluster/messages.ts'
import type { WorkerMessage } from '../../core/effects.ts'

/** Who this master is in what it sends: `epoch` fences every order, as the pair with `clusterId`. */
export interface MasterIdentity {
  readonly clusterId: string
  readonly epoch: number
  readonly masterUrl: string
  readonly webUiUrl: string
}

export function fromEffect(message: WorkerMessage, master: MasterIdentity): MasterToWorker {
  const { epoch } = master
  switch (message.type) {
    case 'registered':
      return {
        type: 'registered',
        clusterId: master.clusterId,
        epoch,
        masterUrl: master.masterUrl,
        masterWebUiUrl: master.webUiUrl,
        heartbeatIntervalMs: message.heartbeatIntervalMs,
        wasLost: message.wasLost,
        keep: [...message.keep],
        keepDrivers: [...message.keepDrivers],
        leaseMs: message.leaseMs,
      }
    case 'registration-refused':
      return message
    case 'heartbeat-acknowledged':
      return { type: 'heartbeat-ack', epoch }
    case 'reregister':
      return message
    case 'report-acknowledged':
      return { type: 'report-ack', sequence: message.sequence }
    case 'launch-executor': {
      const { applicationId, executor, profile, resources } = message
      // The only kind of payload that a door makes today; the worker refuses any other.
      const payload = {
        ...(message.payload as SparkExecutorPayload),
        resourceProfileId: profile,
      }
      return {
        type: 'launch-executor',
        epoch,
        applicationId,
        executor,
        ...toWire(resources),
        payload,
      }
    }
    case 'launch-driver': {
      const { driverId, attempt, resources, supervised } = message
      const payload = message.payload as SparkDriverPayload
      const run = { driverId, attempt, supervised }
      return { type: 'launch-driver', epoch, ...run, ...toWire(resources), payload }
    }
    case 'kill-executor':
    case 'kill-driver':
      return { ...message, epoch }
    case 'application-finished':
      return { ...message, epoch }
  }
}

type WireResources = Pick<LaunchExecutor, 'cores' | 'memoryMb' | 'custom'>

function toWire({ cores, memoryMb, custom }: Resources): WireResources {
  if (custom === undefined) return { cores, memoryMb }
  const kinds = Object.entries(custom).map(([name, addresses]): [string, string[]] => [
    name,
    [...addresses],
  ])
  return { cores, memoryMb, custom: Object.fromEntries(kinds) }
}
