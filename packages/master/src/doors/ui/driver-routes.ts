// Drivers in cluster mode on the master's web port. Reads are open; ending one is guarded.
import type { ActionGuard } from '@hearth/common/runtime/http/action-guard.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { DriverView } from '../../core/drivers/views.ts'
import type { Reply } from '../../core/effects.ts'
import type { DriverExplanation } from '../../core/why/explanation.ts'
import { driverDocument, waitingDrivers } from './driver-json.ts'
import { driverPage, noDriverPage, type DriverLists } from './driver-page.ts'
import { PAGE_POLICY } from './html-parts.ts'

export interface DriverRoutesOptions {
  readonly viewDriver: (id: string) => DriverView | undefined
  readonly viewDrivers: () => DriverLists
  readonly explainDriver: (id: string) => DriverExplanation | undefined
  readonly killDriver: (id: string) => Promise<Reply>
  /** Wall clock, ms. */
  readonly now: () => number
  /** Says who may end drivers. */
  readonly driverGuard: ActionGuard
}

export function addDriverRoutes(server: FastifyInstance, options: DriverRoutesOptions): void {
  server.get('/api/v1/drivers', () => {
    const { active, completed } = options.viewDrivers()
    return { active: active.map(driverDocument), completed: completed.map(driverDocument) }
  })
  server.get('/api/v1/waiting/drivers', () => waitingDrivers(options.viewDrivers().active))
  server.get<{ Params: { id: string } }>('/api/v1/drivers/:id', ({ params: { id } }, reply) => {
    const driver = options.viewDriver(id)
    return driver === undefined ? notFound(reply, id) : driverDocument(driver)
  })
  server.get<{ Params: { id: string } }>('/api/v1/drivers/:id/why', ({ params: { id } }, reply) => {
    const explanation = options.explainDriver(id)
    return explanation === undefined ? notFound(reply, id) : explanation
  })
  server.post<{ Params: { id: string } }>(
    '/api/v1/drivers/:id/kill',
    { onRequest: options.driverGuard },
    async ({ params: { id } }, reply) => {
      const answer = await options.killDriver(id)
      if (answer.type === 'not-found') return reply.code(404).send({ error: answer.reason })
      if (answer.type === 'refused') return reply.code(409).send({ error: answer.reason })
      // It ends when its process has: its state tells.
      return reply.code(202).send({ killing: id })
    },
  )
  server.get<{ Querystring: { id?: unknown } }>('/driver', ({ query: { id } }, reply) => {
    const driver = typeof id === 'string' ? options.viewDriver(id) : undefined
    return reply
      .code(driver === undefined ? 404 : 200)
      .type('text/html; charset=utf-8')
      .header('content-security-policy', PAGE_POLICY)
      .send(
        driver === undefined
          ? noDriverPage(typeof id === 'string' ? id : '')
          : driverPage(driver, options.now()),
      )
  })
}

function notFound(reply: FastifyReply, id: string): FastifyReply {
  return reply
    .code(404)
    .send({ error: `no driver ${id} is known here; it may have been forgotten` })
}
