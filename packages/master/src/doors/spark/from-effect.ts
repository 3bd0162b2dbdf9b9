// What the core says to a client → a Spark message. Pure.
import type { ExecutorState } from '@hearth/common/domain/states.ts'
import { echoEndpointRef } from '@hearth/common/protocol/spark-rpc/endpoint-ref.ts'
import type { SparkExecutorState } from '@hearth/common/protocol/spark-rpc/messages/executor-state.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { ClientMessage } from '../../core/effects.ts'
import type { DriverContact } from './peer.ts'

const STATES: Readonly<Record<ExecutorState | 'decommissioned', SparkExecutorState>> = {
  launching: 'LAUNCHING',
  running: 'RUNNING',
  exited: 'EXITED',
  failed: 'FAILED',
  killed: 'KILLED',
  lost: 'LOST',
  decommissioned: 'DECOMMISSIONED',
}

export function fromEffect(
  message: ClientMessage,
  contact: DriverContact,
  masterWebUiUrl: string,
): SparkMessage {
  switch (message.type) {
    case 'application-registered':
      return {
        type: 'RegisteredApplication',
        appId: message.applicationId,
        master: masterRef(contact),
      }
    case 'application-removed':
      return { type: 'ApplicationRemoved', message: message.reason }
    case 'executor-added':
      return {
        type: 'ExecutorAdded',
        id: message.executor,
        workerId: message.workerId,
        hostPort: message.workerAddress,
        cores: message.resources.cores,
        memory: message.resources.memoryMb,
      }
    case 'executor-updated':
      return {
        type: 'ExecutorUpdated',
        id: message.executor,
        state: STATES[message.state],
        message: message.message,
        exitStatus: message.exitCode,
        workerHost: message.workerHost,
      }
    case 'worker-removed':
      return {
        type: 'WorkerRemoved',
        id: message.workerId,
        host: message.host,
        message: message.reason,
      }
    case 'master-changed':
      return { type: 'MasterChanged', master: masterRef(contact), masterWebUiUrl }
  }
}

function masterRef(contact: DriverContact) {
  return echoEndpointRef(contact.ref, { name: 'Master', address: contact.dialledAs })
}
