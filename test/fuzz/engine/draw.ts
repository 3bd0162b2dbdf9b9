// Draws from a seeded generator.
import { drawInteger, drawUnit, type RandomState } from '@hearth/common/domain/random.ts'

export function chance(random: RandomState, probability: number): boolean {
  return drawUnit(random) < probability
}

/** One of the items; there is at least one. */
export function pick<Item>(random: RandomState, items: readonly Item[]): Item {
  return items[drawInteger(random, items.length)] as Item
}

/** A place within something of that length; 0 when it is empty. */
export function place(random: RandomState, length: number): number {
  return length === 0 ? 0 : drawInteger(random, length)
}

export function randomBytes(random: RandomState, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => drawInteger(random, 256))
}

/** A stretch of something of that length, more often short than long. */
export function stretch(random: RandomState, length: number): [start: number, end: number] {
  const start = place(random, length)
  const most = chance(random, 0.8) ? Math.min(64, length - start) : length - start
  return [start, start + drawInteger(random, most + 1)]
}

/** The bytes in chunks as a network may cut them: whole, in a few pieces, or byte by byte. */
export function cut(random: RandomState, bytes: Uint8Array): Uint8Array[] {
  const manner = drawInteger(random, 4)
  if (manner === 0 || bytes.length === 0) return [bytes]
  const most = manner === 1 && bytes.length < 512 ? 1 : manner === 2 ? 40 : bytes.length
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + drawInteger(random, most)
    chunks.push(bytes.subarray(at, end))
    at = end
  }
  return chunks
}
