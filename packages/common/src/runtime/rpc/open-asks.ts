/** Why an ask has no reply; `kind` tells whether asking again could help. */
export class AskError extends Error {
  override readonly name = 'AskError'
  readonly kind: 'timed-out' | 'closed' | 'refused'

  /** `refused`: the peer answered with a failure, whose text is the message. */
  constructor(kind: AskError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

interface OpenAsk {
  readonly resolve: (body: Uint8Array) => void
  readonly reject: (error: AskError) => void
  readonly timer: NodeJS.Timeout
}

/**
 * Our asks on one connection that wait for their reply. Each ends exactly once: with a reply, the peer's
 * failure, its time-out or the end of the connection. Replies come in any order.
 */
export class OpenAsks {
  readonly #asks = new Map<bigint, OpenAsk>()
  #lastId = 0n

  /** Opens an ask; `send` is given its request id. */
  open(timeoutMs: number, send: (requestId: bigint) => void): Promise<Uint8Array> {
    const requestId = ++this.#lastId
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#take(requestId)?.reject(
          new AskError('timed-out', `no reply to ask ${requestId} within ${timeoutMs} ms`),
        )
      }, timeoutMs)
      this.#asks.set(requestId, { resolve, reject, timer })
      send(requestId)
    })
  }

  /** A reply came. One to an unknown id is dropped, as in Spark: its ask has timed out. */
  resolve(requestId: bigint, body: Uint8Array): void {
    this.#take(requestId)?.resolve(body)
  }

  /** The peer refused. */
  refuse(requestId: bigint, error: string): void {
    this.#take(requestId)?.reject(new AskError('refused', error))
  }

  /** The connection has ended: nothing will be answered any more. */
  close(reason: string): void {
    for (const requestId of this.#asks.keys()) {
      this.#take(requestId)?.reject(
        new AskError('closed', `connection closed before the reply: ${reason}`),
      )
    }
  }

  #take(requestId: bigint): OpenAsk | undefined {
    const ask = this.#asks.get(requestId)
    if (ask === undefined) return undefined
    clearTimeout(ask.timer)
    this.#asks.delete(requestId)
    return ask
  }
}
