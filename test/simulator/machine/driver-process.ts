// A driver that the cluster runs, as its launcher sees it: a process that ends well, fails, or runs for ever,
// as its submission says.
import type { DriverRunKey } from '@hearth/common/domain/process-key.ts'
import type { LiveRun } from '../checks/run-book.ts'
import { Mailbox } from '../engine/mailbox.ts'
import type { World } from '../world.ts'

/** What its runs do; part of the submission. */
export interface RunPlan {
  readonly outcome: 'succeeds' | 'fails' | 'fails at times' | 'runs for ever'
  readonly longestMs: number
  /** It does not care about SIGTERM. */
  readonly isStubborn: boolean
}

export interface DriverProcessOptions {
  readonly host: string
  readonly key: DriverRunKey
  readonly plan: RunPlan
  /** The time of its launcher, which ends it. */
  readonly launcher: Mailbox
  /** See {@link LiveRun}. */
  readonly isExcused: () => boolean
  readonly onStarted: (pid: number) => void
  readonly onEnded: (exitCode: number) => void
}

/** While nothing goes wrong in the world, a run that is due to end waits. */
const LATER_MS = 5_000

export class DriverProcess {
  readonly key: DriverRunKey
  /** Its own time: it stops with its machine. */
  readonly mailbox: Mailbox
  readonly #world: World
  readonly #options: DriverProcessOptions
  readonly #run: LiveRun
  #isOver = false

  constructor(world: World, options: DriverProcessOptions) {
    const { key, host, isExcused } = options
    this.key = key
    this.mailbox = new Mailbox(world.timeline)
    this.#world = world
    this.#options = options
    this.#run = { key, host, isExcused }
    options.launcher.after(world.dice.spread(5, 500), () => this.#start())
  }

  /** SIGTERM, and SIGKILL at the end of the grace. */
  terminate(graceMs: number): void {
    const { launcher, plan } = this.#options
    launcher.after(graceMs, () => this.#end(137))
    if (!plan.isStubborn) this.exit(143, this.#world.dice.spread(5, 3000))
  }

  exit(exitCode: number, afterMs: number): void {
    this.mailbox.after(afterMs, () => this.#end(exitCode))
  }

  /** It dies with its launcher or its machine, and nobody is there to see it. */
  vanish(): void {
    this.#isOver = true
    this.mailbox.close()
    this.#world.runs.end(this.#run, null)
  }

  #start(): void {
    if (this.#isOver) return
    const { dice, runs } = this.#world
    runs.begin(this.#run)
    this.#options.onStarted(dice.between(1000, 60_000))
    const { outcome, longestMs } = this.#options.plan
    if (outcome !== 'runs for ever') this.#endLater(dice.spread(50, longestMs))
  }

  #endLater(afterMs: number): void {
    this.mailbox.after(afterMs, () => {
      if (this.#world.trouble.isOn) this.#end(this.#drawExitCode())
      else this.#endLater(LATER_MS)
    })
  }

  #drawExitCode(): number {
    const { dice } = this.#world
    const { outcome } = this.#options.plan
    const fails = outcome === 'fails' || (outcome === 'fails at times' && dice.chance(0.6))
    return fails ? (dice.pick([1, 2, 255]) ?? 1) : 0
  }

  #end(exitCode: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.mailbox.close()
    this.#world.runs.end(this.#run, exitCode)
    this.#options.onEnded(exitCode)
  }
}
