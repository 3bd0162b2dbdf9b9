// Workers with something free, kept in the order in which placement prefers them. A pass walks only as
// far as it needs, and a change of one worker costs no sort of all.
import type { WorkerId } from '@hearth/common/domain/ids.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'

/** Which workers are preferred (`spark.deploy.workerSelectionPolicy`, 4.0 and later). */
export const SELECTION_POLICIES = [
  'CORES_FREE_ASC',
  'CORES_FREE_DESC',
  'MEMORY_FREE_ASC',
  'MEMORY_FREE_DESC',
  'WORKER_ID',
] as const
export type SelectionPolicy = (typeof SELECTION_POLICIES)[number]

/** What the order knows of a worker. */
export interface Candidate {
  readonly id: WorkerId
  readonly free: Resources
}

interface Entry<Worker extends Candidate> {
  /** Smaller comes first. */
  readonly key: number
  readonly worker: Worker
}

// A block is split when it is full, so that inserting moves at most this many pointers.
const MAX_BLOCK = 256

/** An ordered set of workers. Equal ones are in the order of their ids. */
export class WorkerOrder<Worker extends Candidate> {
  readonly policy: SelectionPolicy
  /** Sorted blocks of sorted entries; none is empty. */
  readonly #blocks: Entry<Worker>[][] = []
  readonly #entries = new Map<WorkerId, Entry<Worker>>()

  constructor(policy: SelectionPolicy) {
    this.policy = policy
  }

  get size(): number {
    return this.#entries.size
  }

  has(id: WorkerId): boolean {
    return this.#entries.has(id)
  }

  /** Puts the worker where its free resources belong, for the first time or again. */
  place(worker: Worker): void {
    const key = keyOf(this.policy, worker.free)
    const known = this.#entries.get(worker.id)
    if (known?.key === key && known.worker === worker) return
    this.remove(worker.id)
    const entry = { key, worker }
    this.#entries.set(worker.id, entry)
    this.#insert(entry)
  }

  remove(id: WorkerId): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    const at = this.#blockFor(entry)
    const block = this.#blocks[at]
    if (block === undefined) return
    block.splice(firstNotBefore(block, entry), 1)
    if (block.length === 0) this.#blocks.splice(at, 1)
  }

  /** Calls `visit` for each worker in order until it returns false. The order must not change meanwhile. */
  visit(visit: (worker: Worker) => boolean): void {
    for (const block of this.#blocks) {
      for (const { worker } of block) if (!visit(worker)) return
    }
  }

  #insert(entry: Entry<Worker>): void {
    const at = this.#blockFor(entry)
    const block = this.#blocks[at]
    if (block === undefined) {
      this.#blocks.push([entry])
      return
    }
    block.splice(firstNotBefore(block, entry), 0, entry)
    if (block.length > MAX_BLOCK) this.#blocks.splice(at + 1, 0, block.splice(MAX_BLOCK / 2))
  }

  // The first block that does not end before the entry, or the last one.
  #blockFor(entry: Entry<Worker>): number {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      const last = this.#blocks[middle]?.at(-1)
      if (last !== undefined && isBefore(last, entry)) low = middle + 1
      else high = middle
    }
    return Math.max(0, low)
  }
}

function keyOf(policy: SelectionPolicy, free: Resources): number {
  switch (policy) {
    case 'CORES_FREE_ASC':
      return free.cores
    case 'CORES_FREE_DESC':
      return -free.cores
    case 'MEMORY_FREE_ASC':
      return free.memoryMb
    case 'MEMORY_FREE_DESC':
      return -free.memoryMb
    case 'WORKER_ID':
      return 0
  }
}

function firstNotBefore<Worker extends Candidate>(
  block: readonly Entry<Worker>[],
  entry: Entry<Worker>,
): number {
  let low = 0
  let high = block.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = block[middle]
    if (other !== undefined && isBefore(other, entry)) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore<Worker extends Candidate>(a: Entry<Worker>, b: Entry<Worker>): boolean {
  return a.key < b.key || (a.key === b.key && a.worker.id < b.worker.id)
}
