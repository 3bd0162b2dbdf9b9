import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** A socket without a network: what is written is kept, what is received is said by the test. */
export class FakeSocket extends Duplex {
  readonly written: Buffer[] = []

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk)
    done()
  }

  /** As the socket that a connection takes; it uses nothing that a stream does not have. */
  get asSocket(): Socket {
    return this as unknown as Socket
  }

  /** As a socket has it: ends, and is gone once everything is written. */
  destroySoon(): void {
    this.end(() => this.destroy())
  }

  /** The peer has sent this. */
  say(chunk: Uint8Array): void {
    this.emit('data', Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
  }

  /** Resolves when nothing of it is left. */
  async vanish(): Promise<void> {
    const closed = this.closed
      ? Promise.resolve()
      : new Promise((resolve) => this.once('close', resolve))
    this.destroy()
    await closed
  }
}
