// The timers of a daemon as data. `docs/timers.md` is generated from the rows of all daemons, and the
// inequalities are what a review of any of these numbers has to keep true.

export interface TimerRow {
  readonly name: string
  /** The configuration key; null where the value is given by a peer or by another row. */
  readonly key: string | null
  readonly defaultMs: number
  /** Silence and back-off are judged by the monotonic clock, ages of files by the wall clock. */
  readonly clock: 'monotonic' | 'wall'
  /** The part that keeps it: a daemon, or a piece of one. */
  readonly owner: string
  /** In words: what it must be longer or shorter than, and what breaks otherwise. */
  readonly inequality: string
}
