import type { RandomState } from '@hearth/common/domain/random.ts'

/** Whether the input was understood, or refused with the error of its layer. */
export type Outcome = 'taken' | 'refused'

/** Keeps what the decoder is given, so that a finding can show it. */
export type Note = (bytes: Uint8Array) => void

/** A decoder with its corpus: makes one input out of `random`, hands it to the decoder, and judges what it did. */
export type Fuzz = (random: RandomState, note: Note) => Outcome | Promise<Outcome>

export interface FuzzTarget {
  /** In kebab case, for `--target`. */
  readonly name: string
  /** What is fed with what. */
  readonly about: string
  /** Of the inputs of a run over all targets, relative to the others. */
  readonly share: number
  /** Reads the corpus; costly, once per run. */
  open(): Fuzz
}

/** The decoder did what no input may make it do. */
export class Violation extends Error {
  override readonly name = 'Violation'
}
