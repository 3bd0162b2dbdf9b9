// The store of a scenario: it takes every record at once, refuses every one, or leaves that to the commands.
import type { Effect } from '../effects.ts'
import type { MasterEvent } from '../events.ts'

type Mode = 'works' | 'fails' | 'manual'

export class ScenarioStore {
  #mode: Mode = 'works'
  readonly #durable = new Set<string>()

  /** `store fails` and its like; throws for anything else. */
  command(line: string): void {
    const mode = line.slice('store '.length)
    if (mode !== 'works' && mode !== 'fails' && mode !== 'manual') {
      throw new Error(`no command: ${line}`)
    }
    this.#mode = mode
  }

  /** Returns how the write ended; null when nothing is heard of that now. */
  write({ key, record }: Extract<Effect, { type: 'persist' }>): MasterEvent | null {
    if (this.#mode === 'manual') return null
    const isDone = this.#mode === 'works'
    if (isDone && record === null) this.#durable.delete(key)
    if (isDone && record !== null) this.#durable.add(key)
    if (record === null) return null
    return isDone
      ? { type: 'record.persisted', key }
      : { type: 'record.persist-failed', key, reason: 'disk full' }
  }

  /** The keys of what is durable, as one line. */
  tell(): string {
    if (this.#mode === 'manual')
      throw new Error('what a manual store holds, only its commands know')
    return `stored: ${[...this.#durable].sort().join(' ')}`
  }
}
