// Drivers and those who submit them: their connections on port 7077, what they ask, and what is said to them.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { formatHostPort } from '@hearth/common/domain/addresses.ts'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import {
  decodeEnvelope,
  encodeEnvelope,
  type Envelope,
} from '@hearth/common/protocol/spark-rpc/envelope.ts'
import { encodeBooleanReply } from '@hearth/common/protocol/spark-rpc/messages/boolean-reply.ts'
import type { RegisterApplication } from '@hearth/common/protocol/spark-rpc/messages/from-driver/register-application.ts'
import type { RegisterWorker } from '@hearth/common/protocol/spark-rpc/messages/from-worker/register-worker.ts'
import {
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { profileOf } from '@hearth/common/protocol/spark-rpc/scala-profile.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { RpcBudgets } from '@hearth/common/runtime/rpc/byte-budget.ts'
import type { RpcLimits } from '@hearth/common/runtime/rpc/limits.ts'
import type { SparkConnection, SparkHandlers } from '@hearth/common/runtime/rpc/spark-connection.ts'
import type { DriverView } from '../../core/drivers/views.ts'
import type { ClientMessage, Reply } from '../../core/effects.ts'
import type { ClientKey, MasterEvent, PeerId, RequestId } from '../../core/events.ts'
import { answerAsk } from './asks.ts'
import { decodeFrom, refuseRegistration, refuseSparkWorker } from './decode-message.ts'
import { dialDriver } from './dial-driver.ts'
import { fromEffect } from './from-effect.ts'
import { flush, postpone } from './outbox.ts'
import { contactOf, createPeer, noteEnvelope, type DriverContact, type SparkPeer } from './peer.ts'
import { ReleaseProfiles } from './release-profiles.ts'
import { Submitters } from './submitters.ts'
import { payloadProblem, toDescription, toEvent } from './to-event.ts'

export interface SparkDoorOptions {
  /** The address that this master advertises. */
  readonly self: () => HostPort
  readonly webUiUrl: () => string
  readonly push: (event: MasterEvent) => void
  readonly log: Logger
  /** The driver with this id, live or ended; undefined when there is none. */
  readonly viewDriver: (id: string) => DriverView | undefined
  /** What an executor's or driver's payload may be long, as JSON, to reach the workers. */
  readonly maxPayloadBytes: number
  /** Bounds and secret of the connections that this door dials, shared with those of the port. */
  readonly dialling: () => {
    readonly limits: RpcLimits
    readonly budgets: RpcBudgets
    readonly auth: AuthSettings | null
  }
}

/** Any answer shows that the process runs; the master gives it up by its own clock. */
const LIVENESS_TIMEOUT_MS = 60_000

export class SparkDoor {
  readonly #options: SparkDoorOptions
  readonly #peers = new Map<PeerId, SparkPeer>()
  readonly #contacts = new Map<ClientKey, DriverContact>()
  readonly #requests = new Map<RequestId, (reply: Reply) => void>()
  readonly #releases: ReleaseProfiles
  readonly #submitters: Submitters
  #last = 0

  constructor(options: SparkDoorOptions) {
    this.#options = options
    this.#releases = new ReleaseProfiles(options.log)
    const openRequest = (onReply: (reply: Reply) => void) => this.#openRequest(onReply)
    this.#submitters = new Submitters({ ...options, openRequest })
  }

  /** Takes a new connection; returns what its messages do. */
  accept(connection: SparkConnection): SparkHandlers {
    const peer = createPeer(this.#nextId('driver'), connection, this.#options.self())
    this.#peers.set(peer.id, peer)
    return this.#handlers(peer)
  }

  #handlers(peer: SparkPeer): SparkHandlers {
    return {
      onRequest: (requestId, body) => this.#onRequest(peer, requestId, body),
      onOneWay: (body) => this.#onOneWay(peer, body),
      onDrain: () => flush(peer),
      onClose: (reason) => {
        this.#peers.delete(peer.id)
        this.#options.push({ type: 'client.connection-closed', peer: peer.id, reason })
      },
    }
  }

  #onRequest(peer: SparkPeer, requestId: bigint, body: Uint8Array): void | Promise<void> {
    const envelope = decodeEnvelope(body)
    noteEnvelope(peer, envelope)
    const answer = answerAsk(peer.id, envelope.endpoint, () => decodeFrom(peer, envelope.content))
    if (answer.kind === 'boolean') {
      peer.connection.reply(requestId, encodeBooleanReply(answer.value))
    } else if (answer.kind === 'failure') {
      this.#options.log.warn(`driver at ${where(peer)}: ${answer.text}`)
      peer.connection.fail(requestId, answer.text)
    } else if (answer.kind === 'submitter') {
      return this.#submitters.answer(peer, envelope, requestId, answer.message)
    } else {
      const request = this.#openRequest((reply) => {
        peer.connection.reply(requestId, encodeBooleanReply(reply.type === 'accepted'))
      })
      this.#options.push(answer.toEvent(request))
    }
  }

  #onOneWay(peer: SparkPeer, body: Uint8Array): void {
    const envelope = decodeEnvelope(body)
    noteEnvelope(peer, envelope)
    if (envelope.endpoint !== 'Master') {
      throw new ProtocolError(
        `no endpoint ${JSON.stringify(envelope.endpoint.slice(0, 100))} at a master`,
      )
    }
    try {
      const message = decodeFrom(peer, envelope.content)
      if (message.type === 'RegisterApplication') this.#register(peer, message)
      else if (message.type === 'RegisterWorker') this.#refuseWorker(peer, envelope, message)
      else this.#push(peer, message)
    } catch (error) {
      if (error instanceof ProtocolError) refuseRegistration(peer, envelope, error.message)
      throw error
    }
  }

  #refuseWorker(peer: SparkPeer, envelope: Envelope, message: RegisterWorker): void {
    const reason = refuseSparkWorker(peer, envelope, message)
    const id = JSON.stringify(message.id.slice(0, 255))
    this.#options.log.warn(`refused worker ${id} of Spark: ${reason}`)
  }

  // A driver of an unknown release is first asked how it wants to be written to.
  #register(peer: SparkPeer, message: RegisterApplication): void {
    if (peer.isBeingAsked) return
    const { payload } = toDescription(message.description)
    const problem = payloadProblem(payload, this.#options.maxPayloadBytes)
    if (problem !== undefined) throw new ProtocolError(problem)
    const known = this.#releases.find(message)
    const contact = contactOf(peer, message, known ?? message.line)
    if (known !== undefined) {
      peer.contact = contact
      this.#push(peer, message)
      return
    }
    void this.#askAndRegister(peer, contact, message)
  }

  async #askAndRegister(
    peer: SparkPeer,
    contact: DriverContact,
    message: RegisterApplication,
  ): Promise<void> {
    peer.isBeingAsked = true
    const target = await this.#releases.learn(peer, contact, message)
    peer.isBeingAsked = false
    if (!this.#peers.has(peer.id)) return
    peer.contact = { ...contact, target }
    this.#push(peer, message)
  }

  #push(peer: SparkPeer, message: SparkMessage): void {
    const event = toEvent(peer.id, message, peer.contact)
    if (event !== undefined) this.#options.push(event)
  }

  /** Dropped when the connection is gone; its close is an event of its own. */
  send(peerId: PeerId, message: ClientMessage): void {
    const peer = this.#peers.get(peerId)
    if (peer?.contact === undefined) return
    const { contact } = peer
    if (message.type === 'application-registered') this.#contacts.set(contact.client, contact)
    const write = () => {
      const content = encodeSparkMessage(
        fromEffect(message, contact, this.#options.webUiUrl()),
        contact.target,
      )
      peer.connection.sendOneWay(
        encodeEnvelope({
          sender: contact.dialledAs,
          receiver: contact.address,
          endpoint: contact.endpoint,
          content,
        }),
      )
    }
    if (peer.connection.isBackedUp) postpone(peer, message, write)
    else write()
  }

  /** Asks the driver over its own socket; any answer is `client.heard`. */
  ask(peerId: PeerId): void {
    const peer = this.#peers.get(peerId)
    if (peer?.contact === undefined) return
    const { contact, connection } = peer
    const { line } = profileOf(contact.target)
    const content = encodeSparkMessage(
      { type: 'CheckExistence', name: contact.endpoint, line },
      contact.target,
    )
    const body = encodeEnvelope({
      sender: contact.dialledAs,
      receiver: contact.address,
      endpoint: 'endpoint-verifier',
      content,
    })
    connection.ask(body, LIVENESS_TIMEOUT_MS).then(
      () => this.#options.push({ type: 'client.heard', peer: peerId }),
      (error: unknown) => {
        this.#options.log.debug({ err: error }, `driver at ${where(peer)} did not answer`)
      },
    )
  }

  /** Opens a connection to a driver whose own has closed. The outcome is `client.dialled`. */
  async dial(applicationId: ApplicationId, client: ClientKey): Promise<void> {
    const { push, log, webUiUrl } = this.#options
    const contact = this.#contacts.get(client)
    if (contact === undefined) {
      push({ type: 'client.dialled', applicationId, outcome: 'gone', peer: null })
      return
    }
    const id = this.#nextId('driver')
    const outcome = await dialDriver(contact, {
      applicationId,
      log,
      ...this.#options.dialling(),
      webUiUrl: webUiUrl(),
      onOpen: (connection) => {
        const peer = createPeer(id, connection, contact.dialledAs)
        peer.contact = contact
        this.#peers.set(id, peer)
        return this.#handlers(peer)
      },
    })
    push({ type: 'client.dialled', applicationId, outcome, peer: outcome === 'alive' ? id : null })
  }

  #openRequest(onReply: (reply: Reply) => void): RequestId {
    const request = this.#nextId('request')
    this.#requests.set(request, onReply)
    return request
  }

  reply(request: RequestId, reply: Reply): void {
    this.#requests.get(request)?.(reply)
    this.#requests.delete(request)
  }

  forget(client: ClientKey): void {
    this.#contacts.delete(client)
  }

  disconnect(peer: PeerId, reason: string): void {
    this.#peers.get(peer)?.connection.close(reason)
  }

  #nextId(kind: string): string {
    this.#last += 1
    return `spark-${kind}-${this.#last}`
  }
}

function where(peer: SparkPeer): string {
  return peer.contact?.client ?? formatHostPort(peer.connection.remote)
}
