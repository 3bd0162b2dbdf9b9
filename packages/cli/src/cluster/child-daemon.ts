// A daemon of a local cluster: this same program as a child process.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Stoppable } from '@hearth/common/runtime/lifecycle.ts'
import { CommandFailure } from '../command-failure.ts'
import { type JsonRecord, recordOf, textOf } from '../master/json-fields.ts'

export interface ChildDaemonOptions {
  /** `master` or `worker 2`, for messages. */
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Takes what the daemon writes. */
  readonly logFile: string
}

export interface ChildDaemon extends Stoppable {
  readonly name: string
  readonly pid: number
  /** What the daemon said when it was ready. */
  readonly ready: JsonRecord
  /** Resolves when the daemon ends without having been asked to, and never otherwise. */
  readonly failed: Promise<CommandFailure>
}

const STOP_TIMEOUT_MS = 30_000
const LAST_LINES = 8

/**
 * Starts a daemon and waits for its `ready`. Throws a {@link CommandFailure} with the end of its log
 * when it ends before that. It ends by itself when this process dies, however that happens.
 */
export async function startChildDaemon(options: ChildDaemonOptions): Promise<ChildDaemon> {
  const log = openSync(options.logFile, 'a')
  // A session of its own: Ctrl-C reaches the foreground group at once, but a cluster is to be stopped
  // in order. The channel tells the daemon when this process is gone.
  const child = spawn(process.execPath, [...process.execArgv, options.program, ...options.args], {
    env: options.environment,
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  })
  closeSync(log)
  let stopping = false
  const ended = endOf(child)
  const failure = ended.then(async (how) => describeLoss(options, how))
  const ready = await Promise.race([readyMessage(child), failure])
  if (ready instanceof CommandFailure) throw ready
  return {
    name: options.name,
    pid: child.pid ?? 0,
    ready,
    failed: failure.then((loss) => (stopping ? new Promise<never>(() => undefined) : loss)),
    stop: async () => {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    return signal === null ? `exit status ${code}` : signal
  } catch (error) {
    return String(error)
  }
}

function readyMessage(child: ChildProcess): Promise<JsonRecord> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const record = recordOf(message)
      if (record['type'] === 'ready') resolve(record)
    })
  })
}

async function describeLoss(options: ChildDaemonOptions, how: string): Promise<CommandFailure> {
  const text = await readFile(options.logFile, 'utf8').catch(() => '')
  const lastLines = text.trimEnd().split('\n').slice(-LAST_LINES).map(readable)
  return new CommandFailure(`${options.name} ended unexpectedly (${how})`, {
    hint: `its log ends with (${options.logFile}):\n${lastLines.join('\n')}`,
  })
}

// A record of the log is for machines; a person gets its sentence.
function readable(line: string): string {
  try {
    const record = recordOf(JSON.parse(line))
    const cause = textOf(recordOf(record['err']), 'message')
    return cause === '-' ? textOf(record, 'msg') : `${textOf(record, 'msg')}: ${cause}`
  } catch {
    return line
  }
}
