// Random histories: masters that answer, refuse, lag and vanish, a launcher that dies, orders of any
// epoch, in any order. Whatever happens, the worker accounts for every executor.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseApplicationId, parseWorkerId } from '@hearth/common/domain/ids.ts'
import { nextDeadline } from './deadlines.ts'
import type { Effect } from './effects.ts'
import type { ExecutorKey, LinkId, Registration, WorkerEvent } from './events.ts'
import { brokenInvariants } from './invariants.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { step } from './step.ts'
import { resourcesUsed } from './views.ts'
import { createWorker, executorKey, type Worker } from './worker.ts'

/** What the world around the worker does next; `pick` chooses among what is there. */
type Move =
  | { act: 'answer-dial'; opens: boolean; pick: number }
  | { act: 'answer-registration'; epoch: number; cluster: number; keepOdd: boolean; pick: number }
  | { act: 'standby' | 'refuse' | 'reregister' | 'close-link'; pick: number }
  | {
      act: 'launch' | 'kill' | 'finish'
      application: number
      executor: number
      epoch: number
      pick: number
    }
  | { act: 'start' | 'fail' | 'exit' | 'acknowledge'; pick: number }
  | { act: 'lose-launcher' | 'open-launcher' | 'fail-launcher' | 'deadline' }

const pick = fc.nat(20)
const epoch = fc.nat(3)
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ act: fc.constant('answer-dial' as const), opens: fc.boolean(), pick }),
  fc.record({
    act: fc.constant('answer-registration' as const),
    cluster: fc.nat(1),
    keepOdd: fc.boolean(),
    ...{ epoch, pick },
  }),
  fc.record({ act: fc.constantFrom('standby', 'refuse', 'reregister', 'close-link'), pick }),
  fc.record({
    act: fc.constantFrom('launch', 'launch', 'kill', 'finish'),
    application: fc.nat(2),
    executor: fc.nat(3),
    ...{ epoch, pick },
  }),
  fc.record({ act: fc.constantFrom('start', 'fail', 'exit', 'acknowledge', 'acknowledge'), pick }),
  fc.record({
    act: fc.constantFrom(
      'lose-launcher',
      'open-launcher',
      'open-launcher',
      'fail-launcher',
      'deadline',
    ),
  }),
) as fc.Arbitrary<Move>

/** The world: what the worker's effects made of it, and what it may therefore say. */
class World {
  readonly worker: Worker
  at = 0
  readonly dials: LinkId[] = []
  readonly links: LinkId[] = []
  readonly processes: ExecutorKey[] = []
  readonly launched = new Set<string>()
  sentReports: number[] = []
  launcherAsked = true
  launcherOpen = false

  constructor() {
    this.worker = createWorker({
      workerId: parseWorkerId('worker-1') ?? fail(),
      host: 'w1',
      webUiUrl: 'http://w1:8081',
      offered: { cores: 4, memoryMb: 4096 },
      masters: [
        { host: 'm1', port: 7077 },
        { host: 'm2', port: 7077 },
      ],
      fence: null,
      firstSequence: 1,
      seed: 7,
      settings: { ...DEFAULT_SETTINGS, retainedExecutors: 3 },
    })
  }

  tell(event: WorkerEvent): void {
    const fence = this.worker.fence
    const before = new Set(this.launched)
    const effects = step(this.worker, event, this.at)
    for (const effect of effects) this.take(effect)
    expect(brokenInvariants(this.worker), JSON.stringify(event)).toEqual([])
    const used = resourcesUsed(this.worker)
    expect(Math.min(used.cores, used.memoryMb)).toBeGreaterThanOrEqual(0)
    if (event.type === 'executor.launch-ordered' && this.launched.size > before.size) {
      expect(event.link).toBe(this.worker.leader?.link)
      expect(event.epoch).toBeGreaterThanOrEqual(fence?.epoch ?? 0)
    }
  }

  take(effect: Effect): void {
    if (effect.type === 'dial') this.dials.push(effect.link)
    if (effect.type === 'close') {
      remove(this.dials, effect.link)
      remove(this.links, effect.link)
    }
    if (effect.type === 'send') {
      expect(this.links).toContain(effect.link)
      if (effect.message.type === 'executor-state') this.sentReports.push(effect.message.sequence)
    }
    if (effect.type === 'launch') {
      expect(this.launcherOpen).toBe(true)
      expect(this.launched, 'launched twice').not.toContain(executorKey(effect.key))
      this.launched.add(executorKey(effect.key))
      this.processes.push(effect.key)
    }
    if (effect.type === 'open-launcher') this.launcherAsked = true
  }

  play(move: Move): void {
    switch (move.act) {
      case 'answer-dial': {
        const link = take(this.dials, move.pick)
        if (link === undefined) return
        if (move.opens) this.links.push(link)
        return this.tell(
          move.opens
            ? { type: 'link.opened', link }
            : { type: 'link.closed', link, reason: 'connection refused' },
        )
      }
      case 'answer-registration': {
        const link = at(this.links, move.pick)
        if (link === undefined) return
        const keep = [...this.worker.executors.values()]
          .map(({ key }) => key)
          .filter(({ executor }) => executor % 2 === 1 || !move.keepOdd)
        const clusterId = `c${move.cluster}`
        const registration = aRegistration({ clusterId, epoch: move.epoch, keep })
        return this.tell({ type: 'master.registered', link, registration })
      }
      case 'standby':
      case 'refuse':
      case 'reregister':
      case 'close-link':
        return this.playLink(move.act, at(this.links, move.pick))
      case 'launch':
      case 'kill':
      case 'finish': {
        const link = at(this.links, move.pick)
        if (link === undefined) return
        const applicationId = parseApplicationId(`app-${move.application}`) ?? fail()
        const key = { applicationId, executor: move.executor }
        const order = { link, epoch: move.epoch }
        if (move.act === 'kill') return this.tell({ type: 'executor.kill-ordered', key, ...order })
        if (move.act === 'finish') {
          return this.tell({ type: 'application.finished', applicationId, ...order })
        }
        // A master numbers executors once: what it has seen ended it never orders again, however
        // long ago that was.
        if (this.launched.has(executorKey(key)) && !this.worker.executors.has(executorKey(key)))
          return
        const caption = { name: 'Pi', user: 'ann', maxCores: null, command: '' }
        const payload = { kind: 'test' }
        const size = { cores: 1, memoryMb: 512 }
        return this.tell({
          ...{ type: 'executor.launch-ordered', key, caption, payload },
          ...{ ...order, ...size },
        })
      }
      case 'start': {
        const key = at(this.processes, move.pick)
        return key && this.tell({ type: 'process.started', key, pid: 1 })
      }
      case 'fail': {
        const key = take(this.processes, move.pick)
        return key && this.tell({ type: 'process.failed', key, message: 'ENOENT' })
      }
      case 'exit': {
        const key = take(this.processes, move.pick)
        return key && this.tell({ type: 'process.exited', key, exitCode: 1, killed: false })
      }
      case 'acknowledge': {
        const sequence = take(this.sentReports, move.pick)
        const link = this.worker.leader?.link ?? at(this.links, move.pick)
        if (sequence === undefined || link === undefined) return
        return this.tell({ type: 'master.report-acknowledged', link, sequence })
      }
      case 'lose-launcher':
        if (!this.launcherOpen) return
        this.launcherOpen = false
        this.processes.length = 0
        return this.tell({ type: 'launcher.lost', reason: 'killed' })
      case 'open-launcher':
        if (!this.launcherAsked) return
        this.launcherAsked = false
        this.launcherOpen = true
        return this.tell({ type: 'launcher.opened', port: 7078, held: [] })
      case 'fail-launcher':
        if (!this.launcherAsked) return
        this.launcherAsked = false
        return this.tell({ type: 'launcher.open-failed', reason: 'EAGAIN' })
      case 'deadline':
        return this.reachDeadline()
    }
  }

  playLink(
    act: 'standby' | 'refuse' | 'reregister' | 'close-link',
    link: LinkId | undefined,
  ): void {
    if (link === undefined) return
    if (act === 'standby') {
      return this.tell({ type: 'master.in-standby', link, leader: { host: 'm2', port: 7077 } })
    }
    if (act === 'refuse') return this.tell({ type: 'master.refused', link, reason: 'no' })
    if (act === 'reregister') return this.tell({ type: 'master.reregistration-asked', link })
    remove(this.links, link)
    this.tell({ type: 'link.closed', link, reason: 'closed' })
  }

  /** Time passes until something is due; whatever is due then must not be due again at once. */
  reachDeadline(): void {
    const due = nextDeadline(this.worker)
    if (due === null) return
    this.at = Math.max(this.at, due)
    this.tell({ type: 'clock.ticked' })
    expect(nextDeadline(this.worker) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(this.at)
  }

  /** A quiet world: a launcher, a master that answers, processes that end. */
  settle(): void {
    for (let round = 0; round < 100 && !this.isSettled(); round++) {
      this.play({ act: 'open-launcher' })
      while (this.dials.length > 0) this.play({ act: 'answer-dial', opens: true, pick: 0 })
      for (const link of this.links) {
        const { fence } = this.worker
        const keep = [...this.worker.executors.values()].map(({ key }) => key)
        const term = fence ?? { clusterId: 'c1', epoch: 1 }
        const registration = aRegistration({ ...term, keep })
        if (this.worker.leader === null)
          this.tell({ type: 'master.registered', link, registration })
      }
      while (this.processes.length > 0) this.play({ act: 'exit', pick: 0 })
      while (this.sentReports.length > 0) this.play({ act: 'acknowledge', pick: 0 })
      if (!this.isSettled()) this.reachDeadline()
    }
  }

  isSettled(): boolean {
    const { worker } = this
    return worker.leader !== null && worker.executors.size === 0 && worker.reports.size === 0
  }
}

test('every history keeps the invariants, and every executor’s end reaches a master', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 150 }), (moves) => {
      const world = new World()
      for (const next of moves) world.play(next)
      world.settle()
      expect(world.isSettled(), JSON.stringify([...world.worker.executors])).toBe(true)
      expect(resourcesUsed(world.worker)).toEqual({ cores: 0, memoryMb: 0 })
    }),
    { numRuns: 500 },
  )
})

test('a copy of a worker goes on exactly as the original', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const world = new World()
      for (const next of moves) world.play(next)
      const copy = structuredClone(world.worker)
      const at = world.at + 60_000
      for (const event of [
        { type: 'launcher.lost', reason: 'killed' },
        { type: 'clock.ticked' },
        { type: 'stop.requested', mode: 'end' },
      ] as const) {
        expect(step(copy, event, at)).toEqual(step(world.worker, event, at))
      }
    }),
  )
})

function aRegistration(given: Pick<Registration, 'clusterId' | 'epoch' | 'keep'>): Registration {
  return {
    masterUrl: 'spark://m1:7077',
    masterWebUiUrl: 'http://m1:8080',
    heartbeatIntervalMs: 15_000,
    wasLost: false,
    ...given,
  }
}

function at<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)]
}

function take<Item>(items: Item[], index: number): Item | undefined {
  return items.splice(index % Math.max(1, items.length), 1)[0]
}

function remove<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item)
  if (index >= 0) items.splice(index, 1)
}

function fail(): never {
  throw new Error('a test names something that cannot be')
}
