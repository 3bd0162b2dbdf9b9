import { readSync } from 'node:fs'
import { Socket } from 'node:net'

/** A pipe holds at most so much, as Linux has it where nobody has raised /proc/sys/fs/pipe-max-size. */
const MAX_PIPE_BYTES = 1024 * 1024
const READ_BYTES = 64 * 1024

/** Takes bytes, in order; the next ones are not read before it resolves. */
export type TakeOutput = (bytes: Uint8Array) => Promise<void>

/**
 * Reads the output of a process from a pipe. No more than two pieces of it are in memory: a process that
 * writes faster than its output is taken finds the pipe full and waits.
 */
export class OutputPipe {
  /** Resolves when nobody can write to the pipe any more and all is taken. */
  readonly ended: Promise<void>
  readonly #descriptor: number
  readonly #socket: Socket
  readonly #take: TakeOutput
  #taking: Promise<void> = Promise.resolve()
  #isTaking = false

  /** Owns the descriptor, which does not block, from now on. */
  constructor(descriptor: number, take: TakeOutput) {
    this.#descriptor = descriptor
    this.#take = take
    const socket = new Socket({ fd: descriptor, readable: true, writable: false })
    this.#socket = socket
    socket.on('readable', () => void this.#pump())
    // As good as its end: nothing more can be read. What follows is 'close'.
    socket.on('error', () => undefined)
    this.ended = new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
    }).then(() => this.#taking)
  }

  /**
   * Resolves when all is taken that was written before the call. Who still has the pipe may write more,
   * and is not waited for.
   */
  async settle(): Promise<void> {
    // In one go, so that nothing is read in between: first what the socket has read, then what comes after it.
    for (const bytes of [...this.#alreadyRead(), ...this.#inPipe()]) void this.#pass(bytes)
    await this.#taking
  }

  /** Takes what is there and reads no more; who still writes is told by the kernel. */
  async close(): Promise<void> {
    const settled = this.settle()
    this.#socket.destroy()
    await settled
    await this.ended
  }

  async #pump(): Promise<void> {
    if (this.#isTaking) return
    this.#isTaking = true
    for (;;) {
      const bytes = this.#socket.read() as Buffer | null
      if (bytes === null) break
      await this.#pass(bytes)
    }
    this.#isTaking = false
  }

  #pass(bytes: Uint8Array): Promise<void> {
    this.#taking = this.#taking.then(() => this.#take(bytes))
    return this.#taking
  }

  #alreadyRead(): Buffer[] {
    const found: Buffer[] = []
    for (;;) {
      const bytes = this.#socket.read() as Buffer | null
      if (bytes === null) return found
      found.push(bytes)
    }
  }

  #inPipe(): Buffer[] {
    const found: Buffer[] = []
    // After that the descriptor may be somebody else's.
    if (this.#socket.destroyed || this.#socket.readableEnded) return found
    for (let total = 0; total < MAX_PIPE_BYTES;) {
      const bytes = this.#read()
      if (bytes.length === 0) break
      found.push(bytes)
      total += bytes.length
    }
    return found
  }

  // Empty at the end, when there is nothing now, and when it cannot be read, which the socket finds too.
  #read(): Buffer {
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    try {
      return buffer.subarray(0, readSync(this.#descriptor, buffer))
    } catch {
      return buffer.subarray(0, 0)
    }
  }
}
