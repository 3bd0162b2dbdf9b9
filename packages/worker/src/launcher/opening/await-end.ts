import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, type ProcessIdentity } from '../linux-processes.ts'

/** Pause between two looks: Node tells the end of children only, and these are not ours. */
const LOOK_INTERVAL_MS = 5

/** Resolves with the processes that still run after `limitMs`; earlier, with none, when all ended. */
export async function awaitEnd(
  processes: readonly ProcessIdentity[],
  limitMs: number,
): Promise<readonly ProcessIdentity[]> {
  const deadline = performance.now() + limitMs
  let left = processes.filter(isRunning)
  while (left.length > 0 && performance.now() < deadline) {
    await delay(LOOK_INTERVAL_MS)
    left = left.filter(isRunning)
  }
  return left
}
