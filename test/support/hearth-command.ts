// The shipped program as a user calls it: commands that end, and a cluster held by one that does not.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ProgramResult, runProgram } from '../../packages/cli/src/spark/run-program.ts'
import { Daemon, PROGRAM } from './daemon.ts'
import { testEnvironment } from './environment.ts'
import { killAll, MARK_VARIABLE, markedProcesses } from './processes.ts'
import { waitUntil } from './wait-until.ts'

/** A directory and a mark for everything that one test starts through the command line. */
export class CommandSite {
  readonly mark = randomUUID()
  readonly directory = mkdtempSync(path.join(tmpdir(), 'hearth-test-'))

  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const own = { [MARK_VARIABLE]: this.mark, TMPDIR: this.directory }
    return { ...testEnvironment(), ...own, ...extra }
  }

  /** Runs a command to its end, which must come within 50 s or the time given. */
  run(
    args: readonly string[],
    extra: Readonly<Record<string, string>> = {},
    timeoutMs = 50_000,
  ): Promise<ProgramResult> {
    const environment = this.environment(extra)
    return runProgram(process.execPath, [PROGRAM, ...args], environment, timeoutMs)
  }

  /** Starts a command that goes on, such as `up`; all that it prints is in its log. */
  start(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Daemon {
    return new Daemon({
      name: `hearth ${args[0] ?? ''}`,
      args,
      environment: this.environment(extra),
      logFile: path.join(this.directory, `${args[0] ?? ''}.log`),
    })
  }

  /** Resolves when no process of this test is left; rejects with what is left. */
  async allEnded(): Promise<void> {
    await waitUntil(
      'the end of all processes',
      () => (markedProcesses(this.mark).length === 0 ? true : undefined),
      {
        timeoutMs: 20_000,
        describe: () =>
          markedProcesses(this.mark)
            .map(({ pid, commandLine }) => `${pid} ${commandLine.join(' ').slice(0, 200)}`)
            .join('\n'),
      },
    )
  }

  dispose(): void {
    killAll(markedProcesses(this.mark))
    rmSync(this.directory, { recursive: true, force: true })
  }
}
