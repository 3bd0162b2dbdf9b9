// The master's end of its drivers' connections: it keeps what the Spark door keeps and says what that
// door says, in simpler words.
import { parseHostPort } from '@hearth/common/domain/addresses.ts'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import type { ClientMessage, Reply } from '@hearth/master/core/effects.ts'
import type { ClientKey, MasterEvent, PeerId, RequestId } from '@hearth/master/core/events.ts'
import type { DriverToMaster, MasterToDriver } from '../driver/messages.ts'
import type { End, EndHandlers } from '../network/connection.ts'
import type { DialFailure } from '../network/network.ts'
import type { Sockets } from '../network/sockets.ts'

const DIAL_TIMEOUT_MS = 10_000
const ACKNOWLEDGE_TIMEOUT_MS = 10_000

interface Clock {
  after(delayMs: number, work: () => void): void
}

export class DriverDoor {
  readonly #push: (event: MasterEvent) => void
  readonly #sockets: Sockets
  readonly #clock: Clock
  readonly #ends = new Map<PeerId, End>()
  /** Drivers that can be dialled. */
  readonly #contacts = new Set<ClientKey>()
  readonly #clients = new Map<PeerId, ClientKey>()
  readonly #asks = new Map<RequestId, (reply: Reply) => void>()
  #last = 0

  constructor(push: (event: MasterEvent) => void, sockets: Sockets, clock: Clock) {
    this.#push = push
    this.#sockets = sockets
    this.#clock = clock
  }

  accept(end: End): EndHandlers {
    return this.#open(this.#nextId('driver'), end, () => undefined)
  }

  send(peer: PeerId, message: ClientMessage): void {
    const client = this.#clients.get(peer)
    if (message.type === 'application-registered' && client !== undefined) {
      this.#contacts.add(client)
    }
    this.#say(peer, message)
  }

  ask(peer: PeerId): void {
    this.#say(peer, { type: 'are-you-there' })
  }

  /** The outcome is `client.dialled`, as the Spark door judges it (dial-driver.ts). */
  dial(applicationId: ApplicationId, client: ClientKey): void {
    const settle = (outcome: 'alive' | 'gone' | 'unknown', peer: PeerId | null) =>
      this.#push({ type: 'client.dialled', applicationId, outcome, peer })
    const address = parseHostPort(client)
    if (address === undefined || !this.#contacts.has(client)) return settle('gone', null)
    this.#sockets.dial(address, DIAL_TIMEOUT_MS, {
      onOpen: (end) => this.#greet(end, client, applicationId, settle),
      onFailed: (why: DialFailure) => settle(why === 'refused' ? 'gone' : 'unknown', null),
    })
  }

  reply(request: RequestId, reply: Reply): void {
    this.#asks.get(request)?.(reply)
    this.#asks.delete(request)
  }

  /** Asks of drivers that were not answered. */
  get unanswered(): number {
    return this.#asks.size
  }

  forget(client: ClientKey): void {
    this.#contacts.delete(client)
  }

  disconnect(peer: PeerId, reason: string): void {
    this.#ends.get(peer)?.close(reason)
  }

  #greet(
    end: End,
    client: ClientKey,
    applicationId: ApplicationId,
    settle: (outcome: 'alive' | 'gone' | 'unknown', peer: PeerId | null) => void,
  ): EndHandlers {
    const peer = this.#nextId('driver')
    let isSettled = false
    const conclude = (outcome: 'alive' | 'gone' | 'unknown') => {
      if (isSettled) return
      isSettled = true
      settle(outcome, outcome === 'alive' ? peer : null)
      if (outcome !== 'alive') end.close('the driver did not acknowledge its application')
    }
    this.#clients.set(peer, client)
    end.send(JSON.stringify({ type: 'master-changed' } satisfies MasterToDriver))
    this.#clock.after(ACKNOWLEDGE_TIMEOUT_MS, () => conclude('unknown'))
    const handlers = this.#open(peer, end, (message) => {
      conclude(message.applicationId === applicationId ? 'alive' : 'gone')
    })
    return {
      onMessage: (text) => handlers.onMessage(text),
      onClose: (reason) => {
        conclude('unknown')
        handlers.onClose(reason)
      },
    }
  }

  #open(
    peer: PeerId,
    end: End,
    onAcknowledged: (message: Extract<DriverToMaster, { type: 'acknowledge' }>) => void,
  ): EndHandlers {
    this.#ends.set(peer, end)
    return {
      onMessage: (text) => {
        if (!end.isOpen) return
        const message = JSON.parse(text) as DriverToMaster
        if (message.type === 'acknowledge') onAcknowledged(message)
        else this.#push(this.#toEvent(peer, message))
      },
      onClose: (reason) => {
        this.#ends.delete(peer)
        this.#clients.delete(peer)
        this.#push({ type: 'client.connection-closed', peer, reason })
      },
    }
  }

  #toEvent(peer: PeerId, message: Exclude<DriverToMaster, { type: 'acknowledge' }>): MasterEvent {
    switch (message.type) {
      case 'register': {
        const { client, description } = message
        this.#clients.set(peer, client)
        return { type: 'application.register-requested', peer, client, description }
      }
      case 'unregister':
        return { ...message, type: 'application.unregister-requested', peer }
      case 'here-i-am':
        return { type: 'client.heard', peer }
      case 'request-executors': {
        const { applicationId, total } = message
        const request = this.#await(peer, message.ask)
        return {
          type: 'application.executors-requested',
          ...{ peer, request, applicationId },
          targets: [{ profile: 0, executor: { cores: null, memoryMb: null }, total }],
        }
      }
      case 'kill-executors': {
        const { applicationId, executors } = message
        const request = this.#await(peer, message.ask)
        return {
          type: 'application.executors-kill-requested',
          ...{ peer, request, applicationId, executors },
        }
      }
    }
  }

  #await(peer: PeerId, ask: number): RequestId {
    const request = this.#nextId('request')
    this.#asks.set(request, (reply) => this.#say(peer, { type: 'reply', ask, reply }))
    return request
  }

  #say(peer: PeerId, message: MasterToDriver): void {
    this.#ends.get(peer)?.send(JSON.stringify(message))
  }

  #nextId(kind: string): string {
    this.#last += 1
    return `${kind}-${this.#last}`
  }
}
