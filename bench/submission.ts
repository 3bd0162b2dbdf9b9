// Drivers in cluster mode, on Hearth and on Spark's own daemons in alternating pairs: how many submissions a
// master takes over REST, how long who asks for a driver meanwhile waits, and how soon a driver is started.
import { isMainThread, workerData } from 'node:worker_threads'
import { setup } from '../test/support/provision.ts'
import { sparkHome, type SparkVersion } from '../test/support/spark-distributions.ts'
import {
  startHearth,
  startHearthMaster,
  startSpark,
  startSparkMaster,
  type MasterSubject,
} from './lib/clusters.ts'
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
/** As if each of 500 drivers were asked for once a second, as Airflow does. */
const STATUS_PER_SECOND = 500
/** Bursts before those of masters that have been running for a while count. */
const WARM_UPS = 6
const LAUNCHES = 50
const PROCESS_LAUNCHES = 10

export interface SubmissionBenchOptions {
  /** `rest` is with hollow workers, `launch` with real ones and processes; both when undefined. */
  readonly part: string | undefined
  /** Of each burst. */
  readonly drivers: number
  readonly pairs: number
  /** Pairs of masters that are started only to take the first burst. */
  readonly starts: number
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
  readonly launchMs: number
}
type Size = Parameters<typeof SubmissionCluster.start>[1]
type StartMaster = (sparkHome: string) => Promise<MasterSubject>

async function benchRest(options: SubmissionBenchOptions): Promise<void> {
  const { drivers, workers } = options
  if (drivers > workers * CORES_PER_WORKER) {
    throw new Error(
      `${drivers} drivers do not fit on ${workers} workers of ${CORES_PER_WORKER} cores: give more --workers`,
    )
  }
  const size = { workers, coresPerWorker: CORES_PER_WORKER, statusPerSecond: STATUS_PER_SECOND }
  const fresh = await fromFreshMasters(options, size)
  const running = await fromRunningMasters(options, size)
  const { say } = options
  say('')
  if (fresh.length > 1) describeBursts(`the first ${drivers} drivers of a master`, fresh, options)
  describeBursts(`${drivers} drivers of a master that has taken thousands`, running, options)
  say(
    describePairs(
      'create sent to launch order at a hollow worker',
      running.map(([ours, theirs]) => [ours.launchMs, theirs.launchMs]),
      { digits: 2 },
    ),
  )
}

async function fromFreshMasters(
  { drivers, starts, say }: SubmissionBenchOptions,
  size: Size,
): Promise<[Burst, Burst][]> {
  const bursts: [Burst, Burst][] = []
  await inTurns(starts, startHearthMaster, startSparkMaster, bursts, async (start: StartMaster) => {
    const cluster = await SubmissionCluster.start(await start(sparkHome(VERSION)), size)
    try {
      const burst = await cluster.burst(drivers)
      say(`${cluster.subject.name}, fresh: ${describeBurst(burst, drivers)}`)
      return burst
    } finally {
      await cluster.stop()
    }
  })
  return bursts
}

async function fromRunningMasters(
  { drivers, pairs, say }: SubmissionBenchOptions,
  size: Size,
): Promise<[Round, Round][]> {
  const home = sparkHome(VERSION)
  const hearth = await SubmissionCluster.start(await startHearthMaster(home), size)
  const spark = await SubmissionCluster.start(await startSparkMaster(home), size)
  const rounds: [Round, Round][] = []
  try {
    for (let index = 0; index < WARM_UPS; index += 1) {
      for (const cluster of [hearth, spark]) await cluster.burst(drivers)
    }
    await inTurns(pairs, hearth, spark, rounds, async (cluster) => {
      const burst = await cluster.burst(drivers)
      const launchMs = median(await cluster.launches(LAUNCHES))
      const launch = `create to launch order ${launchMs.toFixed(2)} ms`
      say(`${cluster.subject.name}: ${describeBurst(burst, drivers)}; ${launch}`)
      return { ...burst, launchMs }
    })
  } finally {
    await hearth.stop()
    await spark.stop()
  }
  return rounds
}

function describeBursts(
  what: string,
  bursts: readonly (readonly [Burst, Burst])[],
  { drivers, say }: SubmissionBenchOptions,
): void {
  const pairsOf = (of: (burst: Burst) => number) =>
    bursts.map(([ours, theirs]) => [of(ours), of(theirs)] as const)
  const rates = pairsOf(({ seconds }) => drivers / seconds)
  const cpu = pairsOf(({ cpuSeconds }) => (cpuSeconds * 1000) / drivers)
  const lastOrders = pairsOf(({ launchSeconds }) => launchSeconds * 1000)
  const statusAt = (part: number) => pairsOf(({ statusMs }) => percentile(statusMs, part))
  say(`${what}:`)
  say(describePairs('  accepted', rates, { unit: '/s', moreIsBetter: true }))
  say(describePairs('  the master’s CPU for each, status calls included', cpu, { digits: 2 }))
  say(describePairs('  first request to the last launch order', lastOrders))
  say(describePairs('  status meanwhile, 50 % of each burst', statusAt(0.5), { digits: 2 }))
  say(describePairs('  status meanwhile, 99 % of each burst', statusAt(0.99), { digits: 2 }))
  say(`  ${describeAllStatus(bursts)}`)
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
async function inTurns<Subjects, Result>(
  pairs: number,
  hearth: Subjects,
  spark: Subjects,
  results: [Result, Result][],
  measure: (subject: Subjects) => Promise<Result>,
): Promise<void> {
  for (let index = 0; index < pairs; index += 1) {
    const first = await measure(index % 2 === 0 ? hearth : spark)
    const second = await measure(index % 2 === 0 ? spark : hearth)
    results.push(index % 2 === 0 ? [first, second] : [second, first])
  }
}

function describeBurst({ seconds, statusMs }: Burst, drivers: number): string {
  const at = (part: number) => percentile(statusMs, part).toFixed(2)
  return (
    `${(drivers / seconds).toFixed(0)} drivers/s; ${statusMs.length} status calls meanwhile, ` +
    `50 % ${at(0.5)} ms, 99 % ${at(0.99)} ms`
  )
}

// A burst that is over soon has few calls in it: the tail of all bursts together says more.
function describeAllStatus(bursts: readonly (readonly [Burst, Burst])[]): string {
  const [ours, theirs] = ([0, 1] as const).map((side) =>
    bursts.flatMap((pair) => pair[side].statusMs),
  ) as [number[], number[]]
  const at = (part: number) => {
    const both = [percentile(ours, part), percentile(theirs, part)] as const
    return `${part * 100} % Hearth ${both[0].toFixed(2)} ms, Spark ${both[1].toFixed(2)} ms, ratio ${(both[0] / both[1]).toFixed(3)}`
  }
  return `status meanwhile, ${ours.length} and ${theirs.length} calls of all bursts: ${at(0.5)}; ${at(0.99)}`
}
