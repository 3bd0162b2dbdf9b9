import { Writable } from 'node:stream'
import pino from 'pino'
import type { Logger } from '@hearth/common/runtime/log.ts'

export interface LogRecord {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal'
  readonly msg: string
}

/** A log that keeps its records for a test to look at. */
export function captureLog(): { readonly log: Logger; readonly records: LogRecord[] } {
  const records: LogRecord[] = []
  const stream = new Writable({
    write: (line: Buffer, _encoding, done) => {
      records.push(JSON.parse(line.toString()) as LogRecord)
      done()
    },
  })
  const formatters = { level: (level: string) => ({ level }) }
  return { log: pino({ level: 'debug', base: null, formatters }, stream), records }
}
