// What the worker's web port answers. Everything is a read.
import type { Protection } from '@hearth/common/runtime/auth/protection.ts'
import { REMOVED_BYTES_HEADER } from '@hearth/common/domain/log-rolling.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { WorkerView } from '../../core/views.ts'
import { homePage } from './home-page.ts'
import { PAGE_POLICY } from './html-document.ts'
import { LogUnavailable, readLogRange, type LogRange } from './log-file.ts'
import { logPage, plainLog } from './log-page.ts'
import { parseLogRequest, type LogRequest, type Query } from './log-request.ts'
import { workerJson } from './worker-json.ts'

export interface UiDoorOptions {
  readonly view: () => WorkerView
  readonly workDir: string
  readonly protection: Protection
}

export function addUiRoutes(
  server: FastifyInstance,
  { view, workDir, protection }: UiDoorOptions,
): void {
  server.get('/', (_request, reply) => sendPage(reply, homePage(view(), protection)))
  server.get('/json', () => workerJson(view()))
  server.get<{ Querystring: Query }>('/log', (request, reply) =>
    answerLog(workDir, request.query, reply, (_asked, range) =>
      reply
        .type('text/plain; charset=utf-8')
        .header('x-content-type-options', 'nosniff')
        .header(REMOVED_BYTES_HEADER, String(range.removedBytes))
        .send(plainLog(range)),
    ),
  )
  server.get<{ Querystring: Query }>('/logPage', (request, reply) =>
    answerLog(workDir, request.query, reply, (asked, range) =>
      sendPage(reply, logPage(asked, range)),
    ),
  )
}

async function answerLog(
  workDir: string,
  query: Query,
  reply: FastifyReply,
  answer: (request: LogRequest, range: LogRange) => FastifyReply,
): Promise<FastifyReply> {
  const request = parseLogRequest(query)
  if (typeof request === 'string') return sendError(reply, 400, request)
  try {
    return answer(request, await readLogRange(workDir, request))
  } catch (error) {
    if (error instanceof LogUnavailable) return sendError(reply, 404, error.message)
    throw error
  }
}

function sendError(reply: FastifyReply, status: number, problem: string): FastifyReply {
  return reply
    .code(status)
    .type('text/plain; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .send(`Error: ${problem}\n`)
}

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', PAGE_POLICY)
    .send(html)
}
