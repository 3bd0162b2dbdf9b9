// Start and stop in order. What was started last is stopped first; a stop that fails does not keep
// the others from stopping.

export interface Stoppable {
  /** Resolves when nothing of it is left: no socket, timer or process. Safe to call twice. */
  stop(): Promise<void>
}

export class Lifecycle implements Stoppable {
  readonly #parts: { name: string; stop: () => Promise<void> | void }[] = []
  #stopping: Promise<void> | undefined

  /** Registers what to undo at the stop; returns its argument's first part for chaining. */
  onStop(name: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ name, stop })
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    const errors: unknown[] = []
    for (const part of this.#parts.reverse()) {
      try {
        await part.stop()
      } catch (error) {
        errors.push(new Error(`stopping ${part.name} failed`, { cause: error }))
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped')
  }
}
