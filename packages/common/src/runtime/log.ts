import pino, { type DestinationStream, type Logger } from 'pino'
import pretty from 'pino-pretty'

export type { Logger } from 'pino'

export interface LogOptions {
  /** What writes: `master`, `worker`, `launcher` … */
  readonly name: string
  readonly level?: string
  /** Where to; standard output unless told otherwise. */
  readonly stream?: { readonly fd: number; readonly isTTY?: boolean }
}

/** Characters: some hundred lines. What is more is written within the turn. */
const MAX_BUFFERED = 16_000

/**
 * One JSON line per record on the stream; readable, coloured lines when the stream is a terminal. Lines are
 * written at the end of the turn of the event loop in which they were logged, those of a turn together, and at
 * the latest when the process exits: one that is killed loses the lines of one turn.
 */
export function createLog({ name, level = 'info', stream = process.stdout }: LogOptions): Logger {
  const options = { name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }
  if (!stream.isTTY) return pino(options, bufferedForTurn(stream.fd))
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

// Hundreds of applications that register in one turn would be hundreds of writes.
function bufferedForTurn(fd: number): DestinationStream & { flushSync(): void } {
  const destination = pino.destination({ dest: fd, sync: true })
  let buffered = ''
  let due: NodeJS.Immediate | undefined
  const flushSync = () => {
    if (due !== undefined) clearImmediate(due)
    due = undefined
    process.off('exit', flushSync)
    const lines = buffered
    buffered = ''
    if (lines !== '') destination.write(lines)
  }
  return {
    write: (line: string) => {
      buffered += line
      if (buffered.length > MAX_BUFFERED) return flushSync()
      if (due !== undefined) return
      due = setImmediate(flushSync)
      process.on('exit', flushSync)
    },
    // Called by the log itself: what is fatal is written before anything else happens.
    flushSync,
  }
}
