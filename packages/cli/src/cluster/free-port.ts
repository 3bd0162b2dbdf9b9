import { once } from 'node:events'
import { createServer } from 'node:net'

/** The port when nobody listens on it at this host, else 0, which means any. */
export async function portOrAny(host: string, port: number): Promise<number> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return port
  } catch {
    return 0
  } finally {
    server.close()
  }
}
