// Finding out whether a driver whose connection has closed lives. A driver never redials; a new
// connection with MasterChanged is what a Spark master does after fail-over, and its acknowledgement
// names the application, so that a stranger at a reused address is not taken for it.
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import { decodeEnvelope, encodeEnvelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import {
  decodeSparkMessage,
  encodeSparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { DialError, dialSpark } from '@hearth/common/runtime/rpc/dial.ts'
import type { RpcBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import type { RpcLimits } from '@hearth/common/runtime/rpc/limits.ts'
import type { SparkConnection, SparkHandlers } from '@hearth/common/runtime/rpc/spark-connection.ts'
import type { DialOutcome } from '../../core/events.ts'
import { fromEffect } from './from-effect.ts'
import type { DriverContact } from './peer.ts'

/** Drivers acknowledged within 60 ms (all four releases); a stopped one does when it goes on. */
export const ACKNOWLEDGE_TIMEOUT_MS = 10_000

export interface DialDriverOptions {
  readonly applicationId: ApplicationId
  readonly log: Logger
  readonly limits: RpcLimits
  readonly budgets: RpcBudgets
  /** What both prove first; null without a secret. */
  readonly auth: AuthSettings | null
  readonly webUiUrl: string
  /** Called for the new connection; what it returns takes every later message. */
  readonly onOpen: (connection: SparkConnection) => SparkHandlers
}

/**
 * `alive` leaves the new connection open; `gone` means that nobody listens at the driver's address, or
 * another application does; `unknown` that neither is proven. Never rejects.
 */
export async function dialDriver(
  contact: DriverContact,
  options: DialDriverOptions,
): Promise<DialOutcome> {
  const { log, applicationId } = options
  let settle: (outcome: DialOutcome) => void = () => undefined
  const acknowledged = new Promise<DialOutcome>((resolve) => {
    settle = resolve
  })
  let connection: SparkConnection
  try {
    const { limits, budgets, auth } = options
    connection = await dialSpark(contact.address, {
      ...{ log, limits, budgets },
      auth: auth && { ...auth, timeoutMs: Math.min(auth.timeoutMs, ACKNOWLEDGE_TIMEOUT_MS) },
      onOpen: (opened) => watchAcknowledgement(options, opened, settle),
    })
  } catch (error) {
    if (!(error instanceof DialError)) throw error
    const text = `driver of ${applicationId} at ${contact.client}: ${error.message}`
    // Other failures are what a driver that has ended looks like; this one somebody has to look into.
    if (error.code === 'EAUTH') log.warn(text)
    else log.debug(text)
    return error.code === 'ECONNREFUSED' ? 'gone' : 'unknown'
  }
  const timer = setTimeout(() => settle('unknown'), ACKNOWLEDGE_TIMEOUT_MS)
  sendMasterChanged(connection, contact, options.webUiUrl)
  const outcome = await acknowledged
  clearTimeout(timer)
  if (outcome !== 'alive') connection.close('the driver did not acknowledge its application')
  return outcome
}

function sendMasterChanged(
  connection: SparkConnection,
  contact: DriverContact,
  webUiUrl: string,
): void {
  const message = fromEffect({ type: 'master-changed' }, contact, webUiUrl)
  connection.sendOneWay(
    encodeEnvelope({
      sender: contact.dialledAs,
      receiver: contact.address,
      endpoint: contact.endpoint,
      content: encodeSparkMessage(message, contact.target),
    }),
  )
}

function watchAcknowledgement(
  options: DialDriverOptions,
  connection: SparkConnection,
  settle: (outcome: DialOutcome) => void,
): SparkHandlers {
  const inner = options.onOpen(connection)
  let isSettled = false
  return {
    ...inner,
    onOneWay: (body) => {
      if (isSettled) return inner.onOneWay(body)
      const message = decodeSparkMessage(decodeEnvelope(body).content)
      if (message.type !== 'MasterChangeAcknowledged') return inner.onOneWay(body)
      isSettled = true
      settle(message.appId === options.applicationId ? 'alive' : 'gone')
    },
    onClose: (reason) => {
      if (!isSettled) settle('unknown')
      inner.onClose(reason)
    },
  }
}
