// A Spark executor as its launcher and its driver see it: a process that takes a while to come up,
// registers with its driver, and ends in one of many ways.
import { parseHostPort } from '@hearth/common/domain/addresses.ts'
import type { ExecutorKey } from '@hearth/common/domain/process-key.ts'
import type { ExecutorContact } from '../driver/endpoint.ts'
import type { World } from '../world.ts'

export interface ExecutorOptions {
  readonly host: string
  readonly key: ExecutorKey
  /** Where its driver listens. */
  readonly driver: string
  readonly onStarted: (pid: number) => void
  readonly onEnded: (exitCode: number) => void
}

/**
 * An executor whose driver cannot be reached gives up. Real ones take 120 s for it; here it is less than
 * the time for which the master repeats a loss, because a later registration is beyond its promise.
 */
const DRIVER_PATIENCE_MS = 60_000

const LATER_MS = 1_000

export class ExecutorProcess implements ExecutorContact {
  /** A hanging JVM: it does not notice that its driver is gone. */
  readonly isDeaf: boolean
  readonly key: ExecutorKey
  readonly #world: World
  readonly #options: ExecutorOptions
  #isOver = false

  constructor(world: World, options: ExecutorOptions) {
    const { dice, timeline } = world
    this.key = options.key
    this.isDeaf = dice.chance(0.1)
    this.#world = world
    this.#options = options
    timeline.after(dice.spread(5, 500), () => this.#start())
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** SIGTERM, and SIGKILL at the end of the grace for the few that do not care. */
  terminate(graceMs: number): void {
    const { dice } = this.#world
    if (dice.chance(0.1)) this.exit(137, graceMs)
    else this.exit(143, dice.spread(5, 3000))
  }

  exit(exitCode: number, afterMs: number): void {
    this.#world.timeline.after(afterMs, () => {
      if (this.#isOver) return
      this.#isOver = true
      this.#options.onEnded(exitCode)
    })
  }

  /** It dies with its launcher or its machine, and nobody is there to see it. */
  vanish(): void {
    this.#isOver = true
  }

  stop(): void {
    this.#hear(() => this.exit(0, this.#world.dice.spread(10, 2000)))
  }

  onDriverGone(): void {
    if (this.isDeaf) return
    this.#hear(() => this.exit(1, this.#world.dice.spread(10, 10_000)))
  }

  // What its driver says or does reaches it when the two can reach each other, or it gives up.
  #hear(then: () => void): void {
    const { host } = this.#options
    this.#world.network.reach(host, this.#driverHost(), DRIVER_PATIENCE_MS, then, () =>
      this.exit(1, 0),
    )
  }

  #driverHost(): string {
    return parseHostPort(this.#options.driver)?.host ?? ''
  }

  #start(): void {
    if (this.#isOver) return
    const { dice, timeline } = this.#world
    this.#options.onStarted(dice.between(1000, 60_000))
    timeline.after(dice.spread(1000, 20_000), () => this.#register())
  }

  #register(): void {
    const { network, timeline, drivers } = this.#world
    const { host, driver, key } = this.#options
    const comeUp = () => {
      if (this.#isOver) return
      const endpoint = drivers.get(driver)
      const welcome = endpoint?.registerExecutor(key.applicationId, key.executor, this)
      if (welcome === 'later') timeline.after(LATER_MS, () => this.#register())
      else if (welcome !== 'taken') this.exit(1, 100)
    }
    network.reach(host, this.#driverHost(), DRIVER_PATIENCE_MS, comeUp, () => this.exit(1, 0))
  }
}
