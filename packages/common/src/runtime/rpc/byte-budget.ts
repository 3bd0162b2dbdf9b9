import type { RpcLimits } from './limits.ts'

/** Someone whose bytes are counted, and who can be made to give them up. */
export interface BudgetHolder {
  /** Gives up everything it holds, before it returns. */
  evict(reason: string): void
}

/**
 * An upper bound for bytes held over many connections together. When it is exceeded the largest holder
 * is evicted: small holders, which are nearly all of the honest ones, survive a flood by others.
 */
export class ByteBudget {
  readonly #limit: number
  readonly #what: string
  readonly #held = new Map<BudgetHolder, number>()
  #total = 0

  /** `what` names the bytes in the reason of an eviction. */
  constructor(limit: number, what: string) {
    this.#limit = limit
    this.#what = what
  }

  /** Bytes held now, over all holders. */
  get total(): number {
    return this.#total
  }

  /** Sets what the holder holds; may evict it or others. 0 forgets it. */
  set(holder: BudgetHolder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0)
    if (bytes === 0) this.#held.delete(holder)
    else this.#held.set(holder, bytes)
    while (this.#total > this.#limit) this.#evictLargest()
  }

  #evictLargest(): void {
    let largest: BudgetHolder | undefined
    let most = 0
    for (const [holder, bytes] of this.#held) {
      if (bytes <= most) continue
      largest = holder
      most = bytes
    }
    if (largest === undefined) return
    this.#held.delete(largest)
    this.#total -= most
    largest.evict(
      `all connections together hold more than ${this.#limit} bytes of ${this.#what}, this one most of them (${most})`,
    )
  }
}

/** The budgets that the connections of one port, and those a daemon dials, share. */
export interface RpcBudgets {
  /** Input of frames that are not complete. */
  readonly unfinished: ByteBudget
  /** Output that peers have not taken. */
  readonly queued: ByteBudget
}

export function openBudgets(limits: RpcLimits): RpcBudgets {
  return {
    unfinished: new ByteBudget(limits.maxUnfinishedBytes, 'unfinished frames'),
    queued: new ByteBudget(limits.maxQueuedBytesTotal, 'unread output'),
  }
}
