// Drivers in cluster mode, on Hearth and on Spark's own daemons in alternating pairs: how many submissions a
// master takes over REST, how long who asks for a driver meanwhile waits, and how soon a driver is started.
import { isMainThread, workerData } from 'node:worker_threads'
import { setup } from '../test/support/provision.ts'
import { sparkHome, type SparkVersion } from '../test/support/spark-distributions.ts'
import { startHearth, startHearthMaster, startSpark, startSparkMaster } from './lib/clusters.ts'
import { describePairs, median, percentile } from './lib/statistics.ts'
import { HOLLOW_POOL, runHollowPool, type HollowPoolTask } from './submission/hollow-pool-thread.ts'
import { ProcessLaunches } from './submission/process-launches.ts'
import {
  runStatusCaller,
  STATUS_CALLER,
  type StatusCallerTask,
} from './submission/status-caller-thread.ts'
import { SubmissionCluster, type Burst } from './submission/submission-cluster.ts'

const VERSION: SparkVersion = '4.3.0'
const CORES_PER_WORKER = 16
const STATUS_PER_SECOND = 500
/** Bursts before anything counts: a JVM is warm after some thousands of requests. */
const WARM_UPS = 4
const LAUNCHES = 50
const PROCESS_LAUNCHES = 10

export interface SubmissionBenchOptions {
  /** `rest` is with hollow workers, `launch` with real ones and processes; both when undefined. */
  readonly part: string | undefined
  /** Of each burst. */
  readonly drivers: number
  readonly pairs: number
  /** Hollow ones of each master. */
  readonly workers: number
  readonly say: (line: string) => void
}

/** In a thread of {@link benchSubmission}: does its part. False in every other thread. */
export async function runAsSubmissionThread(): Promise<boolean> {
  if (isMainThread) return false
  const task = workerData as HollowPoolTask | StatusCallerTask | { readonly part: undefined }
  if (task.part === HOLLOW_POOL) await runHollowPool(task)
  else if (task.part === STATUS_CALLER) await runStatusCaller(task)
  else return false
  return true
}

export async function benchSubmission(options: SubmissionBenchOptions): Promise<void> {
  await setup()
  if (options.part !== 'launch') await benchRest(options)
  if (options.part !== 'rest') await benchLaunch(options)
}

interface Round extends Burst {
  readonly rate: number
  readonly launchMs: number
}

async function benchRest({ drivers, pairs, workers, say }: SubmissionBenchOptions): Promise<void> {
  const home = sparkHome(VERSION)
  const size = { workers, coresPerWorker: CORES_PER_WORKER, statusPerSecond: STATUS_PER_SECOND }
  if (drivers > workers * CORES_PER_WORKER) {
    throw new Error(
      `${drivers} drivers do not fit on ${workers} workers of ${CORES_PER_WORKER} cores: give more --workers`,
    )
  }
  const hearth = await SubmissionCluster.start(await startHearthMaster(home), size)
  const spark = await SubmissionCluster.start(await startSparkMaster(home), size)
  const rounds: [Round, Round][] = []
  try {
    for (let index = 0; index < WARM_UPS; index += 1) {
      for (const cluster of [hearth, spark]) {
        const { seconds } = await cluster.burst(drivers)
        const rate = (drivers / seconds).toFixed(0)
        say(`${cluster.subject.name}: burst ${index + 1} of a fresh master, ${rate} drivers/s`)
      }
    }
    await inTurns(pairs, hearth, spark, rounds, async (cluster) => {
      const burst = await cluster.burst(drivers)
      const launchMs = median(await cluster.launches(LAUNCHES))
      const round = { ...burst, rate: drivers / burst.seconds, launchMs }
      say(`${cluster.subject.name}: ${describeRound(round)}`)
      return round
    })
  } finally {
    await hearth.stop()
    await spark.stop()
  }
  const pairsOf = (of: (round: Round) => number) =>
    rounds.map(([ours, theirs]) => [of(ours), of(theirs)] as const)
  const statusAt = (part: number) => pairsOf(({ statusMs }) => percentile(statusMs, part))
  say('')
  say(
    describePairs(
      `${drivers} drivers created over REST`,
      pairsOf(({ rate }) => rate),
      { unit: '/s', moreIsBetter: true },
    ),
  )
  say(
    describePairs(
      '  the master’s CPU for each, status calls meanwhile included',
      pairsOf(({ cpuSeconds }) => (cpuSeconds * 1000) / drivers),
      { digits: 2 },
    ),
  )
  say(
    describePairs(
      '  first request to the last launch order',
      pairsOf(({ launchSeconds }) => launchSeconds * 1000),
    ),
  )
  say(describePairs('status meanwhile, 50 % of each burst', statusAt(0.5), { digits: 2 }))
  say(describePairs('status meanwhile, 99 % of each burst', statusAt(0.99), { digits: 2 }))
  say(describeAllStatus(rounds))
  say(
    describePairs(
      'create sent to launch order at a hollow worker',
      pairsOf(({ launchMs }) => launchMs),
      { digits: 2 },
    ),
  )
}

async function benchLaunch({ pairs, say }: SubmissionBenchOptions): Promise<void> {
  const worker = { sparkHome: sparkHome(VERSION), cores: 4, memory: '4g' }
  const hearth = ProcessLaunches.start(await startHearth(worker))
  const spark = ProcessLaunches.start(await startSpark(worker))
  const rounds: [number, number][] = []
  try {
    for (let index = 0; index < WARM_UPS; index += 1) {
      for (const cluster of [hearth, spark]) await cluster.launches(PROCESS_LAUNCHES)
    }
    await inTurns(pairs, hearth, spark, rounds, async (cluster) => {
      const times = await cluster.launches(PROCESS_LAUNCHES)
      const [least, most] = [Math.min(...times), Math.max(...times)]
      say(
        `${cluster.subject.name}: create to process ${median(times).toFixed(1)} ms (${least.toFixed(1)}–${most.toFixed(1)})`,
      )
      return median(times)
    })
  } finally {
    await hearth.stop()
    await spark.stop()
  }
  say('')
  say(describePairs('create sent to the driver’s process', rounds, { digits: 1 }))
}

// The order within a pair changes from pair to pair, so that a drift of the machine favours nobody.
async function inTurns<Cluster, Result>(
  pairs: number,
  hearth: Cluster,
  spark: Cluster,
  results: [Result, Result][],
  measure: (cluster: Cluster) => Promise<Result>,
): Promise<void> {
  for (let index = 0; index < pairs; index += 1) {
    const first = await measure(index % 2 === 0 ? hearth : spark)
    const second = await measure(index % 2 === 0 ? spark : hearth)
    results.push(index % 2 === 0 ? [first, second] : [second, first])
  }
}

function describeRound({ rate, statusMs, launchMs }: Round): string {
  const at = (part: number) => percentile(statusMs, part).toFixed(2)
  return (
    `${rate.toFixed(0)} drivers/s; ${statusMs.length} status calls meanwhile, 50 % ${at(0.5)} ms, ` +
    `99 % ${at(0.99)} ms; create to launch order ${launchMs.toFixed(2)} ms`
  )
}

// A burst that is over soon has few calls in it: the tail of all bursts together says more.
function describeAllStatus(rounds: readonly (readonly [Round, Round])[]): string {
  const [ours, theirs] = ([0, 1] as const).map((side) =>
    rounds.flatMap((pair) => pair[side].statusMs),
  ) as [number[], number[]]
  const at = (part: number) => {
    const both = [percentile(ours, part), percentile(theirs, part)] as const
    return `${part * 100} % Hearth ${both[0].toFixed(2)} ms, Spark ${both[1].toFixed(2)} ms, ratio ${(both[0] / both[1]).toFixed(3)}`
  }
  return `status meanwhile, ${ours.length} and ${theirs.length} calls of all bursts: ${at(0.5)}; ${at(0.99)}`
}
