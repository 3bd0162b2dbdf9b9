const FIRST_BLOCK_BYTES = 256
const LAST_BLOCK_BYTES = 64 * 1024

/**
 * Bytes that wait for the rest of their frame. Large chunks are kept as they are and joined once; small
 * ones are gathered in blocks that grow with what has arrived, so that a peer that sends byte by byte
 * costs at most about twice its bytes and not an array entry for each.
 */
export class ByteQueue {
  #parts: Uint8Array[] = []
  #block = new Uint8Array(0)
  #blockUsed = 0
  #length = 0

  /** Bytes queued. */
  get length(): number {
    return this.#length
  }

  push(chunk: Uint8Array): void {
    this.#length += chunk.length
    if (chunk.length >= LAST_BLOCK_BYTES / 4) {
      this.#sealBlock()
      this.#parts.push(chunk)
      return
    }
    let rest = chunk
    while (rest.length > 0) {
      if (this.#blockUsed === this.#block.length) this.#openBlock()
      const fitting = rest.subarray(0, this.#block.length - this.#blockUsed)
      this.#block.set(fitting, this.#blockUsed)
      this.#blockUsed += fitting.length
      rest = rest.subarray(fitting.length)
    }
  }

  /** All bytes as one array; the queue is empty afterwards. */
  take(): Uint8Array {
    this.#sealBlock()
    const [only] = this.#parts
    const whole = this.#parts.length === 1 && only !== undefined ? only : this.#join()
    this.#parts = []
    this.#length = 0
    return whole
  }

  #join(): Uint8Array {
    const whole = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  #openBlock(): void {
    this.#sealBlock()
    const size = Math.min(Math.max(FIRST_BLOCK_BYTES, this.#length), LAST_BLOCK_BYTES)
    this.#block = new Uint8Array(size)
  }

  #sealBlock(): void {
    if (this.#blockUsed > 0) this.#parts.push(this.#block.subarray(0, this.#blockUsed))
    this.#block = new Uint8Array(0)
    this.#blockUsed = 0
  }
}
