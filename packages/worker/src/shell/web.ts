// The worker's web port: pages, JSON, logs, health and metrics.
import type { AddressInfo } from 'node:net'
import { bareHost, urlHost } from '@hearth/common/domain/addresses.ts'
import type { Protection } from '@hearth/common/runtime/auth/protection.ts'
import { createHttpServer, createMetrics } from '@hearth/common/runtime/http/server.ts'
import type { Lifecycle } from '@hearth/common/runtime/lifecycle.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { isReady, viewWorker } from '../core/views.ts'
import type { Worker } from '../core/worker.ts'
import { addUiRoutes } from '../doors/ui/routes.ts'
import { addWorkerMetrics } from '../metrics.ts'

export interface WebOptions {
  readonly host: string
  readonly webUiPort: number
  readonly publicHost?: string
  readonly workDir: string
  readonly protection: Protection
  readonly log: Logger
}

/**
 * Listens and returns the address for browsers. The port must be known before the worker is made;
 * requests that come earlier wait for it.
 */
export async function openWeb(
  options: WebOptions,
  made: Promise<Worker>,
  lifecycle: Lifecycle,
): Promise<string> {
  const { host, webUiPort, publicHost = host, workDir, protection, log } = options
  const shown: { worker?: Worker } = {}
  const worker = () => {
    if (shown.worker === undefined) throw new Error('the worker is still starting')
    return shown.worker
  }
  const metrics = createMetrics()
  const server = createHttpServer({
    ...{ log, metrics, protection },
    isReady: () => isReady(worker()),
  })
  server.addHook('onRequest', async () => {
    shown.worker ??= await made
  })
  const view = () => viewWorker(worker())
  addUiRoutes(server, { view, workDir, protection })
  addWorkerMetrics(metrics, view)
  lifecycle.onStop('web UI', () => server.close())
  await server.listen({ host: bareHost(host), port: webUiPort })
  return `http://${urlHost(publicHost)}:${portOf(server.server.address()) ?? webUiPort}`
}

function portOf(bound: AddressInfo | string | null): number | undefined {
  return bound !== null && typeof bound === 'object' ? bound.port : undefined
}
