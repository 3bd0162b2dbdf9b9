// The sockets of one process: what they say waits in its mailbox, and they close when it dies.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import type { Mailbox } from '../engine/mailbox.ts'
import type { End, EndHandlers } from './connection.ts'
import type { Accept, DialHandlers, Network } from './network.ts'

export class Sockets {
  readonly #network: Network
  readonly #mailbox: Mailbox
  readonly #host: string
  readonly #closers = new Set<() => void>()

  constructor(network: Network, mailbox: Mailbox, host: string) {
    this.#network = network
    this.#mailbox = mailbox
    this.#host = host
  }

  listen(port: number, accept: Accept): void {
    const address = { host: this.#host, port }
    this.#closers.add(this.#network.listen(address, (end) => this.#own(end, accept(end))))
  }

  /** As {@link Network.dial}; the handlers are called when the process runs. */
  dial(to: HostPort, timeoutMs: number, { onOpen, onFailed }: DialHandlers): () => void {
    const giveUp = this.#network.dial(this.#host, to, timeoutMs, {
      onOpen: (end) => {
        this.#closers.delete(giveUp)
        return this.#own(end, onOpen(end))
      },
      onFailed: (why) => {
        this.#closers.delete(giveUp)
        this.#mailbox.take(() => onFailed(why))
      },
    })
    this.#closers.add(giveUp)
    return giveUp
  }

  /** The process has died: the kernel closes everything. */
  abandon(): void {
    for (const close of this.#closers) close()
    this.#closers.clear()
  }

  #own(end: End, handlers: EndHandlers): EndHandlers {
    const abandon = () => end.abandon()
    this.#closers.add(abandon)
    return {
      onMessage: (text) => this.#mailbox.take(() => handlers.onMessage(text)),
      onClose: (reason) => {
        this.#closers.delete(abandon)
        this.#mailbox.take(() => handlers.onClose(reason))
      },
    }
  }
}
