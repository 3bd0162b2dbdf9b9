// Clients that submit drivers, ask for them and end them (Spark's ClientApp): every ask of theirs is answered on
// the connection that it came on, whatever happens to the driver.
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import { parseDriverId } from '@hearth/common/domain/ids.ts'
import type { Envelope } from '@hearth/common/protocol/spark-rpc/envelope.ts'
import type {
  SubmitterRequest,
  SubmitterResponse,
} from '@hearth/common/protocol/spark-rpc/messages/driver-codecs.ts'
import { deployMessage } from '@hearth/common/protocol/spark-rpc/messages/message-codec.ts'
import { encodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { ScalaTarget } from '@hearth/common/protocol/spark-rpc/scala-profile.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { DriverView } from '../../core/drivers/views.ts'
import type { Reply } from '../../core/effects.ts'
import type { MasterEvent, RequestId } from '../../core/events.ts'
import { toDriverDescription } from '../submission/driver-description.ts'
import { SubmissionProblem } from '../submission/problem.ts'
import type { SparkPeer } from './peer.ts'
import { askVersions } from './release-profiles.ts'
import {
  refusedSubmission,
  toKillResponse,
  toStatusResponse,
  toSubmission,
  toSubmitResponse,
  unknownDriver,
} from './submitter-messages.ts'

export interface SubmittersOptions {
  readonly push: (event: MasterEvent) => void
  readonly log: Logger
  /** The driver with this id; undefined when there is none. */
  readonly viewDriver: (id: string) => DriverView | undefined
  /** What a driver's payload may be long, as JSON, to reach the workers. */
  readonly maxPayloadBytes: number
  /** Names a request to the core and keeps what is done with its reply. */
  readonly openRequest: (onReply: (reply: Reply) => void) => RequestId
}

/** What Spark's client calls the endpoint that speaks with masters (ClientApp, 3.5–4.3). */
const CLIENT_ENDPOINT = 'client'

/** What a master says to a submitter. */
const OUTGOING_CLASSES: readonly string[] = [
  'SubmitDriverResponse',
  'KillDriverResponse',
  'DriverStatusResponse',
].map(deployMessage)

export class Submitters {
  readonly #options: SubmittersOptions
  // How to write to submitters of releases that are not known. Each connection is asked once.
  readonly #targets = new WeakMap<SparkPeer, Promise<ScalaTarget>>()

  constructor(options: SubmittersOptions) {
    this.#options = options
  }

  /** Answers, now or when the core has; rejects for what is our own fault. */
  async answer(
    peer: SparkPeer,
    envelope: Envelope,
    requestId: bigint,
    message: SubmitterRequest,
  ): Promise<void> {
    const target = isKnown(peer, message)
      ? message.line
      : await this.#learn(peer, envelope, message)
    const respond = (response: SubmitterResponse) => {
      peer.connection.reply(requestId, encodeSparkMessage(response, target))
    }
    switch (message.type) {
      case 'RequestDriverStatus':
        return respond(toStatusResponse(this.#options.viewDriver(message.driverId)))
      case 'RequestKillDriver':
        return this.#kill(message.driverId, respond)
      case 'RequestSubmitDriver':
        return this.#submit(peer, message, respond)
    }
  }

  #kill(id: string, respond: (response: SubmitterResponse) => void): void {
    const driverId = parseDriverId(id)
    if (driverId === undefined) return respond(unknownDriver(id))
    const request = this.#options.openRequest((reply) => respond(toKillResponse(driverId, reply)))
    this.#options.push({ type: 'driver.kill-requested', request, driverId })
  }

  #submit(
    peer: SparkPeer,
    { description: spark }: Extract<SubmitterRequest, { type: 'RequestSubmitDriver' }>,
    respond: (response: SubmitterResponse) => void,
  ): void {
    const { maxPayloadBytes, log, openRequest, push } = this.#options
    try {
      const description = toDriverDescription(toSubmission(spark), { maxPayloadBytes })
      const request = openRequest((reply) => respond(toSubmitResponse(reply)))
      push({ type: 'driver.submit-requested', request, description })
    } catch (error) {
      if (!(error instanceof SubmissionProblem)) throw error
      log.warn(`refused a driver from ${formatHostPort(peer.connection.remote)}: ${error.message}`)
      respond(refusedSubmission(error.message))
    }
  }

  // A wrong version in an answer is one line in the client's log, and then it waits for ever.
  #learn(peer: SparkPeer, { sender }: Envelope, { line }: SubmitterRequest): Promise<ScalaTarget> {
    const asked = this.#targets.get(peer)
    if (asked !== undefined) return asked
    const { remote } = peer.connection
    const contact = {
      client: formatHostPort(sender ?? remote),
      ...{ address: sender ?? remote, endpoint: CLIENT_ENDPOINT, dialledAs: peer.dialledAs },
    }
    const target = askVersions(peer, contact, OUTGOING_CLASSES).then(({ versions, told }) => {
      this.#options.log.info(
        `submitter at ${contact.client} is of a Spark release that this master does not know; it told ${told} of ${OUTGOING_CLASSES.length} class versions`,
      )
      return { line, uidOverrides: versions }
    })
    this.#targets.set(peer, target)
    return target
  }
}

function isKnown(peer: SparkPeer, { type }: SubmitterRequest): boolean {
  return peer.ownVersions?.uidOverrides?.has(deployMessage(type)) !== true
}
