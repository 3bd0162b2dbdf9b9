// The worker's links to masters: Hearth's cluster protocol over connections that the worker dials.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { MasterToWorker, type WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'
import { messageReader } from '@hearth/common/protocol/cluster/read-message.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { Stoppable } from '@hearth/common/runtime/lifecycle.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { openBudgets, type RpcBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import type { ClusterConnection } from '@hearth/common/runtime/rpc/cluster-connection.ts'
import { DialError, dialCluster } from '@hearth/common/runtime/rpc/dial.ts'
import type { RpcLimits } from '@hearth/common/runtime/rpc/limits.ts'
import type { LinkId, WorkerEvent } from '../../core/events.ts'
import { toEvent } from './to-event.ts'

export interface ClusterDoorOptions {
  readonly limits: RpcLimits
  /** Proven by both ends of every link before anything else is said; null when there is none. */
  readonly secret: string | null
  readonly push: (event: WorkerEvent) => void
  readonly log: Logger
}

const readMessage = messageReader(MasterToWorker)

export class ClusterDoor implements Stoppable {
  readonly #options: ClusterDoorOptions
  readonly #budgets: RpcBudgets
  readonly #dials = new Map<LinkId, AbortController>()
  readonly #connections = new Map<LinkId, ClusterConnection>()
  /** One per dial, settled when nothing of its link is left. */
  readonly #ends = new Set<Promise<void>>()

  constructor(options: ClusterDoorOptions) {
    this.#options = options
    this.#budgets = openBudgets(options.limits)
  }

  /** Resolves the name anew and connects; `link.opened` or `link.closed` follows. */
  dial(link: LinkId, address: HostPort): void {
    const end = this.#dial(link, address).finally(() => this.#ends.delete(end))
    this.#ends.add(end)
  }

  /** Dropped when the link is gone; its close is an event of its own. */
  send(link: LinkId, message: WorkerToMaster): void {
    const connection = this.#connections.get(link)
    try {
      connection?.send(message)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#options.log.error({ link }, `cannot send ${message.type}: ${error.message}`)
      connection?.close(error.message)
    }
  }

  /** Sends what is queued and closes, or gives up dialling. */
  close(link: LinkId, reason: string): void {
    this.#dials.get(link)?.abort()
    this.#connections.get(link)?.close(reason)
  }

  /** Closes every link; resolves when their sockets are gone. */
  async stop(): Promise<void> {
    for (const link of [...this.#dials.keys(), ...this.#connections.keys()]) {
      this.close(link, 'the worker stops')
    }
    await Promise.all(this.#ends)
  }

  async #dial(link: LinkId, address: HostPort): Promise<void> {
    const { log, limits, secret, push } = this.#options
    const dialling = new AbortController()
    this.#dials.set(link, dialling)
    await new Promise<void>((settle) => {
      const onClose = (reason: string) => {
        this.#connections.delete(link)
        push({ type: 'link.closed', link, reason })
        settle()
      }
      dialCluster(address, {
        ...{ log, limits, secret, budgets: this.#budgets, signal: dialling.signal },
        onOpen: (connection) => {
          this.#connections.set(link, connection)
          push({ type: 'link.opened', link })
          return { onMessage: (message) => push(toEvent(link, readMessage(message))), onClose }
        },
      })
        .catch((error: unknown) => onClose(describe(error)))
        .finally(() => this.#dials.delete(link))
    })
  }
}

// Whoever hears this knows which master was dialled.
function describe(error: unknown): string {
  if (!(error instanceof DialError)) return String(error)
  return error.code === 'EAUTH' ? error.reason : `cannot connect (${error.code})`
}
