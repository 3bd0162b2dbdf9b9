import { parentPort } from 'node:worker_threads'
import { heldBytes, settledBytes } from '../../test/fuzz/engine/memory.ts'
import {
  runTarget,
  type Finding,
  type InputRange,
  type Tally,
} from '../../test/fuzz/engine/run-target.ts'
import { TARGETS } from '../../test/fuzz/targets.ts'

export interface FuzzTask extends InputRange {
  readonly target: string
}

export interface FuzzReport extends Tally {
  /** Most that the thread held at any time it was looked at. */
  readonly peakBytes: number
  /** What it holds more than after its first inputs. */
  readonly grownBytes: number
}

const MIB = 1024 * 1024
const WARM_UP_INPUTS = 2000
const MEASURE_EVERY = 256
const MAX_FINDINGS = 20
const STACK_FRAMES = 5
/** All that one input may leave behind or hold, over all that live beside it. */
const MAX_PEAK_BYTES = 384 * MIB
const MAX_GROWN_BYTES = 32 * MIB

/** Runs a target and posts its report; `state` and `bytes` tell outside what it is at. */
export async function runFuzzThread({
  target: name,
  state,
  bytes,
  ...range
}: FuzzTask & { readonly state: Int32Array; readonly bytes: Uint8Array }): Promise<void> {
  const target = TARGETS.find((one) => one.name === name)
  if (target === undefined) throw new Error(`no target ${name}`)
  // Most inputs are refused with an error: a shorter trace is what they cost less.
  Error.stackTraceLimit = STACK_FRAMES
  let peakBytes = 0
  let findings = 0
  const watch = {
    onInput: (index: number) => {
      Atomics.store(state, 0, index)
      if (index % MEASURE_EVERY === 0) peakBytes = Math.max(peakBytes, heldBytes())
    },
    onBytes: (noted: Uint8Array) => {
      const shown = noted.subarray(0, bytes.length)
      bytes.set(shown)
      Atomics.store(state, 1, shown.length)
    },
    onFinding: () => (findings += 1) < MAX_FINDINGS,
  }
  const warmUp = Math.min(WARM_UP_INPUTS, range.count)
  const first = await runTarget(target, { ...range, count: warmUp }, watch)
  const before = await settledBytes()
  const rest = { ...range, first: range.first + warmUp, count: range.count - warmUp }
  const second = await runTarget(target, rest, watch)
  const grownBytes = (await settledBytes()) - before
  const lastIndex = range.first + range.count - 1
  const ofMemory = (problem: string): Finding => {
    return { target: name, seed: range.seed, index: lastIndex, problem, hex: '' }
  }
  const report: FuzzReport = {
    inputs: first.inputs + second.inputs,
    taken: first.taken + second.taken,
    slowestMs: Math.max(first.slowestMs, second.slowestMs),
    findings: [
      ...first.findings,
      ...second.findings,
      ...(peakBytes > MAX_PEAK_BYTES ? [ofMemory(`held ${peakBytes} bytes at once`)] : []),
      ...(grownBytes > MAX_GROWN_BYTES
        ? [ofMemory(`${grownBytes} bytes were never let go of`)]
        : []),
    ],
    peakBytes,
    grownBytes,
  }
  parentPort?.postMessage(report, [])
}
