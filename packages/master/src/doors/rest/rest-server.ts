// Spark's REST submission server: limits, who may, and what is refused before a body is read.
import type { IncomingMessage } from 'node:http'
import {
  PROTOCOL_VERSION,
  UNKNOWN_VERSION_STATUS,
} from '@hearth/common/protocol/spark-rest/response.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { RestAccess } from './access.ts'
import { act, type RestMaster } from './actions.ts'
import { errorAnswer } from './answers.ts'
import { PAGE_HEADERS } from './html-page.ts'
import { BodyBudget, BodyRefused, declaresMore, readBody, tooLarge } from './read-body.ts'
import { sendPage, sendResponse } from './respond.ts'
import { METHODS, routeOf, type RestAction, type Route } from './route.ts'
import { Turns } from './turns.ts'

/** What clients may cost. */
export interface RestLimits {
  readonly maxBodyBytes: number
  /** Requests that are worked on at once; the others wait. */
  readonly maxRequests: number
  /** Further connections are closed at once. */
  readonly maxConnections: number
  /** From the first byte of a request to the last of its headers. */
  readonly headersTimeoutMs: number
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number
}

export interface RestServerOptions {
  readonly log: Logger
  readonly limits: RestLimits
  readonly access: RestAccess
  readonly master: RestMaster
}

const KEEP_ALIVE_TIMEOUT_MS = 65_000
/** How often the time-outs of requests are looked at. */
const TIMEOUT_CHECK_MS = 1_000
/** Unfinished bodies of all connections together, at least one of the largest. */
const BODIES_BYTES = 64 * 1024 * 1024

/** The server, not yet listening. Closing it closes its connections. */
export function createRestServer(options: RestServerOptions): FastifyInstance {
  const { log, limits } = options
  const server = fastify({
    loggerInstance: log.child({}, { level: 'warn' }),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: true,
    trustProxy: false,
    exposeHeadRoutes: false,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    // The paths are Spark's business, not the router's.
    rewriteUrl: () => '/',
  }) as unknown as FastifyInstance
  server.server.maxConnections = limits.maxConnections
  // Asked whether to send a body, the answer may be no.
  server.server.on('checkContinue', (request, response) => {
    if (!declaresMore(request, limits.maxBodyBytes)) response.writeContinue()
    server.server.emit('request', request, response)
  })
  addHandlers(server, options)
  return server
}

function addHandlers(server: FastifyInstance, options: RestServerOptions): void {
  const { access, limits, log, master } = options
  const budget = new BodyBudget(Math.max(BODIES_BYTES, limits.maxBodyBytes))
  const turns = new Turns(limits.maxRequests)
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const route = routeOf(request.originalUrl)
    // Bad paths have been refused.
    if (route.type === 'bad-path') return reply
    return turns.take(() => act(route, request, reply, master))
  }
  server.addHook('onRequest', async (request, reply) => {
    // Spark's server reads every body as JSON, whatever it is said to be.
    request.headers['content-type'] = 'application/json'
    if (access.isFiltered) reply.header('cache-control', 'no-cache, no-store, must-revalidate')
    await refuseEarly(routeOf(request.originalUrl), request, reply, access)
    if (reply.sent) return reply
    if (declaresMore(request.raw, limits.maxBodyBytes)) throw tooLarge(limits.maxBodyBytes)
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) =>
    readBody(payload, limits.maxBodyBytes, budget),
  )
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof BodyRefused) {
      reply.header('connection', 'close')
      if (error.status === 503) reply.header('retry-after', '1')
      return sendResponse(reply, error.status, errorAnswer(error.message))
    }
    const status = error.statusCode ?? 500
    if (status >= 500) log.error({ err: error }, 'a REST request failed')
    const message = status >= 500 ? 'Internal server error.' : error.message
    return sendResponse(reply, status, errorAnswer(message))
  })
  server.all('/*', answer)
  // Methods that the router does not know.
  server.setNotFoundHandler(answer)
}

// Everything that can be said before the body is read. Whether it has refused shows in `reply.sent`.
async function refuseEarly(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  access: RestAccess,
): Promise<void> {
  const action = route.type === 'action' ? route.action : 'status'
  const refusal = await access.refuse(request.headers, action)
  if (refusal !== undefined) {
    const { status, message, form } = refusal
    closeUnread(request, reply)
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    if (status === 503) reply.header('retry-after', '1')
    if (form === 'page') sendPage(request, reply, status, message)
    else sendResponse(reply, status, errorAnswer(message))
  } else if (route.type === 'bad-path') {
    const { message, isUnknownVersion } = route
    const highest = isUnknownVersion ? PROTOCOL_VERSION : null
    const status = isUnknownVersion ? UNKNOWN_VERSION_STATUS : 400
    closeUnread(request, reply)
    sendResponse(reply, status, errorAnswer(message, highest))
  } else refuseMethod(route.action, request, reply)
}

function refuseMethod(action: RestAction, request: FastifyRequest, reply: FastifyReply): void {
  const { method } = request
  const taken = METHODS[action]
  if (method === taken || (method === 'HEAD' && taken === 'GET')) return
  closeUnread(request, reply)
  const allowed = taken === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS'
  if (method === 'OPTIONS') {
    void reply.code(200).header('allow', allowed).send()
  } else if (method === 'PUT') {
    // Spark's server says nothing here.
    void reply.code(405).header('cache-control', PAGE_HEADERS['cache-control']).send()
  } else {
    sendPage(request, reply, 405, `HTTP method ${method} is not supported by this URL`)
  }
}

// A body that nobody reads would be received only to be thrown away.
function closeUnread({ headers }: FastifyRequest, reply: FastifyReply): void {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (hasBody) reply.header('connection', 'close')
}
