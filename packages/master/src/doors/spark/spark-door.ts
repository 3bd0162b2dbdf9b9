// Drivers: their connections on port 7077, what they ask, and what is said to them.
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
import {
  decodeSparkMessage,
  encodeSparkMessage,
  type SparkMessage,
} from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import type { Logger } from '@hearth/common/runtime/log.ts'
import type { SparkConnection, SparkHandlers } from '@hearth/common/runtime/rpc/spark-connection.ts'
import type { ClientMessage, Reply } from '../../core/effects.ts'
import type { ClientKey, MasterEvent, PeerId, RequestId } from '../../core/events.ts'
import { answerAsk } from './asks.ts'
import { dialDriver } from './dial-driver.ts'
import { fromEffect } from './from-effect.ts'
import { createPeer, noteEnvelope, type DriverContact, type SparkPeer } from './peer.ts'
import { toEvent } from './to-event.ts'

export interface SparkDoorOptions {
  /** The address that this master advertises. */
  readonly self: () => HostPort
  readonly webUiUrl: () => string
  readonly push: (event: MasterEvent) => void
  readonly log: Logger
}

/** Any answer shows that the process runs; the master gives it up by its own clock. */
const LIVENESS_TIMEOUT_MS = 60_000

/** What every driver calls the endpoint that speaks with masters (StandaloneAppClient, 3.5–4.3). */
const DRIVER_ENDPOINT = 'AppClient'

export class SparkDoor {
  readonly #options: SparkDoorOptions
  readonly #peers = new Map<PeerId, SparkPeer>()
  readonly #contacts = new Map<ClientKey, DriverContact>()
  readonly #requests = new Map<RequestId, (reply: Reply) => void>()
  #last = 0

  constructor(options: SparkDoorOptions) {
    this.#options = options
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

  #onRequest(peer: SparkPeer, requestId: bigint, body: Uint8Array): void {
    const envelope = decodeEnvelope(body)
    noteEnvelope(peer, envelope)
    const answer = answerAsk(peer.id, envelope.endpoint, () => {
      const message = decodeSparkMessage(envelope.content)
      if (message.type === 'CheckExistence') peer.line = message.line
      return message
    })
    if (answer.kind === 'boolean') {
      peer.connection.reply(requestId, encodeBooleanReply(answer.value))
    } else if (answer.kind === 'failure') {
      this.#options.log.warn(`driver at ${where(peer)}: ${answer.text}`)
      peer.connection.fail(requestId, answer.text)
    } else {
      const request = this.#nextId('request')
      this.#requests.set(request, (reply) => {
        peer.connection.reply(requestId, encodeBooleanReply(reply.type === 'accepted'))
      })
      this.#options.push(answer.toEvent(request))
    }
  }

  #onOneWay(peer: SparkPeer, body: Uint8Array): void {
    const envelope = decodeEnvelope(body)
    noteEnvelope(peer, envelope)
    if (envelope.endpoint !== 'Master') {
      throw new ProtocolError(`no endpoint ${JSON.stringify(envelope.endpoint)} at a master`)
    }
    const message = this.#decodeOrRefuse(peer, envelope)
    const contact = this.#introduce(peer, message)
    const event = toEvent(peer.id, message, contact)
    if (event !== undefined) this.#options.push(event)
  }

  // A one-way message has no answer, and a driver whose registration cannot be read would wait for a
  // minute and then blame the network: it is told what is wrong in the way in which applications end.
  #decodeOrRefuse(peer: SparkPeer, envelope: Envelope): SparkMessage {
    try {
      return decodeSparkMessage(envelope.content)
    } catch (error) {
      const isRegistered = peer.contact !== undefined
      if (error instanceof ProtocolError && !isRegistered && peer.line !== undefined) {
        const reason = `this master cannot read the registration: ${error.message}`
        const content = encodeSparkMessage(
          { type: 'ApplicationRemoved', message: reason },
          peer.line,
        )
        const { dialledAs: sender } = peer
        const address = { sender, receiver: envelope.sender, endpoint: DRIVER_ENDPOINT }
        peer.connection.sendOneWay(encodeEnvelope({ ...address, content }))
      }
      throw error
    }
  }

  // A driver is known by where it listens: that address stays when its connection closes.
  #introduce(peer: SparkPeer, message: SparkMessage): DriverContact | undefined {
    if (message.type !== 'RegisterApplication') return undefined
    const { driver, line } = message
    if (driver.address === null) {
      throw new ProtocolError('the driver in RegisterApplication has no address to be reached at')
    }
    const contact: DriverContact = {
      client: formatHostPort(driver.address),
      address: driver.address,
      endpoint: driver.name,
      line,
      ref: driver,
      dialledAs: peer.dialledAs,
    }
    peer.contact = contact
    return contact
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
        contact.line,
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
    const content = encodeSparkMessage(
      { type: 'CheckExistence', name: contact.endpoint, line: contact.line },
      contact.line,
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

const MAX_OUTBOX = 10_000

// While a driver does not read, only the newest state of each executor waits for it. Of executors that
// came and went in crowds while it slept the oldest ends are forgotten: it never knew them.
function postpone(peer: SparkPeer, message: ClientMessage, write: () => void): void {
  const key = message.type === 'executor-updated' ? `executor ${message.executor}` : message.type
  if (message.type === 'executor-added') return
  peer.outbox.delete(key)
  peer.outbox.set(key, write)
  const [oldest] = peer.outbox.keys()
  if (peer.outbox.size > MAX_OUTBOX && oldest !== undefined) peer.outbox.delete(oldest)
}

function flush(peer: SparkPeer): void {
  const waiting = [...peer.outbox.values()]
  peer.outbox.clear()
  for (const write of waiting) write()
}

function where(peer: SparkPeer): string {
  return peer.contact?.client ?? formatHostPort(peer.connection.remote)
}
