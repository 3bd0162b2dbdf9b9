import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ByteQueue } from './byte-queue.ts'

const LARGE = 64 * 1024

function filled(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff)
}

test('what goes in comes out, whatever the sizes of the chunks', () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: LARGE / 4 - 2, max: LARGE / 4 + 2 }),
    fc.integer({ min: LARGE - 2, max: LARGE + 2 }),
  )
  fc.assert(
    fc.property(fc.array(size, { maxLength: 12 }), (sizes) => {
      const queue = new ByteQueue()
      const chunks = sizes.map(filled)
      for (const chunk of chunks) queue.push(chunk)
      expect(queue.length).toBe(sizes.reduce((sum, one) => sum + one, 0))
      expect(Buffer.compare(queue.take(), Buffer.concat(chunks))).toBe(0)
      expect(queue.length).toBe(0)
      queue.push(Uint8Array.of(7))
      expect([...queue.take()]).toEqual([7])
    }),
  )
})

// A chunk kept by reference costs a hundred times its bytes when it has only one.
test('small chunks are copied, not kept', () => {
  const queue = new ByteQueue()
  const chunk = new Uint8Array(1)
  for (let at = 0; at < 1_000; at++) {
    chunk[0] = at & 0xff
    queue.push(chunk)
  }
  expect(queue.take()).toEqual(Uint8Array.from({ length: 1_000 }, (_, at) => at & 0xff))
})

test('a single large chunk is handed on as it is', () => {
  const queue = new ByteQueue()
  const chunk = filled(LARGE, 1)
  queue.push(chunk)
  expect(queue.take()).toBe(chunk)
})
