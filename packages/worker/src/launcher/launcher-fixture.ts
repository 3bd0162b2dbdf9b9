// Set-up for the launcher's tests: a real launcher program, and processes that can be found again.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import pino from 'pino'
import { vi } from 'vitest'
import { parseApplicationId, parseDriverId } from '@hearth/common/domain/ids.ts'
import {
  processDirectory,
  type DriverRunKey,
  type ExecutorKey,
  type ProcessKey,
} from '@hearth/common/domain/process-key.ts'
import type {
  SparkDriverPayload,
  SparkExecutorPayload,
} from '@hearth/common/protocol/cluster/messages.ts'
import {
  openLauncher,
  type Launcher,
  type LauncherEvent,
  type LaunchOrder,
  type OpenLauncherOptions,
} from './client.ts'
import { launcherPaths, readIdentity, type LauncherIdentity } from './launcher-directory.ts'
import { processesWithVariable, signalProcess, type ProcessIdentity } from './linux-processes.ts'
import { awaitEnd } from './opening/await-end.ts'
import { LAUNCHER_PROGRAM_VARIABLE } from './opening/launcher-program.ts'

const MARK = 'HEARTH_TEST_MARK'
/** Bounds a wait for the end of a process; the machine may be busy. */
export const END_LIMIT_MS = 20_000

// Real processes, maybe on a busy machine: a test waits for events, and this bounds a hang.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** Bundles the launcher as it is in the source, and has `openLauncher` use it from now on. */
export async function bundleLauncher(): Promise<string> {
  const program = await bundleProgram('main.ts')
  process.env[LAUNCHER_PROGRAM_VARIABLE] = program
  return path.dirname(program)
}

/** Bundles a program of this folder into a directory of its own; resolves with the file. */
export async function bundleProgram(source: string): Promise<string> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-launcher-program-'))
  const outfile = path.join(directory, 'program.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'bundle',
    logLevel: 'warning',
  })
  return outfile
}

type EventOf<Type extends LauncherEvent['type']> = Extract<LauncherEvent, { type: Type }>

/** The events of one handle, in order, to be waited for. */
export class EventLog {
  readonly all: LauncherEvent[] = []
  readonly #waiting: (() => void)[] = []

  readonly onEvent = (event: LauncherEvent): void => {
    this.all.push(event)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** The first event of the type, now or later; of one executor if that is given. */
  async next<Type extends LauncherEvent['type']>(
    type: Type,
    executor?: number,
  ): Promise<EventOf<Type>> {
    for (;;) {
      const found = this.all.find((event) => event.type === type && isAbout(event, executor))
      if (found !== undefined) return found as EventOf<Type>
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}

function isAbout(event: LauncherEvent, executor: number | undefined): boolean {
  return executor === undefined || ('key' in event && numberOf(event.key) === executor)
}

/** The number of an executor, the run of a driver. */
function numberOf(key: ProcessKey): number {
  return key.kind === 'executor' ? key.executor : key.attempt
}

// Watched before it is looked at: the change may come in between, or have come already.
function awaitChange(directory: string, isDone: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(limit)
      watcher.close()
      settle()
    }
    const look = (): void => {
      if (isDone()) finish(resolve)
    }
    const watcher = watch(directory, look).on('error', (error) => finish(() => reject(error)))
    const limit = setTimeout(
      () => finish(() => reject(new Error(`no such change of ${directory}`))),
      END_LIMIT_MS,
    )
    look()
  })
}

/** A state directory with everything that a test starts in it; `cleanUp` fails if something is left. */
export class LauncherBench {
  readonly mark = randomUUID()
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'hearth-bench-'))
  stateDir = path.join(this.root, 'state')
  readonly #launchers = new Set<ProcessIdentity>()
  readonly #handles: Launcher[] = []

  /** Opens the launcher of the state directory and collects its events. */
  async open(
    options: Partial<OpenLauncherOptions> = {},
  ): Promise<{ launcher: Launcher; events: EventLog; identity: LauncherIdentity }> {
    const events = new EventLog()
    const launcher = await openLauncher({
      stateDir: this.stateDir,
      host: '127.0.0.1',
      port: 0,
      orphanLimitMs: 60_000,
      killGraceMs: 5000,
      driverGraceMs: 5000,
      auth: null,
      log: pino({ level: 'silent' }),
      onEvent: events.onEvent,
      ...options,
    })
    this.#handles.push(launcher)
    return { launcher, events, identity: await this.identity() }
  }

  /** The process that serves the state directory. */
  async identity(): Promise<LauncherIdentity> {
    const identity = await readIdentity(launcherPaths(this.stateDir))
    if (identity === undefined) throw new Error('there is no launcher.json')
    this.#launchers.add(identity)
    return identity
  }

  /** An order for a shell script. */
  order(
    script: string,
    { executor = 0, key = aKey(executor) }: { executor?: number; key?: ProcessKey } = {},
  ): LaunchOrder {
    return {
      key,
      cores: 1,
      memoryMb: 512,
      payload: key.kind === 'executor' ? aPayload() : aDriverPayload(),
      leased: false,
      argv: ['/bin/sh', '-c', script],
      env: { PATH: '/usr/bin:/bin', [MARK]: this.mark },
      workDir: path.join(this.root, 'work', processDirectory(key)),
      header: `Command: ${script}\n`,
      files: {},
      scratchDirs: [],
    }
  }

  /** Resolves when the process has made a file in its directory. */
  async fileOf({ workDir }: LaunchOrder, name: string): Promise<void> {
    mkdirSync(workDir, { recursive: true })
    await awaitChange(workDir, () => existsSync(path.join(workDir, name)))
  }

  /** Makes a file in the process's directory, for a script that waits for it. */
  async touch({ workDir }: LaunchOrder, name: string): Promise<void> {
    await writeFile(path.join(workDir, name), '')
  }

  /** Processes of this bench that run now, the launchers aside. */
  running(): ProcessIdentity[] {
    return processesWithVariable(MARK, this.mark)
  }

  /** Resolves when none is left; throws when that takes too long. */
  async noneLeft(): Promise<void> {
    const left = await awaitEnd(this.running(), END_LIMIT_MS)
    if (left.length > 0) throw new Error(`still running: ${left.map(({ pid }) => pid).join(', ')}`)
  }

  /** Ends the launchers and removes all files. Throws when a process had outlived its launcher. */
  async cleanUp(): Promise<void> {
    // One whose launcher were killed would still write down what it lost, into what is removed below.
    for (const handle of this.#handles) await handle.shutdown()
    const launchers = [...this.#launchers]
    for (const launcher of launchers) signalProcess(launcher, 'SIGKILL')
    await awaitEnd(launchers, END_LIMIT_MS)
    try {
      await this.noneLeft()
    } finally {
      for (const leftover of this.running()) signalProcess(leftover, 'SIGKILL')
      rmSync(this.root, { recursive: true, force: true, maxRetries: 10 })
    }
  }
}

/** Executor `executor` of the one application of these tests. */
export function aKey(executor = 0): ExecutorKey {
  const applicationId = parseApplicationId('app-20250102030405-0001')
  if (applicationId === undefined) throw new Error('not an application id')
  return { kind: 'executor', applicationId, executor }
}

/** Run `attempt` of the one driver of these tests. */
export function aDriverKey(attempt = 1): DriverRunKey {
  const driverId = parseDriverId('driver-20250102030405-0001')
  if (driverId === undefined) throw new Error('not a driver id')
  return { kind: 'driver', driverId, attempt }
}

export function aDriverPayload(): SparkDriverPayload {
  return { kind: 'spark-driver', jarUrl: '', command: aPayload().command }
}

export function aPayload(): SparkExecutorPayload {
  return {
    kind: 'spark-executor',
    applicationName: 'test',
    user: 'somebody',
    maxCores: null,
    resourceProfileId: 0,
    command: {
      mainClass: 'Main',
      arguments: [],
      environment: {},
      classPathEntries: [],
      libraryPathEntries: [],
      javaOptions: [],
    },
  }
}
