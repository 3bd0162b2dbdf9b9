import { randomBytes } from 'node:crypto'

/** As many unpredictable bytes as asked for; given to what needs them, so that a test can repeat itself. */
export type RandomBytes = (count: number) => Uint8Array

/** The system's. */
export const systemRandom: RandomBytes = (count) => randomBytes(count)
