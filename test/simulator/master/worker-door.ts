// The master's end of its workers' connections: the real translations and schemas over simulated ones.
import { WorkerToMaster, type MasterToWorker } from '@hearth/common/protocol/cluster/messages.ts'
import type { WorkerMessage } from '@hearth/master/core/effects.ts'
import type { MasterEvent, PeerId } from '@hearth/master/core/events.ts'
import { fromEffect, type MasterIdentity } from '@hearth/master/doors/cluster/from-effect.ts'
import { toEvent } from '@hearth/master/doors/cluster/to-event.ts'
import { Compile } from 'typebox/compile'
import type { End, EndHandlers } from '../network/connection.ts'
import { RuleBroken } from '../world.ts'

const validator = Compile(WorkerToMaster)

export class WorkerDoor {
  readonly #identity: MasterIdentity
  readonly #push: (event: MasterEvent) => void
  readonly #ends = new Map<PeerId, End>()
  #lastPeer = 0

  constructor(identity: MasterIdentity, push: (event: MasterEvent) => void) {
    this.#identity = identity
    this.#push = push
  }

  accept(end: End): EndHandlers {
    this.#lastPeer += 1
    const peer = `worker-${this.#lastPeer}`
    this.#ends.set(peer, end)
    return {
      onMessage: (text) => {
        if (end.isOpen) this.#push(toEvent(peer, parse(text)))
      },
      onClose: (reason) => {
        this.#ends.delete(peer)
        this.#push({ type: 'worker.connection-closed', peer, reason })
      },
    }
  }

  send(peer: PeerId, message: WorkerMessage): void {
    const wire: MasterToWorker = fromEffect(message, this.#identity)
    this.#ends.get(peer)?.send(JSON.stringify(wire))
  }

  disconnect(peer: PeerId, reason: string): void {
    this.#ends.get(peer)?.close(reason)
  }
}

function parse(text: string): WorkerToMaster {
  const message: unknown = JSON.parse(text)
  if (validator.Check(message)) return message
  throw new RuleBroken(`a worker sent what no master understands: ${text}`)
}
