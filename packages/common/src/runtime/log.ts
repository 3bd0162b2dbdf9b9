import pino, { type Logger } from 'pino'
import pretty from 'pino-pretty'

export type { Logger } from 'pino'

export interface LogOptions {
  /** What writes: `master`, `worker`, `launcher` … */
  readonly name: string
  readonly level?: string
  /** Where to; standard output unless told otherwise. */
  readonly stream?: { readonly fd: number; readonly isTTY?: boolean }
}

/** One JSON line per record on the stream; readable, coloured lines when the stream is a terminal. */
export function createLog({ name, level = 'info', stream = process.stdout }: LogOptions): Logger {
  const options = { name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }
  if (!stream.isTTY) return pino(options, pino.destination({ dest: stream.fd, sync: true }))
  return pino(
    options,
    pretty({
      destination: stream.fd,
      sync: true,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'pid,hostname',
    }),
  )
}
