// What the core says → what Spark's server says (StandaloneRestServer and Master, 4.x). Pure.
import type { RestResponse } from '@hearth/common/protocol/spark-rest/response.ts'
import type { Reply } from '../../core/effects.ts'
import type { DriverView } from '../../core/drivers/views.ts'
import { SPARK_DRIVER_STATES } from '../submission/spark-driver-states.ts'

export function createAnswer(reply: Reply, unknownFields: readonly string[]): RestResponse {
  const submissionId = reply.type === 'driver-submitted' ? reply.driverId : null
  const message =
    submissionId === null ? reasonOf(reply) : `Driver successfully submitted as ${submissionId}`
  const success = submissionId !== null
  return { action: 'CreateSubmissionResponse', submissionId, success, message, unknownFields }
}

export function killAnswer(submissionId: string, reply: Reply): RestResponse {
  const success = reply.type === 'accepted'
  const ended = `Driver ${submissionId} has already finished or does not exist`
  const message = success
    ? `Kill request for ${submissionId} submitted`
    : reply.type === 'not-found'
      ? ended
      : reasonOf(reply)
  return { action: 'KillSubmissionResponse', submissionId, success, message }
}

export function killAllAnswer(reply: Reply): RestResponse {
  const success = reply.type === 'accepted'
  const message = success ? 'Kill request for all drivers submitted' : reasonOf(reply)
  return { action: 'KillAllSubmissionResponse', success, message }
}

export function clearAnswer(reply: Reply): RestResponse {
  const success = reply.type === 'accepted'
  return { action: 'ClearResponse', success, message: success ? '' : reasonOf(reply) }
}

export function statusAnswer(submissionId: string, view: DriverView | undefined): RestResponse {
  return {
    action: 'SubmissionStatusResponse',
    submissionId,
    success: view !== undefined,
    driverState: view === undefined ? null : SPARK_DRIVER_STATES[view.state],
    workerId: view?.workerId ?? null,
    workerHostPort: view?.workerHostPort ?? null,
    message: view === undefined ? null : whyItEnded(view),
  }
}

export function errorAnswer(message: string, highestProtocolVersion: string | null = null) {
  return { action: 'ErrorResponse', message, highestProtocolVersion } as const
}

// Spark's message is the exception of a driver that could not be started. It says nothing of one that ended
// badly, of which people want to know more than anything else.
function whyItEnded({ state, exitCode, message, hint }: DriverView): string | null {
  if (state !== 'failed' && state !== 'error') return null
  const ended = exitCode === null ? null : `exited with code ${exitCode}`
  const lines = [...new Set([message ?? ended, hint?.text ?? null])].filter((line) => line !== null)
  return lines.length === 0 ? null : `Exception from the cluster:\n${lines.join('\n')}`
}

function reasonOf(reply: Reply): string {
  return 'reason' in reply ? reply.reason : `the master answered ${reply.type}`
}
