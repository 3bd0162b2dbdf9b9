// The world of a random history: masters, a launcher with its table of processes, and time. It does
// what the worker's effects ask for, says to the worker only what a real world could, and throws when
// the worker breaks a rule.
import { parseApplicationId, parseDriverId, parseWorkerId } from '@hearth/common/domain/ids.ts'
import { formatProcessKey, type ProcessKey } from '@hearth/common/domain/process-key.ts'
import { nextDeadline } from './deadlines.ts'
import type { Effect, LaunchEffect } from './effects.ts'
import type { HeldProcess, LinkId, Registration, WorkerEvent } from './events.ts'
import { brokenInvariants } from './invariants.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { step } from './step.ts'
import { resourcesUsed } from './views.ts'
import { createWorker, type Worker } from './worker.ts'

/** What happens next; `pick` chooses among what is there, `age` counts back from the fence's epoch. */
export type Move =
  | { act: 'answer-dial'; opens: boolean; pick: number }
  | { act: 'register'; age: number; cluster: number; keepOdd: boolean; pick: number }
  | { act: 'standby' | 'refuse' | 'reregister' | 'close-link'; pick: number }
  | {
      act: 'launch' | 'kill' | 'finish'
      /** The last of them are drivers, whose runs `executor` numbers. */
      application: number
      executor: number
      age: number
      pick: number
    }
  | { act: 'start' | 'fail' | 'exit' | 'acknowledge' | 'fetch' | 'break-fetch'; pick: number }
  | { act: 'acknowledge-heartbeat' }
  | { act: 'decommission' }
  | { act: 'launcher-dies' | 'launcher-breaks' | 'open-launcher' | 'fail-launcher' | 'deadline' }

interface TableEntry {
  readonly key: ProcessKey
  state: 'starting' | 'running' | 'exited' | 'failed' | 'lost'
  killed: boolean
}

/** Applications from this number on stand for drivers. */
const FIRST_DRIVER = 2

const CAPTION = { name: 'Pi', user: 'ann', maxCores: null, command: '' }
const SIZE = { cores: 1, memoryMb: 512 }

export class World {
  readonly worker: Worker
  now = 0
  readonly dials: LinkId[] = []
  readonly links: LinkId[] = []
  /** The launcher's table: what was launched and not forgotten. */
  readonly table = new Map<string, TableEntry>()
  readonly launched = new Set<string>()
  readonly ordered = new Set<string>()
  /** What is being fetched. */
  readonly fetches = new Map<string, ProcessKey>()
  /** Until when the launcher may run leased processes. */
  leaseEndsAt = 0
  readonly sentReports: number[] = []
  launcherAsked = true
  launcherOpen = false

  constructor() {
    this.worker = createWorker({
      workerId: must(parseWorkerId('worker-1')),
      host: 'w1',
      webUiUrl: 'http://w1:8081',
      offered: { cores: 4, memoryMb: 4096 },
      masters: [
        { host: 'm1', port: 7077 },
        { host: 'm2', port: 7077 },
      ],
      fence: null,
      decommissioning: false,
      firstSequence: 1,
      seed: 7,
      settings: { ...DEFAULT_SETTINGS, retainedExecutors: 3, retainedDrivers: 2 },
    })
  }

  play(move: Move): void {
    switch (move.act) {
      case 'answer-dial':
        return this.answerDial(take(this.dials, move.pick), move.opens)
      case 'register':
      case 'standby':
      case 'refuse':
      case 'reregister':
      case 'close-link': {
        const link = choose(this.links, move.pick)
        if (link !== undefined) this.speak(move, link)
        return
      }
      case 'launch':
      case 'kill':
      case 'finish': {
        const link = choose(this.links, move.pick)
        if (link !== undefined) this.order(move, link)
        return
      }
      case 'start':
      case 'fail':
      case 'exit':
        return this.moveProcess(move.act, choose(this.liveProcesses(), move.pick))
      case 'acknowledge': {
        const sequence = take(this.sentReports, move.pick)
        const link = this.worker.leader?.link
        if (sequence === undefined || link === undefined) return
        return this.tell({ type: 'master.report-acknowledged', link, sequence })
      }
      case 'fetch':
      case 'break-fetch': {
        const key = choose([...this.fetches.values()], move.pick)
        if (key !== undefined) this.endFetch(key, move.act === 'fetch')
        return
      }
      case 'acknowledge-heartbeat': {
        const { leader } = this.worker
        if (leader === null || leader.unacknowledged.length === 0) return
        const { link, epoch } = leader
        return this.tell({ type: 'master.heartbeat-acknowledged', link, epoch })
      }
      case 'decommission':
        return this.tell({ type: 'decommission.requested', signal: 'SIGPWR' })
      case 'launcher-dies':
      case 'launcher-breaks':
        return this.loseLauncher(move.act === 'launcher-dies')
      case 'open-launcher':
        return this.openLauncher()
      case 'fail-launcher':
        if (!this.launcherAsked) return
        this.launcherAsked = false
        return this.tell({ type: 'launcher.open-failed', reason: 'EAGAIN', isFormerDead: true })
      case 'deadline':
        return this.reachDeadline()
    }
  }

  /** A quiet world: the launcher opens, a master answers, processes end. */
  settle(): void {
    for (let round = 0; round < 100 && !this.isSettled(); round++) {
      this.openLauncher()
      while (this.dials.length > 0) this.answerDial(take(this.dials, 0), true)
      const term = this.worker.fence ?? { clusterId: 'c1', epoch: 1 }
      for (const link of [...this.links]) {
        if (this.worker.leader === null) this.register(link, { ...term, keepOdd: false })
      }
      for (const key of this.fetches.values()) this.endFetch(key, true)
      for (const entry of this.liveProcesses()) this.moveProcess('exit', entry)
      for (const sequence of this.sentReports.splice(0)) {
        const link = this.worker.leader?.link
        if (link !== undefined) this.tell({ type: 'master.report-acknowledged', link, sequence })
      }
      if (!this.isSettled()) this.reachDeadline()
    }
  }

  /** Nothing is left to do, to report or to forget. */
  isSettled(): boolean {
    const { leader, processes, reports } = this.worker
    const left = processes.size + reports.size + this.table.size + this.fetches.size
    return leader !== null && left === 0
  }

  private tell(event: WorkerEvent): void {
    const fence = this.worker.fence
    const { decommissioning } = this.worker
    const knownBefore = this.worker.processes.size
    const launchedBefore = this.launched.size
    for (const effect of step(this.worker, event, this.now)) this.take(effect)
    const text = JSON.stringify(event)
    const broken = brokenInvariants(this.worker)
    check(broken.length === 0, `${broken.join(', ')} (${text})`)
    if (decommissioning && event.type === 'process.launch-ordered') {
      check(this.worker.processes.size === knownBefore, `took a process in leaving (${text})`)
    }
    const used = resourcesUsed(this.worker)
    check(used.cores >= 0 && used.memoryMb >= 0, `less than nothing is used (${text})`)
    if (event.type !== 'process.launch-ordered' || this.launched.size === launchedBefore) return
    check(event.link === this.worker.leader?.link, `obeyed somebody else (${text})`)
    check(event.epoch >= (fence?.epoch ?? 0), `obeyed an epoch that is over (${text})`)
  }

  private take(effect: Effect): void {
    if (effect.type === 'dial') this.dials.push(effect.link)
    if (effect.type === 'open-launcher') this.launcherAsked = true
    if (effect.type === 'close') {
      remove(this.dials, effect.link)
      remove(this.links, effect.link)
    }
    if (effect.type === 'send') {
      check(this.links.includes(effect.link), 'sent over a link that is not open')
      if ('sequence' in effect.message) this.sentReports.push(effect.message.sequence)
      if (effect.message.type === 'register-worker') {
        const { decommissioning } = effect.message
        check(decommissioning === this.worker.decommissioning, 'registered as one that stays')
      }
    }
    if (effect.type === 'fetch') {
      const name = formatProcessKey(effect.key)
      check(!this.fetches.has(name) && !this.launched.has(name), `fetched for ${name} twice`)
      this.fetches.set(name, effect.key)
    }
    if (effect.type === 'stop-fetch') {
      check(this.fetches.delete(formatProcessKey(effect.key)), 'stopped a fetch that is over')
    }
    if (effect.type === 'renew-lease') {
      check(this.launcherOpen && effect.leaseMs > 0, 'renewed what nobody holds')
      this.leaseEndsAt = this.now + effect.leaseMs
    }
    if (effect.type === 'launch') {
      const name = formatProcessKey(effect.key)
      check(this.launcherOpen, 'launched without a launcher')
      check(!this.launched.has(name), `launched ${name} twice`)
      check(!this.fetches.has(name), `launched ${name} before all was fetched`)
      check(!effect.leased || this.leaseEndsAt > this.now, `launched ${name} without a lease`)
      this.checkOnlyRun(effect)
      this.launched.add(name)
      this.table.set(name, { key: effect.key, state: 'starting', killed: false })
    }
    if (effect.type === 'kill') {
      const entry = this.table.get(formatProcessKey(effect.key))
      if (entry !== undefined) entry.killed = true
    }
    if (effect.type === 'forget') {
      const name = formatProcessKey(effect.key)
      if (this.launcherOpen && !isLive(this.table.get(name))) this.table.delete(name)
    }
  }

  /** Two runs of one driver at once are what nobody may ever see. */
  private checkOnlyRun({ key }: LaunchEffect): void {
    if (key.kind !== 'driver') return
    const other = this.liveProcesses().find(
      (entry) => entry.key.kind === 'driver' && entry.key.driverId === key.driverId,
    )
    check(other === undefined || other.killed, `two runs of ${key.driverId} at once`)
  }

  private endFetch(key: ProcessKey, succeeds: boolean): void {
    this.fetches.delete(formatProcessKey(key))
    if (succeeds) return this.tell({ type: 'process.fetched', key })
    this.tell({ type: 'process.failed', key, message: '404' })
  }

  private answerDial(link: LinkId | undefined, opens: boolean): void {
    if (link === undefined) return
    if (!opens) return this.tell({ type: 'link.closed', link, reason: 'connection refused' })
    this.links.push(link)
    this.tell({ type: 'link.opened', link })
  }

  private speak(move: Extract<Move, { pick: number }>, link: LinkId): void {
    if (move.act === 'register') {
      const clusterId = `c${move.cluster}`
      return this.register(link, { ...move, clusterId, epoch: this.epochOf(move.age) })
    }
    if (move.act === 'standby') {
      return this.tell({ type: 'master.in-standby', link, leader: { host: 'm2', port: 7077 } })
    }
    if (move.act === 'refuse') return this.tell({ type: 'master.refused', link, reason: 'no' })
    if (move.act === 'reregister') return this.tell({ type: 'master.reregistration-asked', link })
    remove(this.links, link)
    this.tell({ type: 'link.closed', link, reason: 'closed' })
  }

  private register(
    link: LinkId,
    term: { clusterId: string; epoch: number; keepOdd: boolean },
  ): void {
    const keep = [...this.worker.processes.values()]
      .map(({ key }) => key)
      .filter((key) => numberOf(key) % 2 === 1 || !term.keepOdd)
    const { clusterId, epoch } = term
    const registration: Registration = {
      ...{ clusterId, epoch, keep, wasLost: false, heartbeatIntervalMs: 15_000 },
      leaseMs: 60_000,
      ...{ masterUrl: 'spark://m1:7077', masterWebUiUrl: 'http://m1:8080' },
    }
    this.tell({ type: 'master.registered', link, registration })
  }

  private order(
    { act, application, executor, age }: Extract<Move, { application: number }>,
    link: LinkId,
  ): void {
    const applicationId = must(parseApplicationId(`app-${application}`))
    const driverId = must(parseDriverId(`driver-${application}`))
    const key: ProcessKey =
      application < FIRST_DRIVER
        ? { kind: 'executor', applicationId, executor }
        : { kind: 'driver', driverId, attempt: executor }
    const epoch = this.epochOf(age)
    if (act === 'kill') return this.tell({ type: 'process.kill-ordered', link, epoch, key })
    if (act === 'finish') {
      return this.tell({ type: 'application.finished', link, epoch, applicationId })
    }
    // A master numbers executors once: one that it has seen the end of it never orders again.
    const name = formatProcessKey(key)
    if (this.ordered.has(name) && !this.worker.processes.has(name)) return
    this.ordered.add(name)
    const isDriver = key.kind === 'driver'
    const how = {
      mustFetch: isDriver && executor % 3 !== 0,
      leased: isDriver && executor % 2 === 0,
    }
    const what = { key, caption: CAPTION, payload: { kind: 'test' }, resources: SIZE }
    this.tell({ type: 'process.launch-ordered', link, epoch, ...what, ...how })
  }

  private epochOf(age: number): number {
    return Math.max(0, (this.worker.fence?.epoch ?? 1) - age)
  }

  private liveProcesses(): TableEntry[] {
    return [...this.table.values()].filter(isLive)
  }

  // While no launcher is open, processes move on all the same; only nobody says so.
  private moveProcess(act: 'start' | 'fail' | 'exit', entry: TableEntry | undefined): void {
    if (entry === undefined) return
    const { key, killed } = entry
    if (act !== 'exit' && entry.state !== 'starting') return
    entry.state = act === 'start' ? 'running' : act === 'fail' ? 'failed' : 'exited'
    if (!this.launcherOpen) return
    if (act === 'start') return this.tell({ type: 'process.started', key, pid: 1 })
    if (act === 'fail') return this.tell({ type: 'process.failed', key, message: 'ENOENT' })
    this.tell({
      type: 'process.exited',
      key,
      exitCode: killed ? 143 : 1,
      killed,
      message: null,
      hint: null,
    })
  }

  private loseLauncher(dies: boolean): void {
    if (!this.launcherOpen) return
    this.launcherOpen = false
    if (dies) for (const entry of this.liveProcesses()) entry.state = 'lost'
    this.tell({ type: 'launcher.lost', reason: dies ? 'it died' : 'connection broke' })
  }

  private openLauncher(): void {
    if (!this.launcherAsked) return
    this.launcherAsked = false
    this.launcherOpen = true
    this.tell({ type: 'launcher.opened', port: 7078, held: [...this.table.values()].map(held) })
  }

  /** Time passes until something is due; what is due then must not be due again at once. */
  private reachDeadline(): void {
    const due = nextDeadline(this.worker)
    if (due === null) return
    this.now = Math.max(this.now, due)
    this.tell({ type: 'clock.ticked' })
    const next = nextDeadline(this.worker)
    check(next === null || next > this.now, 'a deadline passed and stayed')
  }
}

function held({ key, state, killed }: TableEntry): HeldProcess {
  const ended = state === 'exited' || state === 'failed' || state === 'lost'
  return {
    ...{ key, caption: CAPTION, killed, message: null, hint: null, resources: SIZE },
    state: ended ? state : 'running',
    pid: state === 'starting' || state === 'failed' ? null : 1,
    exitCode: state === 'exited' ? 1 : null,
  }
}

function numberOf(key: ProcessKey): number {
  return key.kind === 'executor' ? key.executor : key.attempt
}

function isLive(entry: TableEntry | undefined): boolean {
  return entry?.state === 'starting' || entry?.state === 'running'
}

function choose<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)]
}

function take<Item>(items: Item[], index: number): Item | undefined {
  return items.splice(index % Math.max(1, items.length), 1)[0]
}

function remove<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item)
  if (index >= 0) items.splice(index, 1)
}

function check(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem)
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a test names something that cannot be')
  return value
}
