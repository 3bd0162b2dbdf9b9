// What happened, line by line: the fingerprint of a simulation, and its story when it fails.
import { createHash } from 'node:crypto'
import type { Timeline } from './timeline.ts'

const STORY_LINES = 80
/** What goes on all the time and tells nothing. */
const ROUTINE = /heartbeat|dial-launcher|launcher-dialled.*(alive|unknown)|ask-client|client.heard/

export class Trace {
  readonly #timeline: Timeline
  readonly #hash = createHash('sha256')
  readonly #onLine: ((line: string) => void) | undefined
  readonly #lines: string[] = []

  /** `onLine` is told every line as it is written. */
  constructor(timeline: Timeline, onLine?: (line: string) => void) {
    this.#timeline = timeline
    this.#onLine = onLine
  }

  write(who: string, what: string): void {
    const line = `${formatTime(this.#timeline.now)} ${who.padEnd(6)} ${shorten(what)}`
    this.#hash.update(line)
    this.#lines.push(line)
    this.#onLine?.(line)
  }

  get length(): number {
    return this.#lines.length
  }

  /**
   * The last lines, oldest first. When `about` names applications, executors or machines, only lines
   * with one of these names count, and faults.
   */
  story(about: string): readonly string[] {
    const names = new Set(about.match(/\b(app\d+(\/\d+)?|driver\d+|[wd]\d+)\b/g))
    const tells = (line: string) => {
      const words = line.split(/[^a-z0-9/]+/)
      return words.includes('fault') || words.some((word) => names.has(word))
    }
    const lines = names.size === 0 ? this.#lines : this.#lines.filter(tells)
    return lines.filter((line) => !ROUTINE.test(line)).slice(-STORY_LINES)
  }

  /** Closes the trace. Two simulations with the same fingerprint went the same way. */
  fingerprint(): string {
    return this.#hash.digest('hex').slice(0, 16)
  }
}

/** `app-20250101000142-0003` is `app3` in a trace. */
export function shorten(text: string): string {
  return text
    .replaceAll(/app-\d{14}-0*(\d+)/g, 'app$1')
    .replaceAll(/driver-\d{14}-0*(\d+)/g, 'driver$1')
}

/** `1:02:03.456` */
export function formatTime(ms: number): string {
  const whole = Math.floor(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = Math.floor(whole / 1000)
  const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${clock}.${String(whole % 1000).padStart(3, '0')}`
}
