import { expect, test } from 'vitest'
import { ByteBudget } from './byte-budget.ts'

class Holder {
  readonly evictions: string[] = []
  evict(reason: string): void {
    this.evictions.push(reason)
  }
}

test('adds up what its holders hold now', () => {
  const budget = new ByteBudget(100, 'crumbs')
  const [a, b] = [new Holder(), new Holder()]
  budget.set(a, 30)
  budget.set(b, 40)
  budget.set(a, 10)
  expect(budget.total).toBe(50)
  budget.set(b, 0)
  budget.set(b, 0)
  expect(budget.total).toBe(10)
})

test('at the limit nobody is evicted, beyond it the largest is', () => {
  const budget = new ByteBudget(100, 'crumbs')
  const [small, large, last] = [new Holder(), new Holder(), new Holder()]
  budget.set(small, 20)
  budget.set(large, 60)
  budget.set(last, 20)
  expect(large.evictions).toEqual([])
  budget.set(last, 21)
  expect(large.evictions).toEqual([
    'all connections together hold more than 100 bytes of crumbs, this one most of them (60)',
  ])
  expect([...small.evictions, ...last.evictions]).toEqual([])
  expect(budget.total).toBe(41)
})

test('a newcomer that is the largest goes itself', () => {
  const budget = new ByteBudget(100, 'crumbs')
  const [old, newcomer] = [new Holder(), new Holder()]
  budget.set(old, 50)
  budget.set(newcomer, 1_000)
  expect(newcomer.evictions).toHaveLength(1)
  expect(old.evictions).toEqual([])
  expect(budget.total).toBe(50)
})

test('an evicted holder that reports 0 again does not count twice', () => {
  const budget = new ByteBudget(10, 'crumbs')
  const holder = {
    evict: () => {
      budget.set(holder, 0)
    },
  }
  budget.set(holder, 11)
  expect(budget.total).toBe(0)
})
