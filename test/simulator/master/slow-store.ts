// The master's store as a disk or a quorum far away: late, sometimes very late, sometimes refusing.
import type { Store } from '@hearth/master/shell/store/store.ts'
import type { Alarm } from '../engine/timeline.ts'
import type { World } from '../world.ts'

/** How the store is at the moment. */
export interface StoreHealth {
  /** The longest that a write takes, in milliseconds. */
  readonly slowestMs: number
  /** How many of the writes fail. */
  readonly failing: number
}

const HEALTHY: StoreHealth = { slowestMs: 20, failing: 0 }

export class SlowStore implements Store {
  readonly #world: World
  readonly #records = new Map<string, string>()
  /** Oldest first: writes become durable in call order. */
  readonly #underWay: (() => void)[] = []
  #health = HEALTHY
  #next: Alarm | undefined

  constructor(world: World) {
    this.#world = world
  }

  write: Store['write'] = (key, record, done) => {
    const hasFailed = this.#world.dice.chance(this.#health.failing)
    this.#underWay.push(() => {
      if (hasFailed) return done('no quorum')
      if (record === null) this.#records.delete(key)
      else this.#records.set(key, JSON.stringify(record))
      done()
    })
    if (this.#underWay.length === 1) this.#completeLater()
  }

  has(key: string): boolean {
    return this.#records.has(key)
  }

  /** The record as it is durable now; undefined when there is none. */
  read(key: string): unknown {
    const text = this.#records.get(key)
    return text === undefined ? undefined : JSON.parse(text)
  }

  suffer(health: StoreHealth): void {
    this.#health = health
  }

  /** From now on it is fast, with what is under way too. */
  recover(): void {
    this.#health = HEALTHY
    if (this.#underWay.length > 0) this.#completeLater()
  }

  #completeLater(): void {
    const { timeline, dice } = this.#world
    if (this.#next !== undefined) this.#next.cancelled = true
    this.#next = timeline.after(dice.spread(1, this.#health.slowestMs), () => {
      this.#underWay.shift()?.()
      if (this.#underWay.length > 0) this.#completeLater()
    })
  }
}
