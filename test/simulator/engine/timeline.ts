// Virtual time: everything in a simulation happens in one queue, in order of time and then of asking.

/** Something that will happen, unless it is cancelled. */
export interface Alarm {
  cancelled: boolean
}

interface Entry {
  readonly at: number
  readonly order: number
  readonly alarm: Alarm
  readonly run: () => void
}

/** Far more than any cluster does within one millisecond. */
const MOST_AT_ONCE = 100_000

export class Timeline {
  /** Virtual milliseconds since the simulation began. */
  now = 0
  /** A binary heap: no entry is later than those at twice its place, plus one and two. */
  readonly #heap: Entry[] = []
  #asked = 0

  /** `run` happens after `delayMs`; of two at the same time, the one that was asked for first. */
  after(delayMs: number, run: () => void): Alarm {
    const alarm = { cancelled: false }
    const entry = { at: this.now + Math.max(0, delayMs), order: this.#asked++, alarm, run }
    this.#insert(entry)
    return alarm
  }

  /** Lets time pass until `untilMs`; what is due then has happened. Throws when time stands still. */
  runUntil(untilMs: number): void {
    let atOnce = 0
    for (let next = this.#heap[0]; next !== undefined && next.at <= untilMs; next = this.#heap[0]) {
      this.#removeFirst()
      if (next.alarm.cancelled) continue
      atOnce = next.at > this.now ? 0 : atOnce + 1
      if (atOnce > MOST_AT_ONCE) throw new Error('time stands still: something repeats without end')
      this.now = next.at
      next.run()
    }
    this.now = untilMs
  }

  #insert(entry: Entry): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || isBefore(parent, entry)) break
      heap[place] = parent
      place = above
    }
    heap[place] = entry
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const [a, b] = [heap[left], heap[left + 1]]
      const child = b !== undefined && a !== undefined && isBefore(b, a) ? left + 1 : left
      const below = heap[child]
      if (below === undefined || isBefore(last, below)) break
      heap[place] = below
      place = child
    }
    heap[place] = last
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
