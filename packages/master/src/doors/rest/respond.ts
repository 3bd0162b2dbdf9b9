import { formatResponse, type RestResponse } from '@hearth/common/protocol/spark-rest/response.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorPage, PAGE_HEADERS } from './html-page.ts'

const JSON_TYPE = 'application/json;charset=utf-8'

/** Answers as Spark's servlets do. */
export function sendResponse(
  reply: FastifyReply,
  status: number,
  response: RestResponse,
): FastifyReply {
  return reply.code(status).header('content-type', JSON_TYPE).send(formatResponse(response))
}

/** Answers as the HTTP server beneath Spark's servlets does. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string,
): FastifyReply {
  const url = `http://${request.headers.host ?? ''}${request.originalUrl}`
  const keptHeader = reply.getHeader('cache-control')
  reply.code(status).headers(PAGE_HEADERS)
  if (keptHeader !== undefined) reply.header('cache-control', keptHeader)
  return reply.send(errorPage(status, message, url))
}
