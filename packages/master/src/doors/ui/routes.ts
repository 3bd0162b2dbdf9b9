// What the master's web port answers. Reads are open; actions are guarded.
import type { Protection } from '@hearth/common/runtime/auth/protection.ts'
import type { ActionGuard } from '@hearth/common/runtime/http/action-guard.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Reply } from '../../core/effects.ts'
import type { ApplicationView, ClusterView, WaitingView } from '../../core/views.ts'
import type { Explanation } from '../../core/why/explanation.ts'
import { addDriverRoutes, type DriverRoutesOptions } from './driver-routes.ts'
import { PAGE_POLICY } from './html-parts.ts'
import { applicationJson, clusterJson, utilizationJson, type MasterJson } from './json.ts'
import { clusterPage } from './page.ts'

export interface UiDoorOptions extends Omit<DriverRoutesOptions, 'now'> {
  readonly viewCluster: () => ClusterView
  readonly viewApplication: (id: string) => ApplicationView | undefined
  readonly viewWaiting: () => readonly WaitingView[]
  readonly explain: (id: string) => Explanation | undefined
  readonly master: () => MasterJson
  readonly killApplication: (id: string) => Promise<Reply>
  readonly protection: Protection
  /** Says who may end applications. */
  readonly guard: ActionGuard
}

export function addUiRoutes(server: FastifyInstance, options: UiDoorOptions): void {
  const document = () => clusterJson(options.viewCluster(), options.master())
  server.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', PAGE_POLICY)
      .send(clusterPage(options.viewCluster(), options.master(), options.protection)),
  )
  server.get('/json', document)
  server.get<{ Params: { part: string } }>('/json/:part', ({ params: { part } }) => {
    if (part === 'clusterutilization') return utilizationJson(options.viewCluster())
    const whole = document()
    // 3.5 answers any part with the whole document, 4.x an unknown one with an empty text.
    // `applications` is no part in either; the whole document is the answer that is of use.
    if (part === 'applications') return whole
    return { [part]: Object.hasOwn(whole, part) ? whole[part] : '' }
  })
  server.get<{ Querystring: { appId?: unknown } }>('/app/json', (request, reply) => {
    const { appId } = request.query
    if (typeof appId !== 'string') return reply.code(400).send({ error: 'missing parameter appId' })
    const view = options.viewApplication(appId)
    if (view === undefined) return notFound(reply, appId)
    return applicationJson(view, options.master().now)
  })
  addApiRoutes(server, options)
  addDriverRoutes(server, { ...options, now: () => options.master().now })
}

function addApiRoutes(server: FastifyInstance, options: UiDoorOptions): void {
  server.get<{ Params: { id: string } }>('/api/v1/applications/:id', (request, reply) => {
    const view = options.viewApplication(request.params.id)
    return view === undefined ? notFound(reply, request.params.id) : view
  })
  server.get<{ Params: { id: string } }>('/api/v1/applications/:id/why', (request, reply) => {
    const explanation = options.explain(request.params.id)
    return explanation === undefined ? notFound(reply, request.params.id) : explanation
  })
  server.get('/api/v1/waiting', () => options.viewWaiting())
  server.get('/api/v1/workers', () => options.viewCluster().workers)
  server.post<{ Params: { id: string } }>(
    '/api/v1/applications/:id/kill',
    { onRequest: options.guard },
    async (request, reply) => {
      const answer = await options.killApplication(request.params.id)
      if (answer.type === 'not-found') return reply.code(404).send({ error: answer.reason })
      return { killed: request.params.id }
    },
  )
}

function notFound(reply: FastifyReply, id: string): FastifyReply {
  return reply
    .code(404)
    .send({ error: `no application ${id} is known here; it may have been forgotten` })
}
