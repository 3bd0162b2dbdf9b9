// A driver as the master describes it (`/api/v1/drivers/ID`), in words.
import { DRIVER_MOVES, isDriverOver, type DriverState } from '@hearth/common/domain/states.ts'
import { EXIT_DRIVER_KILLED, EXIT_DRIVER_LOST, EXIT_FAILURE, EXIT_OK } from '../exit-codes.ts'
import { printable } from '../text-table.ts'
import { type JsonRecord, numberOf, recordOf, textOf } from './json-fields.ts'

/** Its path below a master's web UI. */
export function driverPath(id: string): string {
  return `api/v1/drivers/${encodeURIComponent(id)}`
}

function stateOf(driver: JsonRecord): DriverState | undefined {
  const state = driver['state']
  return typeof state === 'string' && Object.hasOwn(DRIVER_MOVES, state)
    ? (state as DriverState)
    : undefined
}

/** True once nothing of it runs, or will. A state of a later release is not taken for an end. */
export function isOver(driver: JsonRecord): boolean {
  const state = stateOf(driver)
  return state !== undefined && isDriverOver(state)
}

/** The driver that took the place of this one; undefined when there is none. */
export function successorOf(driver: JsonRecord): string | undefined {
  const id = driver['relaunchedAs']
  return stateOf(driver) === 'relaunched' && typeof id === 'string' ? id : undefined
}

/** `RUNNING`, `RESTARTING` … */
export function stateWord(driver: JsonRecord): string {
  return textOf(driver, 'state').toUpperCase()
}

/** Everything that can be said besides the state: where it runs, why it waits, how it ended. */
export function remarksOf(driver: JsonRecord): string {
  const over = isOver(driver)
  const { exitCode, message, relaunchedAs, hint, wait } = driver
  const code = typeof exitCode === 'number' ? `exit code ${exitCode}` : undefined
  const said = typeof message === 'string' ? message : undefined
  // Of one that was lost only an earlier run has a code.
  const hasCode = ['restarting', 'failed', 'killed'].includes(stateOf(driver) ?? '')
  const hasEnded = stateOf(driver) === 'restarting' || (over && stateOf(driver) !== 'finished')
  const parts = [
    ...(typeof relaunchedAs === 'string' && said?.includes(relaunchedAs) !== true
      ? [`as ${relaunchedAs}`]
      : []),
    ...(hasCode && code !== undefined && !namesCode(said, exitCode) ? [code] : []),
    ...(hasEnded && said !== undefined ? [said] : []),
    ...(hasEnded && hint !== null ? textsOf(hint) : []),
    ...(over ? [] : textsOf(wait)),
  ]
  return parts.join('; ')
}

/** One line about a driver: `driver-1 RUNNING on worker-2 (run 3)`, `driver-1 FAILED: exit code 1`. */
export function describeDriver(driver: JsonRecord): string {
  const state = stateOf(driver)
  const where = state === 'running' || state === 'launching' ? placeOf(driver) : ''
  const runs = numberOf(driver, 'runs')
  const run = where !== '' && runs > 1 ? ` (run ${runs})` : ''
  const remarks = remarksOf(driver)
  const behind = remarks === '' ? '' : `: ${remarks}`
  return printable(`${textOf(driver, 'id')} ${stateWord(driver)}${where}${run}${behind}`)
}

/**
 * What `submit --wait` ends with: the driver's own exit code; 143 when it was killed, 125 when it could not be
 * started or was lost.
 */
export function exitStatusOf(driver: JsonRecord): number {
  switch (stateOf(driver)) {
    case 'finished':
      return EXIT_OK
    case 'failed':
      // Shells take one byte; a failure must not look like success.
      return numberOf(driver, 'exitCode') & 0xff || EXIT_FAILURE
    case 'killed':
      return EXIT_DRIVER_KILLED
    default:
      return EXIT_DRIVER_LOST
  }
}

// The worker's own sentence may name the code already.
function namesCode(message: string | undefined, exitCode: unknown): boolean {
  return message !== undefined && new RegExp(`\\bcode ${String(exitCode)}\\b`).test(message)
}

function placeOf(driver: JsonRecord): string {
  const workerId = driver['workerId']
  return typeof workerId === 'string' ? ` on ${workerId}` : ''
}

function textsOf(value: unknown): string[] {
  const text = recordOf(value)['text']
  return typeof text === 'string' ? [text] : []
}
