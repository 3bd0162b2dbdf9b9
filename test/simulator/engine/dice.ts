// Everything that a simulation leaves to chance is drawn here, from its seed.
import {
  createRandom,
  drawInteger,
  drawUnit,
  type RandomState,
} from '@hearth/common/domain/random.ts'

export class Dice {
  readonly #random: RandomState

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  /** Dice of its own for one part, so that another draw in one part changes nothing in the others. */
  fork(): Dice {
    return new Dice(drawInteger(this.#random, 2 ** 32))
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return drawUnit(this.#random) < probability
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + drawInteger(this.#random, Math.floor(most) - least + 1)
  }

  /**
   * A whole number from `least` to `most`, small ones more often: as many between 1 and 10 as between
   * 10 and 100. For times, where the short and the long both matter.
   */
  spread(least: number, most: number): number {
    const low = Math.max(1, least)
    return Math.round(low * (most / low) ** drawUnit(this.#random))
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items.length === 0 ? undefined : items[drawInteger(this.#random, items.length)]
  }

  /** One of the keys; a key with twice the weight comes twice as often. */
  weighted<Key extends string>(weights: Readonly<Partial<Record<Key, number>>>): Key | undefined {
    const entries = Object.entries(weights) as [Key, number][]
    let left = drawUnit(this.#random) * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [key, weight] of entries) {
      left -= weight
      if (left < 0) return key
    }
    return undefined
  }

  /** 32 bits, for generators inside the simulated programs. */
  seed(): number {
    return drawInteger(this.#random, 2 ** 32)
  }
}
