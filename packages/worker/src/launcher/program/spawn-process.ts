import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { readStartTicks, type ProcessIdentity } from '../linux-processes.ts'
import { openFileOutput, type Outputs, type ProcessOutput } from '../logs/process-output.ts'
import { LAUNCHER_VARIABLE } from '../process-mark.ts'
import type { LaunchOrder } from '../protocol/launch-order.ts'
import { createScratchDirs, createWorkDir } from '../scratch-dirs.ts'

export interface SpawnOptions {
  readonly launcherId: string
  readonly setpriv: string
  readonly rolledOutputs: Outputs
  /** Called for what goes wrong but does not keep the process from starting. */
  readonly onProblem: (problem: string) => void
}

export interface SpawnedProcess {
  readonly identity: ProcessIdentity
  /** Resolves with the exit code, or 128 + signal number, once the process has ended. */
  readonly ended: Promise<number>
  /** To be called then; resolves when what it has written is in its logs, or cannot be. Never rejects. */
  readonly settleOutput: () => Promise<void>
}

/** The open output of a process that is about to be spawned. */
export interface PreparedProcess {
  /** Starts the process; throws an Error whose message says why it cannot be. */
  spawn(): Promise<SpawnedProcess>
  /** Closes what was opened; after `spawn` too, for the process has its own descriptors. */
  close(): Promise<void>
}

/** Creates the directories and files of an order and writes the header; throws if one fails. */
export async function prepareProcess(
  order: LaunchOrder,
  options: SpawnOptions,
): Promise<PreparedProcess> {
  const program = order.argv[0] ?? ''
  await requireProgram(program)
  await createWorkDir(order.workDir)
  const scratch = await createScratchDirs(order.scratchDirs)
  for (const problem of scratch.problems) options.onProblem(problem)
  if (order.scratchDirs.length > 0 && scratch.created.length === 0) {
    throw new Error(`no scratch directory is usable: ${scratch.problems.join('; ')}`)
  }
  const output = await openOutput(order, options)
  const close = () => output.handOver()
  try {
    await output.writeHeader(order.header)
    await createFiles(order)
    return { spawn: () => spawnBound(order, options, output), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openOutput(
  { workDir, rolling }: LaunchOrder,
  { rolledOutputs }: SpawnOptions,
): Promise<ProcessOutput> {
  if (rolling === undefined) return await openFileOutput(workDir)
  return await rolledOutputs.open(workDir, rolling)
}

// Created anew: a link that somebody put there under the name is removed and not followed.
async function createFiles({ workDir, files }: LaunchOrder): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(workDir, name)
    await rm(file, { force: true })
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
  }
}

// `setpriv --pdeathsig KILL` has the kernel end the process in the moment in which the launcher ends,
// however that ends. The signal follows the thread that forked: this runs on Node's main thread only.
// A session of its own (`detached`) keeps it apart from signals to the launcher and makes everything
// that it starts findable.
async function spawnBound(
  order: LaunchOrder,
  { launcherId, setpriv }: SpawnOptions,
  output: ProcessOutput,
): Promise<SpawnedProcess> {
  const child = spawn(setpriv, ['--pdeathsig', 'KILL', '--', ...checked(order)], {
    cwd: order.workDir,
    env: { ...order.env, [LAUNCHER_VARIABLE]: launcherId },
    stdio: ['ignore', output.stdout, output.stderr],
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error]
    throw new Error(`cannot run ${setpriv}: ${error.message}`)
  }
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)))
  })
  // Even one that has ended already can be read: it is not reaped before the event loop turns.
  const identity = { pid, startTicks: readStartTicks(pid) ?? 0 }
  return { identity, ended, settleOutput: () => output.settle() }
}

// A launcher that dies between the fork and setpriv's call is not seen by the kernel's tie: the process
// itself has to look whether its parent is still the launcher, once it is tied.
const WITH_ITS_LAUNCHER = 'test "$PPID" = "$0" && exec "$@"'

// What a shell reads out of its environment before it runs a line: code, options, or what it ends with.
const READ_BY_SHELLS = new Set([
  ...['BASH_ENV', 'ENV', 'BASHOPTS', 'SHELLOPTS', 'PS4', 'BASH_XTRACEFD', 'POSIXLY_CORRECT'],
  ...['OPTIND', 'IFS', 'ZDOTDIR'],
])

// A shell leaves variables out whose names it could not set, and is steered by some: an order with such a
// name goes without the look, and what slips through its launcher's death is found by its mark.
function checked({ argv, env }: LaunchOrder): readonly string[] {
  const names = Object.keys(env)
  const isOdd = names.some((name) => !/^[A-Za-z_]\w*$/.test(name) || READ_BY_SHELLS.has(name))
  return isOdd ? argv : ['/bin/sh', '-c', WITH_ITS_LAUNCHER, String(process.pid), ...argv]
}

// The JVM's convention, which Spark reports: death by signal N is 128 + N.
function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])
}

// setpriv itself would only exit with 127 when the program is missing: that would look like the program.
async function requireProgram(program: string): Promise<void> {
  try {
    await access(program, constants.X_OK)
    if (!(await stat(program)).isFile()) throw new Error('it is not a file')
  } catch (error) {
    throw new Error(`cannot run ${program}: ${(error as Error).message}`, { cause: error })
  }
}
