import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { writeDurably } from '../durable-file.ts'
import { chooseSocketPath, type LauncherPaths, type LauncherSpec } from '../launcher-directory.ts'
import { awaitStart, READY_DESCRIPTOR } from '../readiness.ts'
import { findSetpriv } from './find-setpriv.ts'
import { launcherProgram } from './launcher-program.ts'

export type StartOptions = Pick<
  LauncherSpec,
  'host' | 'port' | 'orphanLimitMs' | 'idleLimitMs' | 'killGraceMs' | 'driverGraceMs'
>

/**
 * Starts the launcher of a directory in which none runs; resolves with what it was started with once it
 * can be adopted. Throws with the launcher's own words when it could not start.
 */
export async function startLauncher(
  paths: LauncherPaths,
  options: StartOptions,
): Promise<LauncherSpec> {
  const program = launcherProgram()
  const setpriv = findSetpriv()
  const id = randomUUID()
  const socketPath = await chooseSocketPath(paths, id)
  const token = randomBytes(16).toString('hex')
  const spec: LauncherSpec = { ...options, id, token, socketPath, setpriv }
  await rm(paths.identity, { force: true })
  await writeDurably(paths.spec, JSON.stringify(spec))
  // No pipe stays between the two: whoever writes to a pipe dies with its reader. The one for the
  // announcement is closed by both ends once it is used.
  const child = spawn(process.execPath, [program, paths.directory, spec.id], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: launcherEnvironment(),
  })
  child.unref()
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error))
  try {
    await Promise.race([awaitStart(child.stdio[READY_DESCRIPTOR] as Readable), failed])
  } catch (error) {
    const text = `launcher in ${paths.directory} did not start: ${(error as Error).message}`
    throw new Error(text, { cause: error })
  }
  return spec
}

// Not the worker's: NODE_OPTIONS would change how the launcher runs, and secrets would stand in a
// second process for no use. Executors get the environment of their order.
function launcherEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const name of ['PATH', 'TZ', 'LANG']) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
