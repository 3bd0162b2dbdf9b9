import { createRandom, type RandomState } from '@hearth/common/domain/random.ts'
import type { FuzzTarget } from './target.ts'
import { cpuTimeMs } from '../../support/cpu-time.ts'

/** An input is made of the name of its target, the seed and its index, and of nothing else. */
export interface InputRange {
  readonly seed: number
  readonly first: number
  readonly count: number
}

export interface Finding {
  readonly target: string
  readonly seed: number
  readonly index: number
  readonly problem: string
  readonly hex: string
}

export interface Tally {
  readonly inputs: number
  readonly taken: number
  readonly slowestMs: number
  readonly findings: readonly Finding[]
}

export interface Watch {
  /** An input that takes longer is a finding. */
  readonly hangMs?: number
  /** Called before each input; whoever is outside learns at which one this thread hangs. */
  readonly onInput?: (index: number) => void
  /** The bytes of the input, before the decoder gets them. */
  readonly onBytes?: (bytes: Uint8Array) => void
  /** Called after each finding; false ends the run. */
  readonly onFinding?: (finding: Finding) => boolean
}

/** One input must not hold the event loop longer: heartbeats wait behind it. */
export const HANG_MS = 1000

/** Of a longer input only the beginning is shown; its seed and index make it again. */
export const MAX_SHOWN_BYTES = 16 * 1024

/** Feeds a target with a range of inputs, one after the other. */
export async function runTarget(
  target: FuzzTarget,
  { seed, first, count }: InputRange,
  { hangMs = HANG_MS, onInput, onBytes, onFinding = () => true }: Watch = {},
): Promise<Tally> {
  const fuzz = target.open()
  const findings: Finding[] = []
  let noted: Uint8Array = new Uint8Array(0)
  const note = (bytes: Uint8Array) => {
    noted = bytes
    onBytes?.(bytes)
  }
  const play = async (index: number, clock: () => number): Promise<Played> => {
    const startedAt = clock()
    try {
      const outcome = fuzz(randomOf(target.name, seed, index), note)
      const taken = (outcome instanceof Promise ? await outcome : outcome) === 'taken'
      return { taken, problem: undefined, ms: clock() - startedAt }
    } catch (error) {
      return { taken: false, problem: describe(error), ms: clock() - startedAt }
    }
  }
  let [inputs, taken, slowestMs] = [0, 0, 0]
  for (let index = first; index < first + count; index += 1) {
    onInput?.(index)
    let played = await play(index, () => performance.now())
    // On a busy machine a thread may not run for a while: what counts is the time of a core.
    if (played.ms > hangMs) played = await play(index, cpuTimeMs)
    const { ms } = played
    const problem =
      played.problem ?? (ms > hangMs ? `one input took ${ms.toFixed(0)} ms` : undefined)
    inputs += 1
    if (played.taken) taken += 1
    slowestMs = Math.max(slowestMs, ms)
    if (problem === undefined) continue
    const finding = { target: target.name, seed, index, problem, hex: hexOf(noted) }
    findings.push(finding)
    if (!onFinding(finding)) break
  }
  return { inputs, taken, slowestMs, findings }
}

interface Played {
  readonly taken: boolean
  readonly problem: string | undefined
  readonly ms: number
}

/** Says what was found, in what, and how to see it again. */
export function formatFinding({ target, seed, index, problem, hex }: Finding): string {
  return [
    `FOUND in ${target}, seed ${seed}, input ${index}: ${problem}`,
    `  input: ${hex}`,
    `  again: npm run bench -- fuzz --target ${target} --seed ${seed} --input ${index}`,
  ].join('\n')
}

function randomOf(name: string, seed: number, index: number): RandomState {
  let mixed = seed
  for (let at = 0; at < name.length; at += 1)
    mixed = Math.imul(mixed ^ name.charCodeAt(at), 16777619)
  return createRandom(mixed ^ Math.imul(index + 1, 0x9e3779b1))
}

export function hexOf(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES)).toString('hex')
  return bytes.length > MAX_SHOWN_BYTES ? `${shown}… (${bytes.length} bytes)` : shown
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [first = '', ...frames] = (error.stack ?? error.message).split('\n')
  return [first.slice(0, 500), ...frames.slice(0, 6)].join('\n')
}
