// One Hearth daemon of a test as a process of its own, in its shipped form.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Hearth as it is shipped. */
export const PROGRAM = path.join(import.meta.dirname, '../../dist/hearth.js')
const START_TIMEOUT_MS = 60_000

export interface DaemonOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
}

export type DaemonMessage = Readonly<Record<string, unknown>>

export class Daemon {
  readonly name: string
  readonly #child: ChildProcess
  readonly #logFile: string
  readonly #messages: DaemonMessage[] = []
  readonly #exited: Promise<number | string>

  constructor({ name, args, environment, logFile }: DaemonOptions) {
    if (!existsSync(PROGRAM)) throw new Error('dist/hearth.js is missing; run: npm run build')
    this.name = name
    this.#logFile = logFile
    const log = openSync(logFile, 'a')
    this.#child = spawn(process.execPath, [PROGRAM, ...args], {
      env: environment,
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    })
    closeSync(log)
    this.#child.on('message', (message) => this.#messages.push(message as DaemonMessage))
    this.#exited = once(this.#child, 'exit').then(
      ([code, signal]) => (code as number | null) ?? String(signal),
    )
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} was not started`)
    return this.#child.pid
  }

  /** The first message of this type that it sends or has sent. Rejects when it ends before. */
  async message(type: string): Promise<DaemonMessage> {
    const deadline = AbortSignal.timeout(START_TIMEOUT_MS)
    for (;;) {
      const found = this.#messages.find((message) => message['type'] === type)
      if (found !== undefined) return found
      if (this.#child.exitCode !== null) throw new Error(this.describe(`ended before '${type}'`))
      try {
        await Promise.race([
          once(this.#child, 'message', { signal: deadline }),
          once(this.#child, 'exit', { signal: deadline }),
        ])
      } catch {
        throw new Error(this.describe(`said no '${type}' within ${START_TIMEOUT_MS / 1000} s`))
      }
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The whole process group, as a terminal's Ctrl-C or a crashing service would. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal)
  }

  /** Exit code, or the name of the signal that ended it. */
  get exited(): Promise<number | string> {
    return this.#exited
  }

  async stop(): Promise<number | string> {
    this.#child.kill('SIGTERM')
    return this.#exited
  }

  log(): string {
    return readFileSync(this.#logFile, 'utf8')
  }

  describe(what: string): string {
    return `${this.name} ${what}; its log ends with:\n${this.log().split('\n').slice(-15).join('\n')}`
  }
}
