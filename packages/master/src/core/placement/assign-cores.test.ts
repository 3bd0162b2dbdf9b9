// The scheduling rows of Spark's MasterSuite (3.5 and 4.x) that concern one application: three workers
// of 10 cores and 512 MiB; S spreads out, P packs.
import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import type { WorkerId } from '@hearth/common/domain/ids.ts'
import { assignCores, type Candidates } from './assign-cores.ts'
import type { Candidate } from './worker-order.ts'

interface Request {
  readonly coresPerExecutor: number | null
  readonly memoryMbPerExecutor: number
  readonly gpusPerExecutor?: number
  readonly coresLeft: number
  readonly executorsLeft: number
}

const WORKERS = [1, 2, 3].map(() => ({ cores: 10, memoryMb: 512 }))

function divide(request: Request, workers: readonly Candidate['free'][], spreadOut: boolean) {
  const candidates = workers.map((free, index) => ({ id: `w${index}` as WorkerId, free }))
  const order: Candidates<Candidate> = {
    policy: 'WORKER_ID',
    size: candidates.length,
    visit: (visit) => void candidates.every(visit),
  }
  const { coresPerExecutor, memoryMbPerExecutor, gpusPerExecutor, coresLeft, executorsLeft } =
    request
  const custom = gpusPerExecutor === undefined ? {} : { custom: { gpu: gpusPerExecutor } }
  const executor = { cores: coresPerExecutor, memoryMb: memoryMbPerExecutor, ...custom }
  const division = assignCores({ executor, coresLeft, executorsLeft }, order, spreadOut)
  const given = candidates.map(
    ({ id }) =>
      division.assigned.find(({ worker }) => worker.id === id) ?? { cores: 0, executors: 0 },
  )
  return { given, shortage: division.shortage }
}

function cores(request: Partial<Request>, spreadOut: boolean): number[] {
  const whole: Request = {
    coresPerExecutor: null,
    memoryMbPerExecutor: 128,
    coresLeft: Number.POSITIVE_INFINITY,
    executorsLeft: Number.POSITIVE_INFINITY,
    ...request,
  }
  return divide(whole, WORKERS, spreadOut).given.map((assigned) => assigned.cores)
}

const SMALL = { memoryMbPerExecutor: 32 }
const ROWS: [string, Partial<Request>, number[], number[]][] = [
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
  ['S-12 limit 0, cap 16', { executorsLeft: 0, coresLeft: 16 }, [0, 0, 0], [0, 0, 0]],
  ['S-12 limit 2, cap 16', { executorsLeft: 2, coresLeft: 16 }, [8, 8, 0], [10, 6, 0]],
  ['S-12 limit 5, cap 16', { executorsLeft: 5, coresLeft: 16 }, [6, 5, 5], [10, 6, 0]],
  [
    'S-13 4 cores, limit 0',
    { ...SMALL, coresPerExecutor: 4, executorsLeft: 0 },
    [0, 0, 0],
    [0, 0, 0],
  ],
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
    'S-14 4 cores, limit 0, cap 18',
    { ...SMALL, coresPerExecutor: 4, executorsLeft: 0, coresLeft: 18 },
    [0, 0, 0],
    [0, 0, 0],
  ],
  [
    'S-14 4 cores, limit 2, cap 18',
    { ...SMALL, coresPerExecutor: 4, executorsLeft: 2, coresLeft: 18 },
    [4, 4, 0],
    [8, 0, 0],
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
        const assigned = divide(request, workers, spreadOut).given
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

test('custom resources bind like memory', () => {
  const free = { cores: 10, memoryMb: 4096, custom: { gpu: ['0', '1', '2'] } }
  const request = {
    ...{ coresPerExecutor: 1, memoryMbPerExecutor: 1, gpusPerExecutor: 2 },
    ...{ coresLeft: 100, executorsLeft: 100 },
  }
  const { given, shortage } = divide(request, [free, { cores: 10, memoryMb: 4096 }], true)
  expect(given.map(({ executors }) => executors)).toEqual([1, 0])
  expect([...shortage]).toEqual([['custom:gpu', 1]])
})

test('says what the workers lack', () => {
  const workers = [
    { cores: 1, memoryMb: 4096 },
    { cores: 9, memoryMb: 10 },
    { cores: 9, memoryMb: 20 },
  ]
  const request = { coresPerExecutor: 2, memoryMbPerExecutor: 100, coresLeft: 4, executorsLeft: 9 }
  expect([...divide(request, workers, false).shortage]).toEqual([
    ['cores', 1],
    ['memory', 2],
  ])
})
