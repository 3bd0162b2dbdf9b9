// A worker's message → an event. Pure.
import {
  parseApplicationId,
  parseDriverId,
  parseWorkerId,
  type ApplicationId,
  type DriverId,
} from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import {
  CLUSTER_PROTOCOL_VERSION,
  type ExecutorStateReport,
  type HeldDriver,
  type HeldExecutor,
  type RegisterWorker,
  type WorkerToMaster,
} from '@hearth/common/protocol/cluster/messages.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { Hint, MasterEvent, PeerId, WorkerRegistration } from '../../core/events.ts'

/** Throws ProtocolError when the message has the right shape and still cannot be meant. */
export function toEvent(peer: PeerId, message: WorkerToMaster): MasterEvent {
  switch (message.type) {
    case 'register-worker':
      return { type: 'worker.register-requested', peer, registration: toRegistration(message) }
    case 'heartbeat':
      return { type: 'worker.heartbeat-received', peer }
    case 'worker-stopping':
      return { type: 'worker.stopping-announced', peer }
    case 'worker-decommissioning':
      return { type: 'worker.decommission-announced', peer }
    case 'driver-state': {
      const { sequence, attempt, state, exitCode, message: text, hint = null } = message
      const driverId = toDriverId(message.driverId)
      return {
        type: 'driver.state-reported',
        peer,
        report: {
          ...{ sequence, driverId, attempt, state, exitCode, message: text },
          hint: hint === null ? null : toHint(hint),
        },
      }
    }
    case 'executor-state': {
      const { sequence, executor, state, exitCode, message: text, hint = null } = message
      const applicationId = toApplicationId(message.applicationId)
      return {
        type: 'executor.state-reported',
        peer,
        report: {
          ...{ sequence, applicationId, executor, state, exitCode, message: text },
          hint: hint === null ? null : toHint(hint),
        },
      }
    }
  }
}

function toRegistration(message: RegisterWorker): WorkerRegistration {
  if (message.version !== CLUSTER_PROTOCOL_VERSION) {
    throw new ProtocolError(
      `worker ${JSON.stringify(message.workerId)} speaks version ${message.version} of the cluster protocol, this master speaks ${CLUSTER_PROTOCOL_VERSION}; install the same release of Hearth on both`,
    )
  }
  const workerId = parseWorkerId(message.workerId)
  if (workerId === undefined) {
    throw new ProtocolError(`${JSON.stringify(message.workerId)} cannot be a worker's id`)
  }
  return {
    workerId,
    host: message.host,
    launcherPort: message.port,
    webUiUrl: message.webUiUrl,
    offered: toResources(message),
    held: message.held.map((held) => ({
      applicationId: toApplicationId(held.applicationId),
      executor: held.executor,
      resources: toResources(held),
      state: held.state,
    })),
    heldDrivers: message.heldDrivers.map((held) => ({
      driverId: toDriverId(held.driverId),
      attempt: held.attempt,
      resources: toResources(held),
      state: held.state,
    })),
    driverGraceMs: message.driverGraceMs,
    decommissioning: message.decommissioning,
  }
}

function toResources({
  cores,
  memoryMb,
  custom,
}: RegisterWorker | HeldExecutor | HeldDriver): Resources {
  return { cores, memoryMb, ...(custom === undefined ? {} : { custom }) }
}

// What a worker finds when an executor could not begin (worker/src/doors/spark/diagnose-stderr.ts).
const NEVER_WORKED: readonly string[] = [
  ...['java-too-old', 'java-option-unknown', 'spark-not-found', 'spark-version-mismatch'],
  ...['authentication-failed', 'driver-unknown-host', 'driver-not-spark', 'driver-unreachable'],
  ...['port-taken', 'no-local-directory', 'did-not-start'],
]

function toHint({ code, text }: NonNullable<ExecutorStateReport['hint']>): Hint {
  return { code, text, neverWorked: NEVER_WORKED.includes(code) }
}

function toApplicationId(text: string): ApplicationId {
  const id = parseApplicationId(text)
  if (id === undefined) {
    throw new ProtocolError(`${JSON.stringify(text)} cannot be an application's id`)
  }
  return id
}

function toDriverId(text: string): DriverId {
  const id = parseDriverId(text)
  if (id === undefined) throw new ProtocolError(`${JSON.stringify(text)} cannot be a driver's id`)
  return id
}
