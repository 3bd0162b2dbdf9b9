// What a Spark process asks a master, and what the answer is. Pure. Every ask is answered at once, also
// one that we do not know: an unanswered RequestExecutors hangs the SparkContext (seen on 3.5.9).
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { SubmitterRequest } from '@hearth/common/protocol/spark-rpc/messages/driver-codecs.ts'
import type { SparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { MasterEvent, PeerId, RequestId } from '../../core/events.ts'
import { toExecutorRequest } from './resource-requests.ts'

export type Answer =
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'failure'; readonly text: string }
  /** Of one who submits drivers: answered with a message of its own. */
  | { readonly kind: 'submitter'; readonly message: SubmitterRequest }
  /** The core decides; its reply is the answer. */
  | { readonly kind: 'core'; readonly toEvent: (request: RequestId) => MasterEvent }

const VERIFIER = 'endpoint-verifier'
const ENDPOINTS: readonly string[] = ['Master', VERIFIER]

/** `decode` is only called for an endpoint that exists here; what it throws becomes a failure. */
export function answerAsk(peer: PeerId, endpoint: string, decode: () => SparkMessage): Answer {
  if (!ENDPOINTS.includes(endpoint)) {
    // The words that a Spark dispatcher answers with for an unknown endpoint.
    return failure(`org.apache.spark.SparkException: Could not find ${endpoint.slice(0, 100)}.`)
  }
  try {
    return answerMessage(peer, endpoint, decode())
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return failure(`org.apache.spark.SparkException: ${error.message}`)
  }
}

function answerMessage(peer: PeerId, endpoint: string, message: SparkMessage): Answer {
  if (endpoint === VERIFIER) {
    if (message.type !== 'CheckExistence') {
      return failure(`${VERIFIER} answers CheckExistence, not ${message.type}`)
    }
    return { kind: 'boolean', value: ENDPOINTS.includes(message.name) }
  }
  switch (message.type) {
    case 'RequestExecutors': {
      const targets = message.targets.map(({ profile, total }) => ({
        profile: profile.id,
        executor: toExecutorRequest(profile),
        total: Math.max(0, total),
      }))
      const applicationId = message.appId
      return {
        kind: 'core',
        toEvent: (request) => ({
          type: 'application.executors-requested',
          peer,
          request,
          applicationId,
          targets,
        }),
      }
    }
    case 'KillExecutors': {
      const executors = message.executorIds.filter((id) => /^\d{1,9}$/.test(id)).map(Number)
      const applicationId = message.appId
      return {
        kind: 'core',
        toEvent: (request) => ({
          type: 'application.executors-kill-requested',
          peer,
          request,
          applicationId,
          executors,
        }),
      }
    }
    case 'RequestSubmitDriver':
    case 'RequestKillDriver':
    case 'RequestDriverStatus':
      return { kind: 'submitter', message }
    default:
      return failure(`a Hearth master does not answer ${message.type}`)
  }
}

function failure(text: string): Answer {
  return { kind: 'failure', text }
}
