// The scheduling rows of Spark's MasterSuite (3.5 and 4.x) that concern one application: three workers
// of 10 cores and 512 MiB; S spreads out, P packs.
import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { assignCores, type CoreRequest } from './assign-cores.ts'

const WORKERS = [1, 2, 3].map(() => ({ cores: 10, memoryMb: 512 }))

function cores(request: Partial<CoreRequest>, spreadOut: boolean): number[] {
  const whole: CoreRequest = {
    coresPerExecutor: null,
    memoryMbPerExecutor: 128,
    coresLeft: Number.POSITIVE_INFINITY,
    executorsLeft: Number.POSITIVE_INFINITY,
    ...request,
  }
  return assignCores(whole, WORKERS, spreadOut).map((assigned) => assigned.cores)
}

const SMALL = { memoryMbPerExecutor: 32 }
const ROWS: [string, Partial<CoreRequest>, number[], number[]][] = [
  ['S-01 basic', {}, [10, 10, 10], [10, 10, 10]],
  ['S-02 more memory', { memoryMbPerExecutor: 384 }, [10, 10, 10], [10, 10, 10]],
  ['S-03 cap 8', { coresLeft: 8 }, [3, 3, 2], [8, 0, 0]],
  ['S-04 cap 16', { coresLeft: 16 }, [6, 5, 5], [10, 6, 0]],
  ['S-05 2 cores, memory binds', { coresPerExecutor: 2 }, [8, 8, 8], [8, 8, 8]],
  ['S-06 2 cores', { ...SMALL, coresPerExecutor: 2 }, [10, 10, 10], [10, 10, 10]],
  ['S-07 3 cores', { ...SMALL, coresPerExecutor: 3 }, [9, 9, 9], [9, 9, 9]],
  ['S-08 2 cores, cap 4', { ...SMALL, coresPerExecutor: 2, coresLeft: 4 }, [2, 2, 0], [4, 0, 0]],
  [
    'S-09 2 cores, cap 20',
    { ...SMALL, coresPerExecutor: 2, coresLeft: 20 },
    [8, 6, 6],
    [10, 10, 0],
  ],
  ['S-10 3 cores, cap 20', { ...SMALL, coresPerExecutor: 3, coresLeft: 20 }, [6, 6, 6], [9, 9, 0]],
  ['S-11 limit 0', { executorsLeft: 0 }, [0, 0, 0], [0, 0, 0]],
  ['S-11 limit 2', { executorsLeft: 2 }, [10, 10, 0], [10, 10, 0]],
  ['S-11 limit 5', { executorsLeft: 5 }, [10, 10, 10], [10, 10, 10]],
  ['S-12 limit 2, cap 16', { executorsLeft: 2, coresLeft: 16 }, [8, 8, 0], [10, 6, 0]],
  ['S-12 limit 5, cap 16', { executorsLeft: 5, coresLeft: 16 }, [6, 5, 5], [10, 6, 0]],
  [
    'S-13 4 cores, limit 2',
    { ...SMALL, coresPerExecutor: 4, executorsLeft: 2 },
    [4, 4, 0],
    [8, 0, 0],
  ],
  [
    'S-13 4 cores, limit 5',
    { ...SMALL, coresPerExecutor: 4, executorsLeft: 5 },
    [8, 8, 4],
    [8, 8, 4],
  ],
  [
    'S-14 4 cores, limit 5, cap 18',
    { ...SMALL, coresPerExecutor: 4, executorsLeft: 5, coresLeft: 18 },
    [8, 4, 4],
    [8, 8, 0],
  ],
]

describe.each(ROWS)('%s', (_name, request, spread, packed) => {
  test('spread out', () => expect(cores(request, true)).toEqual(spread))
  test('packed', () => expect(cores(request, false)).toEqual(packed))
})

test('never gives what a worker does not have, and never more than was asked', () => {
  const worker = fc.record({ cores: fc.nat({ max: 12 }), memoryMb: fc.nat({ max: 1024 }) })
  fc.assert(
    fc.property(
      fc.array(worker, { maxLength: 6 }),
      fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
      fc.integer({ min: 1, max: 512 }),
      fc.nat({ max: 40 }),
      fc.nat({ max: 9 }),
      fc.boolean(),
      (workers, coresPerExecutor, memoryMbPerExecutor, coresLeft, executorsLeft, spreadOut) => {
        const request = { coresPerExecutor, memoryMbPerExecutor, coresLeft, executorsLeft }
        const assigned = assignCores(request, workers, spreadOut)
        for (const [index, { cores: given, executors }] of assigned.entries()) {
          const free = workers[index]
          expect(given).toBeLessThanOrEqual(free?.cores ?? 0)
          expect(executors * memoryMbPerExecutor).toBeLessThanOrEqual(free?.memoryMb ?? 0)
          if (coresPerExecutor !== null) expect(given).toBe(executors * coresPerExecutor)
        }
        const total = (of: 'cores' | 'executors') => assigned.reduce((sum, one) => sum + one[of], 0)
        expect(total('cores')).toBeLessThanOrEqual(coresLeft)
        expect(total('executors')).toBeLessThanOrEqual(executorsLeft)
      },
    ),
  )
})
