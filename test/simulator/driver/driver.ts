// A driver: it registers an application, works for a while, and ends in one way or another. It does what
// Spark's StandaloneAppClient does (3.5 to 4.3): three attempts, no redialling, it takes what comes.
import type { ApplicationDescription } from '@hearth/common/domain/descriptions.ts'
import { formatHostPort, type HostPort } from '@hearth/common/domain/addresses.ts'
import type { ApplicationId, ExecutorNumber } from '@hearth/common/domain/ids.ts'
import { isExecutorOver } from '@hearth/common/domain/states.ts'
import { Mailbox } from '../engine/mailbox.ts'
import { DRIVER_PORT } from '../master/ports.ts'
import type { End, EndHandlers } from '../network/connection.ts'
import { Sockets } from '../network/sockets.ts'
import type { DriverEnd } from '../plans.ts'
import { RuleBroken, type World } from '../world.ts'
import type { DriverEndpoint, ExecutorContact, Welcome } from './endpoint.ts'
import type { DriverToMaster, MasterToDriver } from './messages.ts'

type ExecutorUpdated = Extract<MasterToDriver, { type: 'executor-updated' }>

const ATTEMPT_EVERY_MS = 20_000
const ATTEMPTS = 3
const DIAL_TIMEOUT_MS = 10_000

export class Driver implements DriverEndpoint {
  readonly client: string
  readonly host: string
  readonly description: ApplicationDescription
  applicationId: ApplicationId | null = null
  /** The master said that the application is over. */
  wasRemoved = false
  endedAt: number | null = null
  endedHow: DriverEnd | null = null
  readonly #world: World
  readonly #mailbox: Mailbox
  readonly #sockets: Sockets
  readonly #executors = new Map<ExecutorNumber, ExecutorContact>()
  readonly #asks = new Set<number>()
  #connection: End | null = null
  #isOver = false
  #lastAsk = 0

  constructor(world: World, address: HostPort, description: ApplicationDescription) {
    this.#world = world
    this.host = address.host
    this.client = formatHostPort(address)
    this.description = description
    this.#mailbox = new Mailbox(world.timeline)
    this.#sockets = new Sockets(world.network, this.#mailbox, address.host)
    this.#sockets.listen(address.port, (end) => this.#talk(end))
    world.drivers.set(this.client, this)
    this.#attempt(1)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** True while it has a connection to the master that it takes for open. */
  get isConnected(): boolean {
    return this.#connection !== null
  }

  /** Executors that it works with. */
  get executors(): ReadonlyMap<ExecutorNumber, ExecutorContact> {
    return this.#executors
  }

  registerExecutor(
    applicationId: ApplicationId,
    number: ExecutorNumber,
    executor: ExecutorContact,
  ): Welcome {
    if (this.applicationId === null) return 'later'
    if (this.#isOver || applicationId !== this.applicationId) return 'refused'
    this.#executors.set(number, executor)
    return 'taken'
  }

  /** Dynamic allocation: it wants so many executors in all. */
  requestExecutors(total: number): void {
    if (this.applicationId === null) return
    const ask = this.#nextAsk()
    this.#say({ type: 'request-executors', ask, applicationId: this.applicationId, total })
  }

  /** Dynamic allocation: it gives an executor back. */
  giveBack(number: ExecutorNumber): void {
    if (this.applicationId === null) return
    const ask = this.#nextAsk()
    const { applicationId } = this
    this.#say({ type: 'kill-executors', ask, applicationId, executors: [number] })
  }

  end(how: DriverEnd): void {
    if (this.#isOver) return
    this.endedAt = this.#world.timeline.now
    this.endedHow = how
    this.#world.trace.write(this.host, `the driver of ${this.applicationId} ${how}`)
    if (how === 'finishes' && this.applicationId !== null) {
      this.#say({ type: 'unregister', applicationId: this.applicationId })
    }
    this.#connection?.close('the driver ends')
    this.#die()
    for (const executor of this.#executors.values()) {
      if (how === 'finishes') executor.stop()
      else if (how === 'is killed') executor.onDriverGone()
      else
        this.#world.timeline.after(this.#world.dice.spread(20_000, 120_000), () =>
          executor.onDriverGone(),
        )
    }
  }

  #die(): void {
    this.#isOver = true
    this.#mailbox.close()
    this.#sockets.abandon()
    this.#world.drivers.delete(this.client)
  }

  #attempt(count: number): void {
    if (this.applicationId !== null) return
    if (count > ATTEMPTS) {
      this.#world.trace.write(this.host, 'all masters are unresponsive, giving up')
      return this.end('finishes')
    }
    this.#mailbox.after(ATTEMPT_EVERY_MS, () => this.#attempt(count + 1))
    if (this.#connection !== null) return this.#register()
    this.#sockets.dial(DRIVER_PORT, DIAL_TIMEOUT_MS, {
      onOpen: (end) => {
        this.#connection = end
        this.#mailbox.take(() => this.#register())
        return this.#talk(end)
      },
      onFailed: () => undefined,
    })
  }

  #register(): void {
    const { client, description } = this
    this.#say({ type: 'register', client, description })
  }

  #talk(end: End): EndHandlers {
    return {
      onMessage: (text) => this.#hear(end, JSON.parse(text) as MasterToDriver),
      onClose: () => {
        if (this.#connection === end) this.#connection = null
      },
    }
  }

  #hear(end: End, message: MasterToDriver): void {
    switch (message.type) {
      case 'application-registered':
        if (this.applicationId !== null && this.applicationId !== message.applicationId) {
          throw new RuleBroken(
            `${this.client} is ${this.applicationId} and ${message.applicationId}`,
          )
        }
        this.applicationId = message.applicationId
        return
      case 'application-removed':
        this.wasRemoved = true
        return this.end('finishes')
      case 'executor-updated':
        if (message.state === 'decommissioned') return this.#drain(message.executor)
        // Forgets one that has not registered yet, and would take it later (spark-wire §5.9).
        if (isExecutorOver(message.state)) this.#drop(message)
        return
      case 'are-you-there':
        return this.#answer(end, { type: 'here-i-am' })
      case 'master-changed':
        this.#connection = end
        return this.#answer(end, { type: 'acknowledge', applicationId: this.applicationId })
      case 'reply':
        this.#asks.delete(message.ask)
        return
      case 'executor-added':
      case 'worker-removed':
        return
    }
  }

  // Most drivers let an executor go that leaves with its worker, when it has nothing to do any more.
  #drain(number: ExecutorNumber): void {
    const { dice } = this.#world
    const executor = this.#executors.get(number)
    if (executor !== undefined && dice.chance(0.7)) {
      this.#mailbox.after(dice.spread(1000, 60_000), () => executor.stop())
    }
  }

  #drop({ executor: number, state, message }: ExecutorUpdated): void {
    const name = `${this.applicationId}/${number}`
    const { plan, launched, ended } = this.#world
    ended.add(name)
    // One that was never launched may have been ordered over a connection that was broken already.
    if (plan.losesNothing && launched.has(name)) {
      throw new RuleBroken(
        `nothing happened that may cost an executor: ${name} ${state}, ${message}`,
      )
    }
    const executor = this.#executors.get(number)
    this.#executors.delete(number)
    executor?.stop()
  }

  #nextAsk(): number {
    this.#lastAsk += 1
    this.#asks.add(this.#lastAsk)
    return this.#lastAsk
  }

  #say(message: DriverToMaster): void {
    if (this.#connection !== null) this.#answer(this.#connection, message)
  }

  #answer(end: End, message: DriverToMaster): void {
    end.send(JSON.stringify(message))
  }
}
