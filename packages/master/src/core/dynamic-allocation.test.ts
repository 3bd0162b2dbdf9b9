// The rows of Spark's AppClientSuite and StandaloneDynamicAllocationSuite (3.5 and 4.x) that concern a
// master: two workers of 10 cores, and what a SparkContext would say to it. n/L = executors and limit.
import { describe, expect, it } from 'vitest'
import type { Application, Cluster, Executor } from './cluster.ts'
import type { MasterEvent } from './events.ts'
import { checkInvariants } from './invariants.ts'
import { runCommands } from './scenarios/scenario-runner.ts'
import { isPlacementDue } from './scheduling.ts'
import { step } from './step.ts'

/** Says what CoarseGrainedSchedulerBackend says, and plays the workers. */
class Context {
  readonly #cluster: Cluster
  #asked: number | null = null
  #seconds = 1
  readonly answers: string[] = []

  constructor(application: string) {
    this.#cluster = runCommands([
      '0 register w1 cores=10 memory=2048',
      '0 register w2 cores=10 memory=2048',
      `0 application d1 ${application}`,
    ]).cluster
    this.#runAll()
  }

  get application(): Application {
    const [application] = this.#cluster.applications.values()
    if (application === undefined) throw new Error('no application')
    return application
  }

  /** `n/L`; L is `-` when nothing limits it. */
  get state(): string {
    const { executors, profiles } = this.application
    return `${executors.size}/${profiles.get(0)?.target ?? '-'}`
  }

  get cores(): number[] {
    return [...this.application.executors.values()].map(({ resources }) => resources.cores)
  }

  get numbers(): number[] {
    return [...this.application.executors.keys()]
  }

  /** `requestExecutors(n)`: so many more; what the driver was given without asking does not count. */
  request(more: number): string {
    this.#asked = (this.#asked ?? 0) + more
    this.#ask(this.#asked)
    return this.state
  }

  /** `killExecutors(ids)`: lowers the target first, so that nothing is replaced. */
  kill(numbers: readonly number[]): string {
    this.#asked = Math.max(0, (this.#asked ?? 0) - numbers.length)
    this.#ask(this.#asked)
    this.#kill(numbers)
    return this.state
  }

  killAll(): string {
    return this.kill(this.numbers)
  }

  /** `killAndReplaceExecutor`: the target stays. */
  replace(number: number): void {
    this.#kill([number])
  }

  stop(): void {
    const { id: applicationId } = this.application
    this.#step({ type: 'application.unregister-requested', peer: 'd1', applicationId })
  }

  #ask(total: number): void {
    this.#step({
      type: 'application.executors-requested',
      ...{ peer: 'd1', request: 'r', applicationId: this.application.id },
      targets: [{ profile: 0, executor: { cores: null, memoryMb: null }, total }],
    })
  }

  #kill(executors: readonly number[]): void {
    const victims = executors.map((number) => this.application.executors.get(number))
    this.#step({
      type: 'application.executors-kill-requested',
      ...{ peer: 'd1', request: 'k', applicationId: this.application.id, executors },
    })
    for (const victim of victims) if (victim?.ending === true) this.#end(victim)
  }

  #end({ workerId, applicationId, number }: Executor): void {
    const report = { sequence: 1, applicationId, executor: number, exitCode: 143, hint: null }
    this.#step({
      type: 'executor.state-reported',
      peer: workerId,
      report: { ...report, state: 'killed', message: null },
    })
  }

  #runAll(): void {
    for (const { workerId, applicationId, number, state } of this.application.executors.values()) {
      if (state !== 'launching') continue
      const report = { sequence: 1, applicationId, executor: number, exitCode: null, hint: null }
      this.#step({
        type: 'executor.state-reported',
        peer: workerId,
        report: { ...report, state: 'running', message: null },
      })
    }
  }

  #step(event: MasterEvent): void {
    const queue = [event]
    const now = { mono: (this.#seconds += 1) * 1000, wall: 0 }
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const effect of step(this.#cluster, next, now)) {
        if (effect.type === 'reply') this.answers.push(effect.reply.type)
        if (effect.type !== 'persist' || effect.record === null) continue
        queue.push({ type: 'record.persisted', key: effect.key })
      }
      checkInvariants(this.#cluster)
      if (queue.length === 0 && isPlacementDue(this.#cluster)) queue.push({ type: 'placement.due' })
    }
  }
}

it('C-01 client life cycle: registers once, resizes, kills, and is gone after its stop', () => {
  const context = new Context('memory=1024 cores=10')
  expect(context.state).toBe('2/-')
  expect(context.request(3)).toBe('2/3')
  expect(context.kill([0])).toBe('2/2')
  expect(context.answers).toEqual(['accepted', 'accepted', 'accepted'])
  context.stop()
  expect(context.application.state).toBe('finished')
})

it('C-02 a request before the registration is refused', () => {
  const { cluster } = runCommands(['0 register w1'])
  const [reply] = step(
    cluster,
    {
      type: 'application.executors-requested',
      ...{ peer: 'd1', request: 'r', applicationId: 'app-19700101000000-0000', targets: [] },
    },
    { mono: 0, wall: 0 },
  )
  expect(reply).toMatchObject({ type: 'reply', reply: { type: 'not-found' } })
})

it('C-03 default behaviour: an executor per worker', () => {
  const context = new Context('memory=1024')
  expect(context.state).toBe('2/-')
  expect(context.killAll()).toBe('0/0')
  expect(context.request(1)).toBe('1/1')
  expect(context.request(1)).toBe('2/2')
  expect(context.request(1)).toBe('2/3')
  expect(context.killAll()).toBe('1/1')
  expect(context.killAll()).toBe('0/0')
  expect(context.request(1000)).toBe('2/1000')
})

it('C-04 a core limit below one worker: one executor may take it all', () => {
  const context = new Context('memory=1024 max=8')
  expect(context.cores).toEqual([4, 4])
  context.killAll()
  expect(context.request(1)).toBe('1/1')
  expect(context.cores).toEqual([8])
  expect(context.request(1)).toBe('1/2')
  expect(context.request(1)).toBe('1/3')
  expect(context.killAll()).toBe('2/2')
  expect(context.cores).toEqual([4, 4])
})

it('C-05 a core limit above one worker', () => {
  const context = new Context('memory=1024 max=16')
  expect(context.cores).toEqual([8, 8])
  context.killAll()
  expect(context.request(1)).toBe('1/1')
  expect(context.cores).toEqual([10])
  expect(context.request(1)).toBe('2/2')
  expect(context.cores).toEqual([10, 6])
  expect(context.request(1)).toBe('2/3')
  expect(context.killAll()).toBe('1/1')
  expect(context.cores).toEqual([10])
})

it('C-06 executors of 2 cores', () => {
  const context = new Context('memory=32 cores=2')
  expect(context.state).toBe('10/-')
  context.killAll()
  expect(context.request(1)).toBe('1/1')
  expect(context.request(3)).toBe('4/4')
  expect(context.request(10)).toBe('10/14')
  expect(context.kill(context.numbers.slice(0, 2))).toBe('10/12')
  expect(context.kill(context.numbers.slice(0, 4))).toBe('8/8')
  expect(context.killAll()).toBe('0/0')
  expect(context.request(1000)).toBe('10/1000')
})

it('C-07 executors of 2 cores under a core limit of 8', () => {
  const context = new Context('memory=32 cores=2 max=8')
  expect(context.state).toBe('4/-')
  context.killAll()
  expect(context.request(1)).toBe('1/1')
  expect(context.request(3)).toBe('4/4')
  expect(context.request(10)).toBe('4/14')
  expect(context.killAll()).toBe('4/10')
  expect(context.killAll()).toBe('4/6')
  expect(context.killAll()).toBe('2/2')
  expect(context.killAll()).toBe('0/0')
  expect(context.request(1000)).toBe('4/1000')
})

describe('kills', () => {
  it('C-08 the same executor twice: once is enough, the limit falls once', () => {
    const context = new Context('memory=1024')
    context.request(2)
    const [first = -1] = context.numbers
    expect(context.kill([first])).toBe('1/1')
    context.replace(first)
    expect(context.state).toBe('1/1')
  })

  it('C-09 a replacement that is pending is not lost, and the old id means nothing any more', () => {
    const context = new Context('memory=1024')
    context.request(2)
    const [first = -1] = context.numbers
    context.replace(first)
    expect(context.state).toBe('2/2')
    expect(context.numbers).not.toContain(first)
    context.replace(first)
    expect(context.state).toBe('2/2')
  })

  it('C-10 a kill is done whether or not the executor is busy: that is the driver’s question', () => {
    const context = new Context('memory=1024')
    context.request(2)
    expect(context.application.executors.get(0)?.state).toBe('running')
    expect(context.kill([0])).toBe('1/1')
  })

  it('C-12 all executors of one host', () => {
    const context = new Context('memory=32 cores=2')
    context.request(10)
    const onFirst = [...context.application.executors.values()]
      .filter(({ workerId }) => workerId === 'w1')
      .map(({ number }) => number)
    expect(onFirst).toHaveLength(5)
    expect(context.kill(onFirst)).toBe('5/5')
    expect([...context.application.executors.values()].every((e) => e.workerId === 'w2')).toBe(true)
  })
})

it('C-11 an initial limit of one', () => {
  expect(new Context('memory=1024 limit=1').state).toBe('1/1')
})
