// A real spark-submit (or spark-shell) of some release, in client mode against a test's master.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { waitUntil } from './wait-until.ts'

export interface SubmitOptions {
  readonly sparkHome: string
  readonly masterUrl: string
  readonly environment: Readonly<Record<string, string>>
  readonly directory: string
  /** `spark-submit` unless told otherwise. */
  readonly program?: string
  readonly name: string
  readonly conf?: Readonly<Record<string, string>>
  /** Options of spark-submit, the application and its arguments. */
  readonly args?: readonly string[]
  /** Written to standard input, which is closed afterwards. */
  readonly input?: string
}

export class Submission {
  readonly name: string
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  readonly #exited: Promise<number | string>

  constructor(options: SubmitOptions) {
    this.name = options.name
    const program = path.join(options.sparkHome, 'bin', options.program ?? 'spark-submit')
    const conf = {
      'spark.app.name': options.name,
      'spark.ui.enabled': 'false',
      'spark.driver.host': '127.0.0.1',
      'spark.driver.bindAddress': '127.0.0.1',
      'spark.executor.memory': '512m',
      'spark.driver.memory': '512m',
      'spark.driver.extraJavaOptions': '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
      'spark.executor.extraJavaOptions': '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
      ...options.conf,
    }
    const confArgs = Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`])
    this.#child = spawn(
      program,
      ['--master', options.masterUrl, ...confArgs, ...(options.args ?? [])],
      { env: options.environment, cwd: options.directory, stdio: 'pipe', detached: true },
    )
    this.#child.stdin?.end(options.input ?? '')
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()))
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
    this.#exited = once(this.#child, 'close').then(
      ([code, signal]) => (code as number | null) ?? String(signal),
    )
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Exit code, or the name of the signal that ended it. */
  get exited(): Promise<number | string> {
    return this.#exited
  }

  /** Pid of the driver: the JVM replaces the script that started it. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The exit code once it has ended; rejects with its output when that is not the expected one. */
  async succeeded(): Promise<void> {
    const code = await this.#exited
    if (code !== 0) throw new Error(`${this.name} ended with ${code}:\n${this.#tail()}`)
  }

  /** The first match in its output, now or later. */
  async output(pattern: RegExp, timeoutMs = 120_000): Promise<RegExpExecArray> {
    return waitUntil(
      `${String(pattern)} in the output of ${this.name}`,
      () => {
        const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr)
        if (match !== null) return match
        if (this.#child.exitCode === null) return undefined
        throw new Error(`${this.name} ended without ${String(pattern)}:\n${this.#tail()}`)
      },
      { timeoutMs, describe: () => this.#tail() },
    )
  }

  /** Resolves in the moment in which the pattern is printed; for measuring. */
  seen(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (pattern.test(this.#stdout) || pattern.test(this.#stderr)) resolve()
      }
      this.#child.stdout?.on('data', look)
      this.#child.stderr?.on('data', look)
      this.#child.once('close', () => {
        reject(new Error(`${this.name} ended without ${String(pattern)}:\n${this.#tail()}`))
      })
      look()
    })
  }

  /** How often the pattern (with the flag g) occurs in its output so far. */
  count(pattern: RegExp): number {
    return [...this.#stdout.matchAll(pattern)].length + [...this.#stderr.matchAll(pattern)].length
  }

  /** Ends it and its children at once; nothing happens when it has ended. */
  kill(): void {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  #tail(): string {
    return `${this.#stdout.slice(-2_000)}\n${this.#stderr.slice(-6_000)}`
  }
}
