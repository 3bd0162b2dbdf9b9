// Every run of a driver that the cluster runs: launched once, and never beside another copy of the driver.
import type { DriverId } from '@hearth/common/domain/ids.ts'
import { formatProcessKey, type DriverRunKey } from '@hearth/common/domain/process-key.ts'
import { RuleBroken } from '../rule-broken.ts'

/** A run whose process lives. */
export interface LiveRun {
  readonly key: DriverRunKey
  readonly host: string
  /** True in the one window in which it may live beside a copy: its launcher could not end it in time. */
  readonly isExcused: () => boolean
}

export class RunBook {
  readonly #launched = new Set<string>()
  readonly #live = new Set<LiveRun>()
  readonly #exits = new Map<string, number>()
  readonly #failed = new Set<string>()
  readonly #formers = new Map<DriverId, DriverId>()

  /** How many runs were launched. */
  get launched(): number {
    return this.#launched.size
  }

  get live(): readonly LiveRun[] {
    return [...this.#live]
  }

  /** `id` takes the place of `former`. */
  succeed(id: DriverId, former: DriverId): void {
    this.#formers.set(id, former)
  }

  /** The driver that was submitted and that `id`, or one that it took the place of, stands for. */
  lineageOf(id: DriverId): DriverId {
    const former = this.#formers.get(id)
    return former === undefined ? id : this.lineageOf(former)
  }

  /** A launcher takes the order to start it. Throws {@link RuleBroken} when one did before. */
  launch(key: DriverRunKey): void {
    const name = formatProcessKey(key)
    if (this.#launched.has(name)) throw new RuleBroken(`run ${name} is launched twice`)
    this.#launched.add(name)
  }

  /** Its process was started. */
  begin(run: LiveRun): void {
    this.#live.add(run)
    this.check()
  }

  end(run: LiveRun, exitCode: number | null): void {
    this.#live.delete(run)
    if (exitCode !== null) this.#exits.set(formatProcessKey(run.key), exitCode)
  }

  /** Null when its process did not exit, or nobody saw it. */
  exitOf(run: string): number | null {
    return this.#exits.get(run) ?? null
  }

  /** It cannot be fetched or spawned. */
  fail(key: DriverRunKey): void {
    this.#failed.add(formatProcessKey(key))
  }

  hasFailed(run: string): boolean {
    return this.#failed.has(run)
  }

  /** Throws {@link RuleBroken} when two copies of a driver live, neither of which is excused. */
  check(): void {
    const lineages = new Map<DriverId, LiveRun>()
    for (const run of this.#live) {
      if (run.isExcused()) continue
      const lineage = this.lineageOf(run.key.driverId)
      const other = lineages.get(lineage)
      if (other !== undefined) throw new RuleBroken(`two copies live: ${tell(other)}, ${tell(run)}`)
      lineages.set(lineage, run)
    }
  }
}

function tell({ key, host }: LiveRun): string {
  return `${formatProcessKey(key)} on ${host}`
}
