// What placement costs: the core alone on a big empty and a big full pool, and a master with a full
// cluster on which a thousand applications wait, Hearth's beside Spark's.
import { provideSparks, sparkHome, type SparkVersion } from '../test/support/spark-distributions.ts'
import { startHearthMaster, startSparkMaster } from './lib/clusters.ts'
import { describePairs } from './lib/statistics.ts'
import { churnPool, fillPool, type CorePlacement } from './placement/core.ts'
import { waitOnFullPool } from './placement/core-waiting.ts'
import { FullCluster } from './placement/full-cluster.ts'

const VERSION: SparkVersion = '4.3.0'
const NODES = 10_000
const SEED = 1
const CORES_PER_WORKER = 16
const FIRST = 100
/** Where the CPU time is read on the way from {@link FIRST} to 1,000 waiting. */
const WAITING = 1000
const MARKS = [250, 500, WAITING]
const PASSES = { Hearth: 400, Spark: 40 }

export interface PlacementBenchOptions {
  /** `core`, `waiting`, or both. */
  readonly part: string | undefined
  readonly pairs: number
  /** Of the full cluster. */
  readonly workers: number
  readonly say: (line: string) => void
}

export async function benchPlacement(options: PlacementBenchOptions): Promise<void> {
  if (options.part !== 'waiting') benchCore(options)
  if (options.part !== 'core') await benchWaiting(options)
}

function benchCore({ pairs: runs, workers, say }: PlacementBenchOptions): void {
  const pool = { nodes: NODES, seed: SEED }
  const best = (name: string, run: () => CorePlacement) => {
    const all = Array.from({ length: runs }, run)
    const rates = all.map(({ placements, seconds }) => placements / seconds)
    const [{ placements, applications }] = all as [CorePlacement]
    say(
      `core, ${name}: ${placements} placements for ${applications} applications on ${NODES} nodes; ` +
        `${runs} runs: ${rates.map((rate) => `${(rate / 1000).toFixed(0)} k/s`).join(', ')} of one core`,
    )
  }
  best('an empty pool is filled', () => fillPool(pool))
  for (const perBatch of [1, 100, 1000]) {
    best(`a full pool, ${perBatch} executors end before each pass`, () =>
      churnPool(pool, { batches: 50, perBatch }),
    )
  }
  benchCoreWaiting(workers, say)
}

function benchCoreWaiting(workers: number, say: (line: string) => void): void {
  // The first time compiles.
  waitOnFullPool(workers, FIRST)
  for (const waiting of [...MARKS, 2 * WAITING]) {
    const { usPerRegistration, usPerEnd } = waitOnFullPool(workers, waiting)
    say(
      `core, ${workers} full nodes, ${waiting} waiting: ${usPerRegistration.toFixed(0)} µs for each that ` +
        `registers, ${usPerEnd.toFixed(0)} µs for an executor that ends and the pass that replaces it`,
    )
  }
}

interface Round {
  /** Seconds of CPU from each mark to the next. */
  readonly registering: readonly number[]
  readonly msPerPass: number
}

async function benchWaiting({ pairs, workers, say }: PlacementBenchOptions): Promise<void> {
  const size = { workers, coresPerWorker: CORES_PER_WORKER }
  await provideSparks()
  const home = sparkHome(VERSION)
  const hearth = await FullCluster.start(await startHearthMaster(home), size)
  const spark = await FullCluster.start(await startSparkMaster(home), size)
  const rounds: [Round, Round][] = []
  try {
    for (const cluster of [hearth, spark]) await cluster.waitingBecome(FIRST)
    for (let index = 0; index < pairs; index += 1) {
      // The order within a pair changes from pair to pair, so that a drift of the machine favours nobody.
      const first = await playRound(index % 2 === 0 ? hearth : spark, say)
      const second = await playRound(index % 2 === 0 ? spark : hearth, say)
      rounds.push(index % 2 === 0 ? [first, second] : [second, first])
    }
  } finally {
    await hearth.stop()
    await spark.stop()
  }
  const pairsOf = (of: (round: Round) => number) =>
    rounds.map(([ours, theirs]) => [of(ours), of(theirs)] as const)
  const total = ({ registering }: Round) => registering.reduce((sum, part) => sum + part, 0)
  say('')
  say(
    describePairs('900 applications register, seconds of the master’s CPU', pairsOf(total), {
      unit: 's',
      digits: 2,
    }),
  )
  MARKS.forEach((mark, at) => {
    const from = MARKS[at - 1] ?? FIRST
    say(
      describePairs(
        `  one registration, from ${from} to ${mark} waiting`,
        pairsOf(({ registering }) => ((registering[at] ?? 0) * 1000) / (mark - from)),
        { digits: 2 },
      ),
    )
  })
  say(
    describePairs(
      'one pass with 1,000 waiting',
      pairsOf(({ msPerPass }) => msPerPass),
      { digits: 2 },
    ),
  )
}

async function playRound(cluster: FullCluster, say: (line: string) => void): Promise<Round> {
  const registering: number[] = []
  for (const mark of MARKS) registering.push(await cluster.waitingBecome(mark))
  const { name } = cluster.subject
  const msPerPass = (await cluster.passes(PASSES[name])) * 1000
  await cluster.waitingShrink(FIRST)
  const parts = registering.map((seconds) => `${seconds.toFixed(2)} s`).join(' + ')
  say(`${name}: ${parts} of CPU to ${MARKS.join(', ')} waiting; ${msPerPass.toFixed(2)} ms a pass`)
  return { registering, msPerPass }
}
