import type { RandomBytes } from './random-bytes.ts'

/** The same bytes for the same seed: a conversation that was recorded with them can be repeated. */
export function seededRandom(seed: number): RandomBytes {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return state >> 16
  }
  return (count) => Uint8Array.from({ length: count }, next)
}
