import { createServer } from 'node:net'
import { bareHost } from '../../domain/addresses.ts'
import { KEEP_ALIVE_DELAY_MS } from './keep-alive.ts'
import { RpcServer, type RpcServerOptions } from './rpc-server.ts'

export type { RpcServer } from './rpc-server.ts'

export interface ListenRpcOptions extends RpcServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

/** Listens for Spark and Hearth peers on one port. Rejects when the address cannot be bound. */
export async function listenRpc(options: ListenRpcOptions): Promise<RpcServer> {
  const server = createServer({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
  })
  const rpc = new RpcServer(server, options)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: bareHost(options.host), port: options.port }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
  server.on('error', (error) => options.log.error({ err: error }, 'accepting connections failed'))
  return rpc
}
