import type { IncomingMessage } from 'node:http'

/** A body that is not read to its end: nothing more is taken from its connection. */
export class BodyRefused extends Error {
  readonly status: 413 | 503

  constructor(status: 413 | 503, message: string) {
    super(message)
    this.status = status
  }
}

/** Bytes of unfinished bodies, over all connections. */
export class BodyBudget {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#left += bytes
  }
}

/** What Spark's server says (SubmitRequestServlet, 4.3). */
export function tooLarge(maxBytes: number): BodyRefused {
  return new BodyRefused(
    413,
    `The request body exceeds the maximum allowed size (${maxBytes} bytes). Adjust spark.master.rest.maxRequestBodySize to change the limit.`,
  )
}

/** True when the length that the request declares is more than is taken. */
export function declaresMore({ headers }: IncomingMessage, maxBytes: number): boolean {
  return Number(headers['content-length'] ?? 0) > maxBytes
}

/**
 * The whole body. Rejects with {@link BodyRefused} at the first byte that is too many, of this body or of all
 * together, and with an error when the client goes away.
 */
export function readBody(
  payload: IncomingMessage,
  maxBytes: number,
  budget: BodyBudget,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (error: Error | undefined) => {
      payload.off('data', onData).off('end', onEnd).off('error', end).off('close', onClose)
      budget.giveBack(length)
      if (error === undefined) return resolve(Buffer.concat(chunks, length))
      payload.pause()
      reject(error)
    }
    const onData = (chunk: Buffer) => {
      if (length + chunk.length > maxBytes) return end(tooLarge(maxBytes))
      if (!budget.take(chunk.length)) {
        return end(new BodyRefused(503, 'Too many large requests at once: try again.'))
      }
      length += chunk.length
      chunks.push(chunk)
    }
    const onEnd = () => end(undefined)
    const onClose = () => end(new Error('the client went away'))
    payload.on('data', onData).on('end', onEnd).on('error', end).on('close', onClose)
  })
}
