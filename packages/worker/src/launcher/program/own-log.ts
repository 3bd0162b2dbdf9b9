import fs from 'node:fs'

/** Beyond this size the log moves to `launcher.log.1`, which it replaces. */
const MAX_LOG_BYTES = 4 * 1024 * 1024

const LEVELS = { info: 30, warn: 40, error: 50 } as const

/**
 * The launcher's log file: one JSON line per record, in the shape of the daemons' logs. Written at once
 * and without a pipe, which could lose its reader with the worker; a full disk loses lines, no more.
 */
export class OwnLog {
  readonly #file: string
  #descriptor: number
  #bytes: number

  constructor(file: string) {
    this.#file = file
    this.#descriptor = fs.openSync(file, 'a', 0o600)
    this.#bytes = fs.fstatSync(this.#descriptor).size
  }

  info(fields: object, text: string): void {
    this.#write('info', fields, text)
  }

  warn(fields: object, text: string): void {
    this.#write('warn', fields, text)
  }

  error(fields: object, text: string): void {
    this.#write('error', fields, text)
  }

  #write(level: keyof typeof LEVELS, fields: object, text: string): void {
    const time = new Date().toISOString()
    const record = { level: LEVELS[level], time, name: 'launcher', pid: process.pid, ...fields }
    const line = `${JSON.stringify({ ...record, msg: text })}\n`
    try {
      if (this.#bytes > MAX_LOG_BYTES) this.#roll()
      this.#bytes += fs.writeSync(this.#descriptor, line)
    } catch {
      // Nobody could be told: the processes matter more than the log.
    }
  }

  #roll(): void {
    fs.renameSync(this.#file, `${this.#file}.1`)
    fs.closeSync(this.#descriptor)
    this.#descriptor = fs.openSync(this.#file, 'a', 0o600)
    this.#bytes = 0
  }
}
