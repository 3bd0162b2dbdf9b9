// The master: the real core in a simulated process, with simulated doors and a simulated store.
import { createCluster, type Cluster } from '@hearth/master/core/cluster.ts'
import type { Effect, Reply } from '@hearth/master/core/effects.ts'
import type { MasterEvent, RequestId } from '@hearth/master/core/events.ts'
import { checkInvariants } from '@hearth/master/core/invariants.ts'
import { formatEffect } from '@hearth/master/core/scenarios/format-effect.ts'
import { isPlacementDue } from '@hearth/master/core/scheduling.ts'
import { step } from '@hearth/master/core/step.ts'
import { checkReserve, placedBy } from '../checks/reserve.ts'
import { SubmissionBook } from '../checks/submission-book.ts'
import { Mailbox } from '../engine/mailbox.ts'
import { Sockets } from '../network/sockets.ts'
import { wallClock, type World } from '../world.ts'
import { formatEvent } from './format-event.ts'
import { OrderBook } from './order-book.ts'
import { DRIVER_PORT, MASTER_HOST, WORKER_PORT } from './ports.ts'
import { DriverDoor } from './driver-door.ts'
import { SlowStore } from './slow-store.ts'
import { WorkerDoor } from './worker-door.ts'

const TICK_MS = 1_000
const PROBE_TIMEOUT_MS = 3_000

export class MasterProcess {
  readonly cluster: Cluster
  readonly store: SlowStore
  readonly mailbox: Mailbox
  readonly orders: OrderBook
  readonly submissions: SubmissionBook
  readonly #world: World
  readonly #sockets: Sockets
  readonly #workers: WorkerDoor
  readonly #drivers: DriverDoor
  readonly #queue: MasterEvent[] = []
  /** Of those who ask at the HTTP port: what their answer is for. */
  readonly #asks = new Map<RequestId, (reply: Reply) => void>()
  #lastAsk = 0
  #isDraining = false

  constructor(world: World) {
    this.#world = world
    this.cluster = createCluster(world.settings.master, wallClock(world))
    this.store = new SlowStore(world)
    this.orders = new OrderBook(this.store)
    this.submissions = new SubmissionBook(world)
    this.mailbox = new Mailbox(world.timeline)
    this.#sockets = new Sockets(world.network, this.mailbox, MASTER_HOST)
    const push = (event: MasterEvent) => this.push(event)
    const masterUrl = `spark://${MASTER_HOST}:${WORKER_PORT.port}`
    const identity = { clusterId: 'c1', epoch: 1, masterUrl, webUiUrl: 'http://m1:8080' }
    this.#workers = new WorkerDoor(identity, push)
    this.#drivers = new DriverDoor(push, this.#sockets, this.mailbox)
  }

  start(): void {
    this.#sockets.listen(WORKER_PORT.port, (end) => this.#workers.accept(end))
    this.#sockets.listen(DRIVER_PORT.port, (end) => this.#drivers.accept(end))
    this.#tickLater()
  }

  /** Asks that no reply was made to. */
  get unanswered(): number {
    return this.#drivers.unanswered + this.#asks.size
  }

  /** Asks as the gateways do; `event` is given the request's name, `onReply` the answer. */
  ask(event: (request: RequestId) => MasterEvent, onReply: (reply: Reply) => void): void {
    this.#lastAsk += 1
    const request = `ask-${this.#lastAsk}`
    this.#asks.set(request, onReply)
    this.mailbox.take(() => this.push(event(request)))
  }

  /** Takes the event; it is stepped with everything else that comes at the same time. */
  push(event: MasterEvent): void {
    this.#queue.push(event)
    if (this.#isDraining) return
    this.#isDraining = true
    this.mailbox.after(0, () => this.#drain())
  }

  // As the real event loop: what effects complete at once belongs to the batch, then one placement.
  #drain(): void {
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      this.#step(event)
    }
    if (isPlacementDue(this.cluster)) this.#step({ type: 'placement.due' })
    this.#isDraining = false
    if (this.#queue.length > 0) this.push(this.#queue.pop() as MasterEvent)
  }

  #step(event: MasterEvent): void {
    const { timeline, trace } = this.#world
    const now = { mono: timeline.now, wall: wallClock(this.#world) }
    const effects = step(this.cluster, event, now)
    if (effects.length > 0 || event.type !== 'clock.ticked') {
      trace.write('master', formatEvent(event))
    }
    checkInvariants(this.cluster)
    checkReserve(this.cluster, placedBy(event, effects))
    for (const effect of effects) {
      trace.write('master', `  ${formatEffect(effect)}`)
      this.orders.check(effect, this.cluster)
      this.submissions.check(effect, this.cluster)
      this.#run(effect)
    }
    this.#world.runs.check()
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case 'persist':
        return this.store.write(effect.key, effect.record, (error) => {
          if (effect.record === null) return
          this.mailbox.take(() => this.push(persisted(effect.key, error)))
        })
      case 'send-worker':
        return this.#workers.send(effect.peer, effect.message)
      case 'send-client':
        return this.#drivers.send(effect.peer, effect.message)
      case 'reply':
        return this.#reply(effect.request, effect.reply)
      case 'dial-launcher':
        return this.#dialLauncher(effect)
      case 'dial-client':
        return this.#drivers.dial(effect.applicationId, effect.client)
      case 'forget-client':
        return this.#drivers.forget(effect.client)
      case 'ask-client':
        return this.#drivers.ask(effect.peer)
      case 'disconnect':
        this.#workers.disconnect(effect.peer, effect.reason)
        return this.#drivers.disconnect(effect.peer, effect.reason)
      case 'note':
        return
    }
  }

  #reply(request: RequestId, reply: Reply): void {
    const onReply = this.#asks.get(request)
    this.#asks.delete(request)
    if (onReply === undefined) this.#drivers.reply(request, reply)
    else onReply(reply)
  }

  #dialLauncher({ workerId, host, port }: Extract<Effect, { type: 'dial-launcher' }>): void {
    const settle = (outcome: 'alive' | 'gone' | 'unknown') =>
      this.push({ type: 'worker.launcher-dialled', workerId, outcome })
    this.#sockets.dial({ host, port }, PROBE_TIMEOUT_MS, {
      onOpen: (end) => {
        this.mailbox.take(() => {
          settle('alive')
          end.close('seen')
        })
        return { onMessage: () => undefined, onClose: () => undefined }
      },
      onFailed: (why) => settle(why === 'refused' ? 'gone' : 'unknown'),
    })
  }

  #tickLater(): void {
    this.mailbox.after(TICK_MS, () => {
      this.push({ type: 'clock.ticked' })
      this.#tickLater()
    })
  }
}

function persisted(key: string, error: string | undefined): MasterEvent {
  return error === undefined
    ? { type: 'record.persisted', key }
    : { type: 'record.persist-failed', key, reason: error }
}
