import { ProtocolError } from '../protocol-error.ts'

// Thousands of times what a real registration spends, and a fraction of a second of work.
const DEFAULT_BUDGET = 4 * 1024 * 1024
// What a value costs besides its characters: about the bytes it takes in memory.
const VALUE_COST = 32

/**
 * Bounds what is unfolded from one graph. Reading a stream is linear in its length, but its parts may
 * be shared: a hundred thousand references to one map of a thousand entries are half a megabyte on the
 * wire and a hundred million entries once every reference is followed. Whoever unfolds collections or
 * texts spends from a budget, and a stream that asks for too much is refused with a ProtocolError.
 */
export class ReadBudget {
  #left: number

  constructor(total: number = DEFAULT_BUDGET) {
    this.#left = total
  }

  spendValues(count: number): void {
    this.#spend(count * VALUE_COST)
  }

  spendText(text: string): void {
    this.#spend(VALUE_COST + text.length)
  }

  #spend(cost: number): void {
    this.#left -= cost
    if (this.#left < 0) {
      throw new ProtocolError('Java stream: its shared parts unfold to more than is accepted')
    }
  }
}
