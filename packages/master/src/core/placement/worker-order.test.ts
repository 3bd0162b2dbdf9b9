import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { WorkerId } from '@hearth/common/domain/ids.ts'
import { SELECTION_POLICIES, WorkerOrder, type Candidate } from './worker-order.ts'

function worker(id: string, cores: number, memoryMb: number): Candidate {
  return { id: id as WorkerId, free: { cores, memoryMb } }
}

function idsOf(order: WorkerOrder<Candidate>): string[] {
  const ids: string[] = []
  order.visit(({ id }) => ids.push(id) > 0)
  return ids
}

describe('S-18 each selection policy puts its worker first', () => {
  const workers = [worker('w2', 4, 100), worker('w3', 8, 50), worker('w1', 6, 200)]
  it.each([
    ['CORES_FREE_ASC', ['w2', 'w1', 'w3']],
    ['CORES_FREE_DESC', ['w3', 'w1', 'w2']],
    ['MEMORY_FREE_ASC', ['w3', 'w2', 'w1']],
    ['MEMORY_FREE_DESC', ['w1', 'w2', 'w3']],
    ['WORKER_ID', ['w1', 'w2', 'w3']],
  ] as const)('S-18 %s', (policy, expected) => {
    const order = new WorkerOrder<Candidate>(policy)
    for (const one of workers) order.place(one)
    expect(idsOf(order)).toEqual(expected)
  })
})

test('stays sorted through any changes, with many equal workers and many blocks', () => {
  const change = fc.record({
    id: fc.nat({ max: 700 }),
    cores: fc.nat({ max: 5 }),
    memoryMb: fc.nat({ max: 1000 }),
    isRemoved: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.constantFrom(...SELECTION_POLICIES),
      fc.array(change, { minLength: 1, maxLength: 3000, size: 'max' }),
      (policy, changes) => {
        const order = new WorkerOrder<Candidate>(policy)
        const expected = new Map<string, Candidate>()
        for (const { id, cores, memoryMb, isRemoved } of changes) {
          const one = worker(`w${id}`, cores, memoryMb)
          if (isRemoved) {
            order.remove(one.id)
            expected.delete(one.id)
          } else {
            order.place(one)
            expected.set(one.id, one)
          }
        }
        const sorted = [...expected.values()].sort((a, b) => {
          const sign = policy.endsWith('DESC') ? -1 : 1
          const of = ({ free }: Candidate) =>
            policy === 'WORKER_ID' ? 0 : policy.startsWith('CORES') ? free.cores : free.memoryMb
          return sign * (of(a) - of(b)) || (a.id < b.id ? -1 : 1)
        })
        expect(order.size).toBe(sorted.length)
        expect(idsOf(order)).toEqual(sorted.map(({ id }) => id))
      },
    ),
    { numRuns: 30 },
  )
})
