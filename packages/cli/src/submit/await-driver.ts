import { setTimeout as delay } from 'node:timers/promises'
import {
  describeDriver,
  driverPath,
  exitStatusOf,
  isOver,
  successorOf,
} from '../master/driver-document.ts'
import { type JsonRecord, recordOf } from '../master/json-fields.ts'
import type { MasterWatch } from '../master/master-watch.ts'

// Something happens soon or not for a long while.
const FIRST_POLL_MS = 100
const LAST_POLL_MS = 1000

export interface AwaitDriverOptions {
  readonly watch: MasterWatch
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * Follows a driver to its end, under new ids where it is relaunched, says each change of its state once, and
 * resolves with the exit status to end with.
 */
export async function awaitDriver(
  submitted: string,
  { watch, say, signal }: AwaitDriverOptions,
): Promise<number> {
  let id = submitted
  let last = ''
  for (let pause = FIRST_POLL_MS; ;) {
    const driver = await watch.ask(driverPath(id))
    const stage = stageOf(driver)
    if (stage !== last) {
      say(describeDriver(driver))
      last = stage
      pause = FIRST_POLL_MS
    }
    const successor = successorOf(driver)
    if (successor !== undefined) {
      id = successor
      continue
    }
    if (isOver(driver)) return exitStatusOf(driver)
    await delay(pause, undefined, { signal })
    pause = Math.min(LAST_POLL_MS, pause * 2)
  }
}

// The words of a wait may change with every look; its code is what it is about.
function stageOf(driver: JsonRecord): string {
  const { id, state, runs, workerId, wait } = driver
  return JSON.stringify([id, state, runs, workerId, recordOf(wait)['code']])
}
