// Programs that a test or its provisioning calls and waits for.
import { execFile } from 'node:child_process'
import { testEnvironment } from './environment.ts'

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly directory?: string
  readonly timeoutMs?: number
}

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
}

const TIMEOUT_MS = 120_000

/** Rejects with what it wrote unless the program ends with 0 in time. */
export function runToEnd(
  program: string,
  args: readonly string[],
  { environment = testEnvironment(), directory, timeoutMs = TIMEOUT_MS }: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...args],
      { env: environment, cwd: directory, timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ stdout, stderr })
        const how = error.killed === true ? `no end in ${timeoutMs / 1000} s` : `${error.code}`
        const said = `${stdout.slice(-2_000)}\n${stderr.slice(-6_000)}`
        reject(new Error(`${program} ${args.join(' ').slice(0, 200)}: ${how}\n${said}`))
      },
    )
  })
}
