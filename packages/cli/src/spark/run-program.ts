// Runs a short program and takes what it says.
import { execFile } from 'node:child_process'

export interface ProgramResult {
  /** Undefined when the program could not be started or was ended by a signal. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

const TIMEOUT_MS = 20_000

/** Never throws: a program that does not exist is a result like any other. */
export function runProgram(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  timeoutMs = TIMEOUT_MS,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { env: environment, timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code
        resolve({ exitCode: typeof code === 'number' ? code : undefined, stdout, stderr })
      },
    )
  })
}
