// Mutated inputs by the million to everything that reads a peer's bytes. Each target runs in a thread of
// its own, one after the other: a thread that hangs or wants too much memory is ended from outside.
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import {
  formatFinding,
  HANG_MS,
  hexOf,
  MAX_SHOWN_BYTES,
  type Finding,
} from '../test/fuzz/engine/run-target.ts'
import type { FuzzTarget } from '../test/fuzz/engine/target.ts'
import { TARGETS } from '../test/fuzz/targets.ts'
import { runFuzzThread, type FuzzReport, type FuzzTask } from './fuzz/thread.ts'

export interface FuzzBenchOptions {
  readonly inputs: number
  readonly seed: number
  /** One alone; all when absent. */
  readonly target: string | undefined
  /** The index of one input, to see it again. */
  readonly input: number | undefined
  readonly say: (line: string) => void
}

const MIB = 1024 * 1024
/** Objects of the thread: several times what the decoders' own limits let one message cost. */
const MAX_HEAP_MB = 256
const HANG_CHECK_MS = 500
/** A thread that says nothing for so long will not say anything. */
const STUCK_MS = 20 * HANG_MS

/** Runs the targets and prints what each did; the exit code is 1 when anything was found. */
export async function benchFuzz(options: FuzzBenchOptions): Promise<void> {
  const { say, seed, inputs, input } = options
  const chosen = TARGETS.filter(
    ({ name }) => options.target === undefined || name === options.target,
  )
  if (chosen.length === 0) {
    say(`no target is called ${options.target}; the targets are`)
    for (const { name, about } of TARGETS) say(`  ${name.padEnd(26)} ${about}`)
    process.exitCode = 2
    return
  }
  const shares = chosen.reduce((sum, { share }) => sum + share, 0)
  const reports: FuzzReport[] = []
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  for (const target of chosen) {
    const count = input === undefined ? Math.ceil((inputs * target.share) / shares) : 1
    reports.push(await fuzz(target, { target: target.name, seed, first: input ?? 0, count }, say))
  }
  const total = reports.reduce((sum, report) => sum + report.inputs, 0)
  const found = reports.reduce((sum, { findings }) => sum + findings.length, 0)
  const seconds = (performance.now() - startedAt) / 1000
  const peak = Math.max(...reports.map(({ peakBytes }) => peakBytes)) / MIB
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpuSeconds = (user + system) / 1_000_000
  const rss = process.resourceUsage().maxRSS / 1024
  say('')
  say(
    `${total} inputs to ${reports.length} targets, seed ${seed}: ${found} findings; ${seconds.toFixed(0)} s, ` +
      `${cpuSeconds.toFixed(0)} s of CPU, ${(total / cpuSeconds).toFixed(0)} inputs/s of a core; at most ${peak.toFixed(0)} MiB in a thread, ${rss.toFixed(0)} MiB of the process`,
  )
  if (found > 0) process.exitCode = 1
}

async function fuzz(
  target: FuzzTarget,
  task: FuzzTask,
  say: (line: string) => void,
): Promise<FuzzReport> {
  const before = process.cpuUsage()
  const report = await runInThread(task)
  // The machine may be busy with other things: what counts is the time of a core.
  const { user, system } = process.cpuUsage(before)
  const rate = ((report.inputs * 1_000_000) / (user + system)).toFixed(0)
  const taken = ((100 * report.taken) / Math.max(1, report.inputs)).toFixed(0)
  say(
    `${target.name.padEnd(26)} ${String(report.inputs).padStart(9)} inputs ${rate.padStart(7)}/s of a core  ` +
      `${taken.padStart(3)} % taken  slowest ${report.slowestMs.toFixed(0).padStart(4)} ms  ` +
      `peak ${(report.peakBytes / MIB).toFixed(0).padStart(3)} MiB  grown ${(report.grownBytes / MIB).toFixed(1).padStart(5)} MiB  ` +
      `${report.findings.length} findings`,
  )
  for (const finding of report.findings) say(formatFinding(finding))
  return report
}

/** The index of the input that a thread is at, and its bytes, readable while it hangs. */
interface Shared {
  readonly state: Int32Array
  readonly bytes: Uint8Array
}

async function runInThread(task: FuzzTask): Promise<FuzzReport> {
  const state = new Int32Array(new SharedArrayBuffer(8))
  const bytes = new Uint8Array(new SharedArrayBuffer(MAX_SHOWN_BYTES))
  // The program that runs is its own bundle, so it is also the thread's.
  const thread = new Worker(process.argv[1] ?? '', {
    workerData: { ...task, state, bytes },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  })
  let report: FuzzReport | undefined
  let problem: string | undefined
  let [lastIndex, sinceMs] = [-1, performance.now()]
  const check = setInterval(() => {
    const index = Atomics.load(state, 0)
    if (index !== lastIndex) [lastIndex, sinceMs] = [index, performance.now()]
    if (performance.now() - sinceMs < STUCK_MS) return
    problem = `one input did not end within ${STUCK_MS} ms`
    void thread.terminate()
  }, HANG_CHECK_MS)
  thread.on('message', (message: FuzzReport) => (report = message))
  thread.on('error', (error) => (problem ??= `the thread died: ${String(error)}`))
  await new Promise((resolve) => thread.once('exit', resolve))
  clearInterval(check)
  return report ?? lost(task, problem ?? 'the thread ended without a report', { state, bytes })
}

function lost(task: FuzzTask, problem: string, { state, bytes }: Shared): FuzzReport {
  const index = Atomics.load(state, 0)
  const hex = hexOf(bytes.slice(0, Atomics.load(state, 1)))
  const finding: Finding = { target: task.target, seed: task.seed, index, problem, hex }
  const inputs = index - task.first + 1
  return { inputs, taken: 0, slowestMs: 0, findings: [finding], peakBytes: 0, grownBytes: 0 }
}

/** In a thread of {@link benchFuzz}: does its task. False in the main thread. */
export async function runAsFuzzThread(): Promise<boolean> {
  if (isMainThread) return false
  await runFuzzThread(workerData as FuzzTask & Shared)
  return true
}
