// What the master's web port answers. Reads are open; the one action needs a header that no foreign
// web page can send without being asked first.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Reply } from '../../core/effects.ts'
import type { ApplicationView, ClusterView } from '../../core/views.ts'
import { applicationJson, clusterJson, utilizationJson, type MasterJson } from './json.ts'
import { clusterPage } from './page.ts'

export interface UiDoorOptions {
  readonly viewCluster: () => ClusterView
  readonly viewApplication: (id: string) => ApplicationView | undefined
  readonly master: () => MasterJson
  readonly killApplication: (id: string) => Promise<Reply>
}

/** A browser sends this only for a page of ours, or after a preflight that we refuse. */
const ACTION_HEADER = 'x-hearth-request'

export function addUiRoutes(server: FastifyInstance, options: UiDoorOptions): void {
  const document = () => clusterJson(options.viewCluster(), options.master())
  server.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(clusterPage(options.viewCluster(), options.master())),
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
}

function addApiRoutes(server: FastifyInstance, options: UiDoorOptions): void {
  server.get<{ Params: { id: string } }>('/api/v1/applications/:id', (request, reply) => {
    const view = options.viewApplication(request.params.id)
    return view === undefined ? notFound(reply, request.params.id) : view
  })
  server.post<{ Params: { id: string } }>(
    '/api/v1/applications/:id/kill',
    { onRequest: refuseForeign },
    async (request, reply) => {
      const answer = await options.killApplication(request.params.id)
      if (answer.type === 'not-found') return reply.code(404).send({ error: answer.reason })
      return { killed: request.params.id }
    },
  )
}

async function refuseForeign(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.headers[ACTION_HEADER] !== undefined) return
  await reply
    .code(403)
    .send({ error: `actions need the header ${ACTION_HEADER}: 1, which the hearth command sends` })
}

function notFound(reply: FastifyReply, id: string): FastifyReply {
  return reply
    .code(404)
    .send({ error: `no application ${id} is known here; it may have been forgotten` })
}
