import { createHook } from 'node:async_hooks'

// Only timers started by a package: the test runner's own come and go.
const OURS = /\/packages\/[a-z]+\/src\/[^\n]*/

/** Follows the timers that our packages start from now on, each by the line that started it. */
export class OpenTimers {
  readonly #startedAt = new Map<number, string>()
  readonly #hook = createHook({
    init: (id, type) => {
      if (type !== 'Timeout') return
      const line = OURS.exec(new Error('where a timer starts').stack ?? '')
      if (line !== null) this.#startedAt.set(id, line[0])
    },
    destroy: (id) => {
      this.#startedAt.delete(id)
    },
  })

  start(): void {
    this.#startedAt.clear()
    this.#hook.enable()
  }

  stop(): void {
    this.#hook.disable()
  }

  /** Where the timers that still run were started. */
  get places(): string[] {
    return [...this.#startedAt.values()]
  }
}
