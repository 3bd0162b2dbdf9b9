import type { Reply } from '../core/effects.ts'
import type { RequestId } from '../core/events.ts'

/** Requests over HTTP that wait for the core's answer. The core answers every one of them. */
export class OpenReplies {
  readonly #waiting = new Map<RequestId, (reply: Reply) => void>()
  #last = 0

  /** Names the request, lets `send` hand it to the core, resolves with the answer. */
  open(send: (request: RequestId) => void): Promise<Reply> {
    this.#last += 1
    const request = `http-${this.#last}`
    return new Promise((resolve) => {
      this.#waiting.set(request, resolve)
      send(request)
    })
  }

  /** Ignored for a request that did not come from here. */
  resolve(request: RequestId, reply: Reply): void {
    this.#waiting.get(request)?.(reply)
    this.#waiting.delete(request)
  }
}
