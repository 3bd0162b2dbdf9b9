import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom, drawInteger, drawUnit, shuffled } from './random.ts'

test('the same seed gives the same numbers, and a copied state goes on alike', () => {
  const one = createRandom(7)
  const two = createRandom(7)
  const first = [drawUnit(one), drawUnit(one), drawUnit(one)]
  expect([drawUnit(two), drawUnit(two), drawUnit(two)]).toEqual(first)
  const copy = { ...one }
  expect(drawUnit(copy)).toBe(drawUnit(one))
  expect(new Set(first).size).toBe(3)
})

test('draws stay in range and reach every part of it', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, bound) => {
      const random = createRandom(seed)
      for (let i = 0; i < 50; i++) {
        const drawn = drawInteger(random, bound)
        expect(drawn).toBeGreaterThanOrEqual(0)
        expect(drawn).toBeLessThan(bound)
      }
    }),
  )
  const random = createRandom(1)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 10_000; i++) {
    const drawn = drawInteger(random, 10)
    counts[drawn] = (counts[drawn] ?? 0) + 1
  }
  for (const count of counts) expect(count).toBeGreaterThan(850)
})

test('a shuffle keeps the items, leaves its argument alone, and depends on the seed', () => {
  const items = Array.from({ length: 20 }, (_, index) => index)
  const order = shuffled(createRandom(3), items)
  expect(items).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect([...order].sort((a, b) => a - b)).toEqual(items)
  expect(order).not.toEqual(items)
  expect(shuffled(createRandom(4), items)).not.toEqual(order)
})
