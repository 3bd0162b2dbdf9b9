import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { eventually } from './eventually.ts'
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { FrameDecoder } from '@hearth/common/protocol/spark-rpc/frame-decoder.ts'
import { encodeFrame, type Frame } from '@hearth/common/protocol/spark-rpc/frame.ts'

/** The far end of a connection as bytes, to break rules with. */
export class RawPeer {
  readonly socket: Socket
  /** Resolves when the socket is gone, with what it had received. */
  readonly closed: Promise<Buffer>
  readonly #chunks: Buffer[] = []

  constructor(socket: Socket) {
    this.socket = socket
    // A reset by the other side is what many tests provoke.
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    this.closed = new Promise((resolve) => {
      socket.on('close', () => resolve(this.received))
    })
  }

  static async connect(address: {
    readonly host: string
    readonly port: number
  }): Promise<RawPeer> {
    const socket = connect({ ...address, noDelay: true })
    const peer = new RawPeer(socket)
    await once(socket, 'connect')
    return peer
  }

  /** In rounds, so that the backlog of the listening socket is never full. */
  static async connectMany(address: HostPort, count: number): Promise<RawPeer[]> {
    const peers: RawPeer[] = []
    while (peers.length < count) {
      const round = Array.from({ length: Math.min(100, count - peers.length) }, () =>
        RawPeer.connect(address),
      )
      peers.push(...(await Promise.all(round)))
    }
    return peers
  }

  /** Everything received so far. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** Resolves when the kernel has taken the bytes. */
  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(bytes, () => resolve())
    })
  }

  send(...frames: Frame[]): Promise<void> {
    return this.write(Buffer.concat(frames.flatMap(encodeFrame)))
  }

  /** Waits until that many frames have come. */
  async frames(count: number): Promise<Frame[]> {
    const decode = (): Frame[] => [
      ...new FrameDecoder({ maxFrameBytes: 2 ** 30 }).push(this.received),
    ]
    await eventually(() => decode().length).toBeGreaterThanOrEqual(count)
    return decode()
  }

  /** Stops reading: what the other side sends fills the kernel's buffers and then its queue. */
  stopReading(): void {
    this.socket.pause()
  }

  readOn(): void {
    this.socket.resume()
  }

  /** Ends the connection as a crash does, with a reset. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** The first eight bytes of a frame that claims to be so long. */
export function lengthField(length: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(length)
  return bytes
}
