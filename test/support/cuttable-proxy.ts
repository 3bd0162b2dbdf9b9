// A way from one port to another that can be cut: what a router or a firewall does to connections of which
// both ends live on.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { HostPort } from '@hearth/common/domain/addresses.ts'

export class CuttableProxy {
  readonly port: number
  readonly #server: Server
  readonly #sockets: Set<Socket>

  private constructor(server: Server, sockets: Set<Socket>) {
    const bound = server.address()
    this.port = typeof bound === 'object' && bound !== null ? bound.port : 0
    this.#server = server
    this.#sockets = sockets
  }

  static async open(target: HostPort): Promise<CuttableProxy> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const far = connect(target)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one)
        one.on('error', () => one.destroy())
        one.on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new CuttableProxy(server, sockets)
  }

  /** Connections that stand. */
  get connections(): number {
    return this.#sockets.size / 2
  }

  /** Breaks every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.cut()
    await closed
  }
}
