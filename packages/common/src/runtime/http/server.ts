// The HTTP server that master and worker share: limits, health, readiness and metrics.
import fastify, { type FastifyInstance } from 'fastify'
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { isInsecure, type Protection } from '../auth/protection.ts'
import type { Logger } from '../log.ts'

export interface HttpServerOptions {
  readonly log: Logger
  /** True when the daemon does its work; a sentence saying why not otherwise. Shown by /readyz. */
  readonly isReady: () => true | string
  readonly metrics: Registry
  /** Shown by /healthz, and by the metric `hearth_insecure`. */
  readonly protection: Protection
}

const BODY_LIMIT_BYTES = 64 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_TIMEOUT_MS = 65_000

/**
 * A fastify instance with bounded bodies and requests, and the routes that every daemon has:
 * `/healthz` (the process answers, and what protects it), `/readyz` (200 or 503 with the reason) and `/metrics`
 * (Prometheus text). The caller adds its routes and listens.
 */
export function createHttpServer({
  log,
  isReady,
  metrics,
  protection,
}: HttpServerOptions): FastifyInstance {
  const server = fastify({
    loggerInstance: log.child({}, { level: 'warn' }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: true,
    trustProxy: false,
    routerOptions: { ignoreTrailingSlash: true },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  }) as unknown as FastifyInstance
  server.get('/healthz', () => ({ status: 'ok', protection }))
  server.get('/readyz', (_request, reply) => {
    const ready = isReady()
    return reply
      .code(ready === true ? 200 : 503)
      .send(ready === true ? { status: 'ready' } : { status: 'not ready', reason: ready })
  })
  new Gauge({
    name: 'hearth_insecure',
    help: '1 when this daemon listens beyond its machine without a secret or, for REST, a token',
    registers: [metrics],
  }).set(isInsecure(protection) ? 1 : 0)
  server.get('/metrics', async (_request, reply) => {
    const text = await metrics.metrics()
    return reply.type(metrics.contentType).send(text)
  })
  return server
}

/** A registry with Node's own process metrics; one per daemon, so that two can share a process. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
