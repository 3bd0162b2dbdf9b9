// Which machines cannot reach each other, and when: black holes, and machines that are off.

export interface Outage {
  readonly a: string
  /** Null: nothing passes between `a` and anybody. */
  readonly b: string | null
  readonly from: number
  /** Infinite while it lasts. */
  until: number
}

export class Outages {
  readonly #all: Outage[] = []
  readonly #present = new Set<Outage>()

  /** From now on nothing passes between `a` and `b`, and neither is told. */
  begin(a: string, b: string | null, now: number): Outage {
    const outage = { a, b, from: now, until: Number.POSITIVE_INFINITY }
    this.#present.add(outage)
    this.#all.push(outage)
    return outage
  }

  end(outage: Outage, now: number): void {
    if (this.#present.delete(outage)) outage.until = now
  }

  isOpen(a: string, b: string): boolean {
    for (const outage of this.#present) if (isBetween(outage, a, b)) return false
    return true
  }

  get present(): readonly Outage[] {
    return [...this.#present]
  }

  /** The longest time, in milliseconds, for which `a` and `b` could not reach each other. */
  longest(a: string, b: string, now: number): number {
    let longest = 0
    let from = 0
    let until = 0
    for (const outage of this.#all.filter((one) => isBetween(one, a, b))) {
      if (outage.from > until) from = outage.from
      until = Math.max(until, Math.min(outage.until, now))
      longest = Math.max(longest, until - from)
    }
    return longest
  }
}

function isBetween(outage: Outage, a: string, b: string): boolean {
  if (outage.b === null) return outage.a === a || outage.a === b
  return (outage.a === a && outage.b === b) || (outage.a === b && outage.b === a)
}
