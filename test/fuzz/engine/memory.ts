import { collectGarbage } from '../../support/collect-garbage.ts'

/** Bytes that this thread holds: objects, and the buffers behind them. */
export function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** As {@link heldBytes}, after everything that nobody holds any more is gone. */
export async function settledBytes(): Promise<number> {
  for (let time = 0; time < 3; time += 1) {
    collectGarbage()
    // Buffers are let go of in a turn of their own.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return heldBytes()
}
