// What an action does: one event of the core, or a look at it.
import type { DriverDescription } from '@hearth/common/domain/descriptions.ts'
import {
  invalidRequestMessage,
  readCreateRequest,
} from '@hearth/common/protocol/spark-rest/create-request.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DriverView } from '../../core/drivers/views.ts'
import type { Reply } from '../../core/effects.ts'
import { toDriverDescription } from '../submission/driver-description.ts'
import { SubmissionProblem } from '../submission/problem.ts'
import * as answers from './answers.ts'
import { buildSubmission, type SubmissionSite } from './build-submission.ts'
import { sendPage, sendResponse } from './respond.ts'
import type { Route } from './route.ts'

/** What the door needs of the master. */
export interface RestMaster {
  readonly site: () => SubmissionSite
  /** What a driver's payload may be long, as JSON, to reach the workers. */
  readonly maxPayloadBytes: number
  readonly isReady: () => boolean
  readonly viewDriver: (id: string) => DriverView | undefined
  readonly submit: (description: DriverDescription) => Promise<Reply>
  readonly kill: (id: string) => Promise<Reply>
  readonly killAll: () => Promise<Reply>
  readonly clear: () => Promise<Reply>
}

/** Carries out an action and answers it. The body has been read. */
export async function act(
  { action, id }: Route & { type: 'action' },
  request: FastifyRequest,
  reply: FastifyReply,
  master: RestMaster,
): Promise<FastifyReply> {
  switch (action) {
    case 'create':
      return create(request, reply, master)
    case 'status':
    case 'kill': {
      if (id === undefined) {
        const message = `Submission ID is missing in ${action} request.`
        return sendResponse(reply, 400, answers.errorAnswer(message))
      }
      const answer =
        action === 'status'
          ? answers.statusAnswer(id, master.viewDriver(id))
          : answers.killAnswer(id, await master.kill(id))
      return sendResponse(reply, 200, answer)
    }
    case 'killall':
      return sendResponse(reply, 200, answers.killAllAnswer(await master.killAll()))
    case 'clear':
      return sendResponse(reply, 200, answers.clearAnswer(await master.clear()))
    case 'readyz':
      return master.isReady()
        ? sendResponse(reply, 200, { action: 'ReadyzResponse', success: true, message: '' })
        : sendResponse(reply, 503, answers.errorAnswer('Master is not ready.'))
  }
}

async function create(
  request: FastifyRequest,
  reply: FastifyReply,
  master: RestMaster,
): Promise<FastifyReply> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const reading = readCreateRequest(body)
  switch (reading.type) {
    case 'malformed':
      return sendResponse(reply, 400, answers.errorAnswer(reading.message))
    case 'unexpected': {
      const message = `Received message of unexpected type ${reading.action}.`
      return sendResponse(reply, 400, answers.errorAnswer(message))
    }
    case 'unknown-action': {
      const missing = `java.lang.ClassNotFoundException: org.apache.spark.deploy.rest.${reading.action}`
      return sendPage(request, reply, 500, missing)
    }
    case 'create': {
      let description: DriverDescription
      try {
        const submission = buildSubmission(reading.request, master.site())
        description = toDriverDescription(submission, master)
      } catch (error) {
        if (!(error instanceof SubmissionProblem)) throw error
        return sendResponse(reply, 400, answers.errorAnswer(invalidRequestMessage(error.message)))
      }
      const answer = await master.submit(description)
      return sendResponse(reply, 200, answers.createAnswer(answer, reading.unknownFields))
    }
  }
}
