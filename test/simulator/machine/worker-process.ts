// A worker: the real core in a simulated process, over a simulated launcher and simulated links.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { MasterToWorker, type WorkerToMaster } from '@hearth/common/protocol/cluster/messages.ts'
import type { ApplicationId } from '@hearth/common/domain/ids.ts'
import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import { nextDeadline } from '@hearth/worker/core/deadlines.ts'
import type { Effect, Fence } from '@hearth/worker/core/effects.ts'
import type { HeldProcess, LinkId, StopMode, WorkerEvent } from '@hearth/worker/core/events.ts'
import { brokenInvariants } from '@hearth/worker/core/invariants.ts'
import { formatEffect } from '@hearth/worker/core/scenarios/notation.test-support.ts'
import { step } from '@hearth/worker/core/step.ts'
import { createWorker, type Worker, type WorkerOptions } from '@hearth/worker/core/worker.ts'
import { toEvent } from '@hearth/worker/doors/cluster/to-event.ts'
import { Compile } from 'typebox/compile'
import type { Alarm } from '../engine/timeline.ts'
import type { Mailbox } from '../engine/mailbox.ts'
import type { End } from '../network/connection.ts'
import { Sockets } from '../network/sockets.ts'
import { RuleBroken, type World } from '../world.ts'
import { KILL_GRACE_MS, type Launcher } from './launcher.ts'

/** What opening a launcher comes to: `reason` says why there is none. */
export type OpenedLauncher =
  | { launcher: Launcher; adopted: boolean; held: readonly HeldProcess[] }
  | { launcher: null; reason: string; isFormerDead: boolean }

/** The machine, as far as the worker's shell needs it. */
export interface WorkerSite {
  /** For the process behind `mailbox`; `tell` gets what the launcher says from then on. */
  openLauncher(
    mailbox: Mailbox,
    tell: (event: WorkerEvent) => void,
    opened: (result: OpenedLauncher) => void,
  ): void
  keepFence(fence: Fence): void
  keepDecommissioned(): void
  useScratch(applicationId: ApplicationId): void
  removeScratch(applicationId: ApplicationId): void
  /** The process has ended by itself. */
  exited(code: number): void
}

const DIAL_TIMEOUT_MS = 10_000
/** How long a launcher may take to end beyond the grace of its processes before it is killed. */
const SHUTDOWN_MARGIN_MS = 5_000
/** Events that no message of the master makes, which the trace has already. */
const LOCAL = /^(process|launcher|link|stop|decommission)\./
const validator = Compile(MasterToWorker)

export class WorkerProcess {
  readonly worker: Worker
  readonly mailbox: Mailbox
  readonly #world: World
  readonly #site: WorkerSite
  readonly #sockets: Sockets
  #startedAt: number
  #pausedAt: number | null = null
  readonly #dials = new Map<LinkId, () => void>()
  readonly #ends = new Map<LinkId, End>()
  /** What is being fetched, by the process. */
  readonly #fetches = new Map<string, Alarm>()
  #launcher: Launcher | null
  readonly #queue: WorkerEvent[] = []
  #effects: Effect[] = []
  #isWorking = false
  #alarm: Alarm | undefined

  constructor(
    world: World,
    site: WorkerSite,
    mailbox: Mailbox,
    launcher: Launcher,
    options: WorkerOptions,
  ) {
    this.#world = world
    this.#site = site
    this.mailbox = mailbox
    this.#sockets = new Sockets(world.network, mailbox, options.host)
    this.#startedAt = world.timeline.now
    this.#launcher = launcher
    this.worker = createWorker(options)
  }

  push(event: WorkerEvent): void {
    this.#queue.push(event)
    if (this.#isWorking) return
    this.#isWorking = true
    this.mailbox.after(0, () => this.#work())
  }

  /** Its machine sleeps; its clock does not count the time. */
  pause(): void {
    this.#pausedAt ??= this.#world.timeline.now
    this.mailbox.stall()
  }

  /** Also after it was only stopped. */
  goOn(): void {
    if (this.#pausedAt !== null) this.#startedAt += this.#world.timeline.now - this.#pausedAt
    this.#pausedAt = null
    this.mailbox.goOn()
  }

  /** Kill -9. */
  die(): void {
    this.mailbox.close()
    this.#sockets.abandon()
    this.#launcher?.workerLeft()
  }

  // As the real event loop: effects in order, each event after all of those before it, and what must be on
  // disk is there before anything else is done.
  #work(): void {
    for (;;) {
      const effect = this.#effects.shift()
      if (effect?.type === 'persist-fence' || effect?.type === 'persist-decommissioning') {
        this.mailbox.after(this.#world.dice.spread(1, 200), () => {
          if (effect.type === 'persist-fence') this.#site.keepFence(effect.fence)
          else this.#site.keepDecommissioned()
          this.#work()
        })
        return
      }
      if (effect !== undefined) {
        this.#run(effect)
        continue
      }
      const event = this.#queue.shift()
      if (event === undefined) break
      this.#step(event)
    }
    this.#isWorking = false
    this.#setAlarm()
  }

  #step(event: WorkerEvent): void {
    const { trace } = this.#world
    const { host } = this.worker
    this.#effects = [...step(this.worker, event, this.#clock())]
    if (LOCAL.test(event.type)) trace.write(host, formatEvent(event))
    for (const effect of this.#effects) trace.write(host, `  ${formatEffect(effect)}`)
    const broken = brokenInvariants(this.worker)
    if (broken.length > 0) throw new RuleBroken(`worker ${host}: ${broken.join('; ')}`)
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case 'dial':
        return this.#dial(effect.link, effect.address)
      case 'close':
        this.#hangUp(effect.link, effect.reason)
        return
      case 'send':
        return this.#send(effect.link, effect.message)
      case 'launch':
        if (effect.key.kind === 'executor') this.#site.useScratch(effect.key.applicationId)
        return this.#launcher?.launch(effect)
      case 'kill':
        return this.#launcher?.kill(effect.key)
      case 'forget':
        return this.#launcher?.forget(effect.key)
      case 'open-launcher':
        return this.#openLauncher()
      case 'close-launcher':
        return this.#closeLauncher(effect.mode)
      case 'remove-scratch':
        return this.#site.removeScratch(effect.applicationId)
      case 'exit':
        this.die()
        return this.#site.exited(effect.code)
      case 'fetch':
        return this.#fetch(effect.key)
      case 'stop-fetch':
        return this.#stopFetch(effect.key)
      case 'renew-lease':
        return this.#launcher?.renewLease(effect.leaseMs)
      case 'persist-fence':
      case 'persist-decommissioning':
      case 'announce-registered':
      case 'note':
        return
    }
  }

  #dial(link: LinkId, address: HostPort): void {
    const giveUp = this.#sockets.dial(address, DIAL_TIMEOUT_MS, {
      onOpen: (end) => {
        this.#dials.delete(link)
        this.#ends.set(link, end)
        this.mailbox.take(() => this.push({ type: 'link.opened', link }))
        return {
          onMessage: (text) => {
            if (end.isOpen) this.push(toEvent(link, parse(text)))
          },
          onClose: (reason) => {
            this.#ends.delete(link)
            this.push({ type: 'link.closed', link, reason })
          },
        }
      },
      onFailed: (why) => {
        this.#dials.delete(link)
        this.push({ type: 'link.closed', link, reason: `cannot connect (${why})` })
      },
    })
    this.#dials.set(link, giveUp)
  }

  #fetch(key: ProcessKey): void {
    const { dice, plan, runs } = this.#world
    const alarm = this.mailbox.after(dice.spread(...plan.fetchMs), () => {
      if (!dice.chance(plan.failingFetches)) return this.push({ type: 'process.fetched', key })
      if (key.kind === 'driver') runs.fail(key)
      this.push({ type: 'process.failed', key, message: 'the server answered 404' })
    })
    this.#fetches.set(formatProcessKey(key), alarm)
  }

  #stopFetch(key: ProcessKey): void {
    const alarm = this.#fetches.get(formatProcessKey(key))
    if (alarm !== undefined) alarm.cancelled = true
  }

  #hangUp(link: LinkId, reason: string): void {
    const giveUp = this.#dials.get(link)
    if (giveUp !== undefined) {
      giveUp()
      this.#dials.delete(link)
      this.push({ type: 'link.closed', link, reason: 'cannot connect (given up)' })
    }
    this.#ends.get(link)?.close(reason)
  }

  #send(link: LinkId, message: WorkerToMaster): void {
    this.#ends.get(link)?.send(JSON.stringify(message))
  }

  #openLauncher(): void {
    this.#launcher = null
    const tell = (event: WorkerEvent) => this.mailbox.take(() => this.push(event))
    this.#site.openLauncher(this.mailbox, tell, (result) => {
      if (result.launcher === null) {
        const { reason, isFormerDead } = result
        return this.push({ type: 'launcher.open-failed', reason, isFormerDead })
      }
      this.#launcher = result.launcher
      this.push({ type: 'launcher.opened', port: result.launcher.port, held: result.held })
    })
  }

  #closeLauncher(mode: StopMode): void {
    const closed = () => this.mailbox.take(() => this.push({ type: 'launcher.closed' }))
    const launcher = this.#launcher
    if (mode === 'end' && launcher?.isOver === false) {
      launcher.shutdown(closed)
      // One that is stopped does not end by itself.
      const longestMs = Math.max(KILL_GRACE_MS, this.worker.settings.driverGraceMs)
      this.mailbox.after(longestMs + SHUTDOWN_MARGIN_MS, () => {
        if (launcher.isOver) return
        launcher.crash()
        closed()
      })
      return
    }
    launcher?.workerLeft()
    closed()
  }

  #setAlarm(): void {
    if (this.#alarm !== undefined) this.#alarm.cancelled = true
    const due = nextDeadline(this.worker)
    if (due === null) return
    const sleepMs = Math.max(0, Math.ceil(due - this.#clock()))
    this.#alarm = this.mailbox.after(sleepMs, () => this.push({ type: 'clock.ticked' }))
  }

  // Each process has a clock of its own, which begins with it.
  #clock(): number {
    return (this.#pausedAt ?? this.#world.timeline.now) - this.#startedAt
  }
}

function parse(text: string): MasterToWorker {
  const message: unknown = JSON.parse(text)
  if (validator.Check(message)) return message
  throw new RuleBroken(`the master sent what no worker understands: ${text}`)
}

function formatEvent(event: WorkerEvent): string {
  if (event.type !== 'launcher.opened') {
    const { type, ...rest } = event
    return `${type} ${JSON.stringify(rest)}`
  }
  const held = event.held.map((one) => `${formatProcessKey(one.key)}:${one.state}`)
  return `launcher.opened port=${event.port} held=[${held.join(' ')}]`
}
