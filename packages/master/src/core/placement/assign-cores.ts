// Spark's rule for dividing an application's cores over workers (Master.scheduleExecutorsOnWorkers,
// 3.5 and 4.x): who may take some in, an assignment out. Nothing here changes a worker.
import type { ExecutorRequest } from '@hearth/common/domain/descriptions.ts'
import {
  addressesOf,
  type ResourceAmounts,
  type Resources,
} from '@hearth/common/domain/resources.ts'
import { lackOf, type Lack } from './lack.ts'
import type { Candidate, SelectionPolicy } from './worker-order.ts'

export interface Demand<Worker> {
  readonly executor: ExecutorRequest
  /** Cores that the application may still take; may be infinite. */
  readonly coresLeft: number
  /** Executors that it may still start; may be infinite. */
  readonly executorsLeft: number
  /** Workers that it must not get for now. */
  readonly isExcluded?: (worker: Worker) => boolean
}

/** What one worker gives: `executors` of them with `cores` in all. */
export interface Assignment<Worker> {
  readonly worker: Worker
  cores: number
  executors: number
}

/** How many of the workers that were looked at could not take one executor, by what they lacked. */
export type Shortage = Map<Lack | 'excluded', number>

export interface Division<Worker> {
  /** In the order of preference; each gives something. */
  readonly assigned: readonly Assignment<Worker>[]
  readonly shortage: Shortage
}

/** Workers in the order of preference; see WorkerOrder. */
export interface Candidates<Worker> {
  readonly policy: SelectionPolicy
  readonly size: number
  visit(visit: (worker: Worker) => boolean): void
}

/** The least that one executor of the request takes; one without a size starts with one core. */
export function unitOf({ cores, memoryMb, custom }: ExecutorRequest): ResourceAmounts {
  return { cores: cores ?? 1, memoryMb, ...(custom === undefined ? {} : { custom }) }
}

/**
 * Divides up to `coresLeft` cores over the workers. With `spreadOut` every worker gets one unit per
 * round, otherwise the first is filled before the next. Looks only at as many workers as it needs.
 */
export function assignCores<Worker extends Candidate>(
  demand: Demand<Worker>,
  candidates: Candidates<Worker>,
  spreadOut: boolean,
): Division<Worker> {
  const division = new CoreDivision(demand)
  division.firstRound(candidates, spreadOut)
  if (spreadOut) division.furtherRounds()
  return division
}

class CoreDivision<Worker extends Candidate> implements Division<Worker> {
  readonly assigned: Assignment<Worker>[] = []
  readonly shortage: Shortage = new Map()
  readonly #demand: Demand<Worker>
  readonly #unit: ResourceAmounts
  readonly #isOnePerWorker: boolean
  #coresLeft: number
  #executorsLeft: number

  constructor(demand: Demand<Worker>) {
    this.#demand = demand
    this.#unit = unitOf(demand.executor)
    this.#isOnePerWorker = demand.executor.cores === null
    this.#coresLeft = demand.coresLeft
    this.#executorsLeft = demand.executorsLeft
  }

  firstRound(candidates: Candidates<Worker>, spreadOut: boolean): void {
    const isByCores = candidates.policy === 'CORES_FREE_DESC'
    let seen = 0
    candidates.visit((worker) => {
      if (this.#coresLeft < this.#unit.cores || this.#executorsLeft < 1) return false
      if (isByCores && worker.free.cores < this.#unit.cores) {
        // Nobody behind it has more.
        this.#count('cores', candidates.size - seen)
        return false
      }
      seen += 1
      const lack = this.#lackOf(worker)
      if (lack !== undefined) {
        this.#count(lack, 1)
        return true
      }
      const assignment = { worker, cores: 0, executors: 0 }
      this.assigned.push(assignment)
      this.#take(assignment)
      if (!spreadOut) while (this.#canTake(assignment)) this.#take(assignment)
      return true
    })
  }

  furtherRounds(): void {
    let open = this.assigned.filter((assignment) => this.#canTake(assignment))
    while (open.length > 0) {
      for (const assignment of open) if (this.#canTake(assignment)) this.#take(assignment)
      open = open.filter((assignment) => this.#canTake(assignment))
    }
  }

  #lackOf(worker: Worker): Lack | 'excluded' | undefined {
    if (this.#demand.isExcluded?.(worker) === true) return 'excluded'
    return lackOf(this.#unit, worker.free)
  }

  #canTake({ worker, cores, executors }: Assignment<Worker>): boolean {
    const unit = this.#unit
    if (this.#coresLeft < unit.cores || worker.free.cores - cores < unit.cores) return false
    // Further units only widen the one executor: its memory and its place under the limit are taken.
    if (this.#isOnePerWorker) return true
    if (this.#executorsLeft < 1) return false
    return hasRoomFor(unit, executors + 1, worker.free)
  }

  #take(assignment: Assignment<Worker>): void {
    const isWidening = this.#isOnePerWorker && assignment.executors > 0
    this.#coresLeft -= this.#unit.cores
    assignment.cores += this.#unit.cores
    if (isWidening) return
    assignment.executors += 1
    this.#executorsLeft -= 1
  }

  #count(lack: Lack | 'excluded', workers: number): void {
    this.shortage.set(lack, (this.shortage.get(lack) ?? 0) + workers)
  }
}

// Memory and custom resources only; cores are counted by the caller.
function hasRoomFor({ memoryMb, custom }: ResourceAmounts, count: number, free: Resources) {
  if (free.memoryMb < memoryMb * count) return false
  if (custom === undefined) return true
  return Object.entries(custom).every(
    ([name, amount]) => addressesOf(free, name).length >= amount * count,
  )
}
