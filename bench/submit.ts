// The same SparkPi on Hearth and on Spark's own daemons, in alternating pairs on one machine: what a
// user waits for, what a master takes, and what a restart costs.
import { sparkHome, type SparkVersion } from '../test/support/spark-distributions.ts'
import { setup } from '../test/support/provision.ts'
import { startHearth, startSpark } from './lib/clusters.ts'
import { timeToRunning } from './lib/time-to-running.ts'
import { describePairs } from './lib/statistics.ts'
import type { Subject } from './lib/subject.ts'
import { timeToFirstTask } from './lib/time-submit.ts'

const VERSION: SparkVersion = '4.3.0'
const WORKER = { sparkHome: '', cores: 2, memory: '2g' }

export interface SubmitBenchOptions {
  readonly pairs: number
  /** Pairs of cluster starts; each takes Spark some seconds. */
  readonly starts: number
  readonly say: (line: string) => void
}

export async function benchSubmit({ pairs, starts, say }: SubmitBenchOptions): Promise<void> {
  await setup()
  const worker = { ...WORKER, sparkHome: sparkHome(VERSION) }
  const startTimes: (readonly [Subject['start'], Subject['start']])[] = []
  for (let index = 0; index < starts; index += 1) {
    const ours = await startHearth(worker)
    await ours.stop()
    const theirs = await startSpark(worker)
    await theirs.stop()
    startTimes.push([ours.start, theirs.start])
    say(
      `start ${index + 1}: master ${round(ours.start.masterMs)}/${round(theirs.start.masterMs)} ms, worker ${round(ours.start.workerMs)}/${round(theirs.start.workerMs)} ms`,
    )
  }
  const hearth = await startHearth(worker)
  const spark = await startSpark(worker)
  try {
    // Both JVMs of Spark's daemons are warm before anything counts.
    for (const subject of [hearth, spark]) await timeToFirstTask(subject, VERSION)
    for (const subject of [hearth, spark, hearth, spark]) await timeToRunning(subject.masterUrl)
    const running = await inPairs(pairs, hearth, spark, (subject) =>
      timeToRunning(subject.masterUrl),
    )
    const firstTask = await inPairs(pairs, hearth, spark, async (subject) => {
      const elapsed = await timeToFirstTask(subject, VERSION)
      say(`${subject.name}: first task after ${round(elapsed)} ms`)
      return elapsed
    })
    say('')
    const pairsOf = (part: 'masterMs' | 'workerMs') =>
      startTimes.map(([ours, theirs]) => [ours[part], theirs[part]] as const)
    say(describePairs('master start to ready', pairsOf('masterMs')))
    say(describePairs('worker start to registered', pairsOf('workerMs')))
    say(describePairs('RegisterApplication to first executor RUNNING', running))
    say(describePairs('spark-submit to first task', firstTask))
  } finally {
    await hearth.stop()
    await spark.stop()
  }
}

// The order within a pair changes from pair to pair, so that a drift of the machine favours nobody.
async function inPairs(
  pairs: number,
  hearth: Subject,
  spark: Subject,
  measure: (subject: Subject) => Promise<number>,
): Promise<[number, number][]> {
  const results: [number, number][] = []
  for (let index = 0; index < pairs; index += 1) {
    if (index % 2 === 0) {
      const ours = await measure(hearth)
      results.push([ours, await measure(spark)])
    } else {
      const theirs = await measure(spark)
      results.push([await measure(hearth), theirs])
    }
  }
  return results
}

function round(ms: number): string {
  return ms.toFixed(0)
}
