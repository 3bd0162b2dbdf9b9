// The master's store as a disk or a quorum far away: late, sometimes very late, sometimes refusing.
import type { Store } from '@hearth/master/shell/store/store.ts'
import type { World } from '../world.ts'

/** How the store is at the moment. */
export interface StoreHealth {
  /** The longest that a write takes, in milliseconds. */
  readonly slowestMs: number
  /** How many of the writes fail. */
  readonly failing: number
}

export const HEALTHY: StoreHealth = { slowestMs: 20, failing: 0 }

export class SlowStore implements Store {
  health = HEALTHY
  readonly #world: World
  readonly #records = new Map<string, string>()
  #lastDoneAt = 0

  constructor(world: World) {
    this.#world = world
  }

  write: Store['write'] = (key, record, done) => {
    const { timeline, dice } = this.#world
    const { slowestMs, failing } = this.health
    const hasFailed = dice.chance(failing)
    this.#lastDoneAt = Math.max(this.#lastDoneAt, timeline.now + dice.spread(1, slowestMs))
    timeline.after(this.#lastDoneAt - timeline.now, () => {
      if (hasFailed) return done('no quorum')
      if (record === null) this.#records.delete(key)
      else this.#records.set(key, JSON.stringify(record))
      done()
    })
  }

  has(key: string): boolean {
    return this.#records.has(key)
  }
}
