// The only places where a state changes: each checks the move table and tells the story.
import {
  APPLICATION_MOVES,
  DRIVER_MOVES,
  EXECUTOR_MOVES,
  WORKER_MOVES,
  type ApplicationState,
  type DriverState,
  type ExecutorState,
  type WorkerState,
} from '@hearth/common/domain/states.ts'
import { executorKey, type Application, type Executor, type Worker } from './cluster.ts'
import type { Driver } from './drivers/driver.ts'
import type { Now } from './events.ts'
import { tell, type Story } from './story.ts'

/** A bug in the core: the books do not agree. Says what happened to the entity before. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant'
  constructor(what: string, story: Story) {
    super(`${what}; before: ${story.map((entry) => entry.text).join(' | ')}`)
  }
}

/** A bug in the core: a handler tried a move that the table does not have. */
export class InvalidMove extends Error {
  override readonly name = 'InvalidMove'
  constructor(entity: string, from: string, to: string, story: Story) {
    super(
      `${entity} cannot go from ${from} to ${to}; before: ${story.map((e) => e.text).join(', ')}`,
    )
  }
}

export function moveWorker(worker: Worker, to: WorkerState, why: string, now: Now): void {
  if (!WORKER_MOVES[worker.state].includes(to)) {
    throw new InvalidMove(`worker ${worker.id}`, worker.state, to, worker.story)
  }
  worker.state = to
  tell(worker.story, now, `${to}: ${why}`)
}

export function moveApplication(
  application: Application,
  to: ApplicationState,
  why: string,
  now: Now,
): void {
  if (!APPLICATION_MOVES[application.state].includes(to)) {
    throw new InvalidMove(`application ${application.id}`, application.state, to, application.story)
  }
  application.state = to
  tell(application.story, now, `${to}: ${why}`)
}

export function moveDriver(driver: Driver, to: DriverState, why: string, now: Now): void {
  if (!DRIVER_MOVES[driver.state].includes(to)) {
    throw new InvalidMove(`driver ${driver.id}`, driver.state, to, driver.story)
  }
  driver.state = to
  tell(driver.story, now, `${to}: ${why}`)
}

/** `application` is the executor's, whose story it belongs to. */
export function moveExecutor(
  application: Application,
  executor: Executor,
  to: ExecutorState,
  why: string,
  now: Now,
): void {
  if (!EXECUTOR_MOVES[executor.state].includes(to)) {
    throw new InvalidMove(
      `executor ${executorKey(executor)}`,
      executor.state,
      to,
      application.story,
    )
  }
  executor.state = to
  tell(application.story, now, `executor ${executor.number} ${to}: ${why}`)
}
