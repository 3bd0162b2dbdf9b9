// The states of everything that lives in the pool, and the moves that are allowed between them.
// Wire spellings (RUNNING, LOST …) stop at the doors.

export type ExecutorState = 'launching' | 'running' | 'exited' | 'failed' | 'killed' | 'lost'
export type ApplicationState = 'waiting' | 'running' | 'finished' | 'failed' | 'killed'
/**
 * `launching`: its order is on the way to a worker, or the worker fetches what it runs. `restarting`: it
 * failed, is supervised, and waits for its next run on the same worker. `error`: it could not be started, or
 * was lost with its worker. `relaunched`: lost with its worker, and another driver has taken its place.
 */
export type DriverState =
  | 'submitted'
  | 'launching'
  | 'running'
  | 'restarting'
  | 'finished'
  | 'failed'
  | 'killed'
  | 'error'
  | 'relaunched'
export type WorkerState = 'alive' | 'away' | 'dead'

/**
 * A worker is `away` when its connection is closed but its return time-out has not passed: it gets
 * nothing new and its executors live on. `dead` is final for that registration.
 */
export const WORKER_MOVES: Readonly<Record<WorkerState, readonly WorkerState[]>> = {
  alive: ['away', 'dead'],
  away: ['alive', 'dead'],
  dead: ['alive'],
}

export const EXECUTOR_MOVES: Readonly<Record<ExecutorState, readonly ExecutorState[]>> = {
  launching: ['running', 'exited', 'failed', 'killed', 'lost'],
  running: ['exited', 'failed', 'killed', 'lost'],
  exited: [],
  failed: [],
  killed: [],
  lost: [],
}

/** An application falls back from running to waiting when its last executor ends. */
export const APPLICATION_MOVES: Readonly<Record<ApplicationState, readonly ApplicationState[]>> = {
  waiting: ['running', 'finished', 'failed', 'killed'],
  running: ['waiting', 'finished', 'failed', 'killed'],
  finished: [],
  failed: [],
  killed: [],
}

const DRIVER_ENDS: readonly DriverState[] = ['finished', 'failed', 'killed', 'error', 'relaunched']

/** A launch that its worker did not take goes back to the queue. */
export const DRIVER_MOVES: Readonly<Record<DriverState, readonly DriverState[]>> = {
  submitted: ['launching', 'killed', 'error'],
  launching: ['running', 'submitted', 'restarting', ...DRIVER_ENDS],
  running: ['restarting', ...DRIVER_ENDS],
  restarting: ['launching', 'failed', 'killed', 'error', 'relaunched'],
  finished: [],
  failed: [],
  killed: [],
  error: [],
  relaunched: [],
}

/** True once the driver has left the pool for good. */
export function isDriverOver(state: DriverState): boolean {
  return DRIVER_MOVES[state].length === 0
}

/** True once no process of the executor exists any more, or none that we could reach. */
export function isExecutorOver(state: ExecutorState): boolean {
  return EXECUTOR_MOVES[state].length === 0
}

/** True once the application has left the pool for good. */
export function isApplicationOver(state: ApplicationState): boolean {
  return APPLICATION_MOVES[state].length === 0
}
