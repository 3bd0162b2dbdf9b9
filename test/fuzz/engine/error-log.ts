import pino from 'pino'
import type { Logger } from '@hearth/common/runtime/log.ts'
import { Violation } from './target.ts'

const ERROR = 50

/** A line of a log, for one refused input. */
const MAX_LINE_LENGTH = 8192

/**
 * A log whose errors are findings: what a peer does wrongly is worth a warning, an error is a fault of
 * ours that was caught. So are long warnings, with which a peer could fill the disk.
 */
export class ErrorLog {
  readonly log: Logger
  #errors: string[] = []

  constructor() {
    this.log = pino({ level: 'warn', base: null }, { write: (line) => this.#onLine(line) })
  }

  #onLine(line: string): void {
    const { level = 0 } = JSON.parse(line) as { level?: number }
    if (level >= ERROR) this.#errors.push(line)
    if (line.length > MAX_LINE_LENGTH)
      this.#errors.push(`${line.length} characters: ${line.slice(0, 500)}`)
  }

  /** Throws when there were errors since the last time. */
  check(): void {
    const errors = this.#errors
    this.#errors = []
    if (errors.length > 0) throw new Violation(`logged as an error of ours: ${errors[0]}`)
  }
}
