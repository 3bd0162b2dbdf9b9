// Randomness as data: a seeded generator whose whole state is one number, so that it can live in a
// core, be copied with it, and give the same answers when a log is replayed. Not for secrets.

export interface RandomState {
  /** 32 bits; every draw replaces it. */
  seed: number
}

/** A generator; only the low 32 bits of the seed count. */
export function createRandom(seed: number): RandomState {
  return { seed: seed >>> 0 }
}

/** Draws a number in [0, 1). The generator is mulberry32: one pass over all 2^32 states. */
export function drawUnit(random: RandomState): number {
  random.seed = (random.seed + 0x6d2b79f5) >>> 0
  let mixed = random.seed
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

/** Draws an integer in [0, bound); `bound` is at least 1. */
export function drawInteger(random: RandomState, bound: number): number {
  return Math.floor(drawUnit(random) * bound)
}

/** A new array with the same items in an order drawn from `random`. */
export function shuffled<Item>(random: RandomState, items: readonly Item[]): Item[] {
  const result = [...items]
  for (let end = result.length - 1; end > 0; end--) {
    const other = drawInteger(random, end + 1)
    const moved = result[end] as Item
    result[end] = result[other] as Item
    result[other] = moved
  }
  return result
}
