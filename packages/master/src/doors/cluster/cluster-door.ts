// Hearth's own workers: their connections on port 7077.
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import { WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'
import { messageReader } from '@hearth/common/protocol/cluster/read-message.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type {
  ClusterConnection,
  ClusterHandlers,
} from '@hearth/common/runtime/rpc/cluster-connection.ts'
import type { WorkerMessage } from '../../core/effects.ts'
import type { ExecutorReport, MasterEvent, PeerId } from '../../core/events.ts'
import { fromEffect, type MasterIdentity } from './from-effect.ts'
import { toEvent } from './to-event.ts'

export interface ClusterDoorOptions {
  readonly master: MasterIdentity
  readonly push: (event: MasterEvent) => void
  readonly log: Logger
}

const readMessage = messageReader(WorkerToMaster)

export class ClusterDoor {
  readonly #options: ClusterDoorOptions
  readonly #connections = new Map<PeerId, ClusterConnection>()
  #lastPeer = 0

  constructor(options: ClusterDoorOptions) {
    this.#options = options
  }

  /** Takes a new connection; returns what its messages do. */
  accept(connection: ClusterConnection): ClusterHandlers {
    const { push, log } = this.#options
    this.#lastPeer += 1
    const peer = `worker-${this.#lastPeer}`
    this.#connections.set(peer, connection)
    return {
      onMessage: (message) => {
        try {
          push(toEvent(peer, readMessage(message)))
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
          // Said before the connection closes, so that the worker's own log has the reason.
          log.warn(`refusing worker at ${formatHostPort(connection.remote)}: ${error.message}`)
          connection.send({ type: 'registration-refused', reason: error.message })
          connection.close(error.message)
        }
      },
      onClose: (reason) => {
        log.debug({ peer }, `worker at ${formatHostPort(connection.remote)} closed: ${reason}`)
        this.#connections.delete(peer)
        push({ type: 'worker.connection-closed', peer, reason })
      },
    }
  }

  /** Dropped when the connection is gone; its close is an event of its own. */
  send(peer: PeerId, message: WorkerMessage): void {
    try {
      this.#connections.get(peer)?.send(fromEffect(message, this.#options.master))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#options.log.error({ peer }, `cannot send ${message.type}: ${error.message}`)
      if (message.type === 'launch-executor') this.#failLaunch(peer, message, error.message)
    }
  }

  // The order cannot leave, so nobody else will ever report on this executor.
  #failLaunch(
    peer: PeerId,
    { applicationId, executor }: Extract<WorkerMessage, { type: 'launch-executor' }>,
    message: string,
  ): void {
    const report: ExecutorReport = {
      sequence: 0,
      applicationId,
      executor,
      state: 'failed',
      exitCode: null,
      message,
      hint: null,
    }
    this.#options.push({ type: 'executor.state-reported', peer, report })
  }

  disconnect(peer: PeerId, reason: string): void {
    this.#connections.get(peer)?.close(reason)
  }
}
