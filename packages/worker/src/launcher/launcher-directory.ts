// The directory STATE/launcher through which a worker and its launcher find each other.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ensurePrivateDirectory } from './private-directory.ts'
import { JsonFields } from './protocol/json-fields.ts'

export interface LauncherPaths {
  readonly directory: string
  /** What the launcher shall do; written by the worker that starts it. */
  readonly spec: string
  /** Who the launcher is; written by the launcher once it can be reached. */
  readonly identity: string
  /** One file per process. */
  readonly processes: string
  readonly log: string
  /** Held by a worker while it adopts or starts. */
  readonly lock: string
}

/** Where everything of the launcher of one state directory is. */
export function launcherPaths(stateDir: string): LauncherPaths {
  return pathsIn(path.join(path.resolve(stateDir), 'launcher'))
}

/** The same, from the launcher's own directory. */
export function pathsIn(directory: string): LauncherPaths {
  return {
    directory,
    spec: path.join(directory, 'spec.json'),
    identity: path.join(directory, 'launcher.json'),
    processes: path.join(directory, 'processes'),
    log: path.join(directory, 'launcher.log'),
    lock: path.join(directory, 'lock'),
  }
}

/** What a launcher is started with. A file and not arguments: the token is nobody else's business. */
export interface LauncherSpec {
  /** Names this launcher for ever; its processes carry it in their environment. */
  readonly id: string
  /** 16 random bytes in hex, by which worker and launcher know each other. */
  readonly token: string
  readonly socketPath: string
  readonly host: string
  readonly port: number
  readonly orphanLimitMs: number
  readonly idleLimitMs: number
  readonly killGraceMs: number
  readonly driverGraceMs: number
  /** The setpriv program. */
  readonly setpriv: string
}

/** Reads spec.json; ProtocolError when it is damaged. */
export async function readSpec({ spec }: LauncherPaths): Promise<LauncherSpec> {
  const fields = new JsonFields(JSON.parse(await readFile(spec, 'utf8')), spec)
  return {
    id: fields.text('id'),
    token: fields.text('token'),
    socketPath: fields.text('socketPath'),
    host: fields.text('host'),
    port: fields.integer('port'),
    orphanLimitMs: fields.integer('orphanLimitMs'),
    idleLimitMs: fields.integer('idleLimitMs'),
    killGraceMs: fields.integer('killGraceMs'),
    // Not in that of a launcher of protocol version 2, whose token must be known to be told so.
    driverGraceMs: fields.has('driverGraceMs') ? fields.integer('driverGraceMs') : 0,
    setpriv: fields.text('setpriv'),
  }
}

/** The process that serves a launcher directory. */
export interface LauncherIdentity {
  readonly id: string
  readonly boot: string
  readonly pid: number
  readonly startTicks: number
  readonly port: number
  readonly socketPath: string
}

/** Reads launcher.json; undefined when no launcher has got ready, or when the file is damaged. */
export async function readIdentity(paths: LauncherPaths): Promise<LauncherIdentity | undefined> {
  try {
    const fields = new JsonFields(
      JSON.parse(await readFile(paths.identity, 'utf8')),
      'launcher.json',
    )
    return {
      id: fields.text('id'),
      boot: fields.text('boot'),
      pid: fields.integer('pid', { min: 1 }),
      startTicks: fields.integer('startTicks'),
      port: fields.integer('port'),
      socketPath: fields.text('socketPath'),
    }
  } catch {
    return undefined
  }
}

// sun_path holds 108 bytes with the closing NUL; libuv cuts a longer path silently and listens there.
const MAX_SOCKET_PATH_BYTES = 107

/**
 * A path for the unix socket that the kernel can hold: in the launcher's directory, or, when that lies
 * too deep, in a new private directory under the system's temporary one. No two launchers have the same:
 * one that ends unlinks its path, whoever listens there by then.
 */
export async function chooseSocketPath({ directory }: LauncherPaths, id: string): Promise<string> {
  const near = path.join(directory, `s-${id.slice(0, 8)}`)
  if (fits(near)) return near
  const temporary = fits(path.join(os.tmpdir(), 'hearth-XXXXXX', 's')) ? os.tmpdir() : '/tmp'
  return path.join(await mkdtemp(path.join(temporary, 'hearth-')), 's')
}

function fits(socketPath: string): boolean {
  return Buffer.byteLength(socketPath) <= MAX_SOCKET_PATH_BYTES
}

/** Removes the socket, and its directory when that was made for it alone. */
export async function removeSocket(paths: LauncherPaths, socketPath: string): Promise<void> {
  const directory = path.dirname(socketPath)
  const made = directory !== paths.directory && path.basename(directory).startsWith('hearth-')
  await rm(made ? directory : socketPath, { force: true, recursive: made })
}

/** Creates what must exist before a launcher is looked for. */
export async function ensureLauncherDirectory(paths: LauncherPaths): Promise<void> {
  await ensurePrivateDirectory(paths.directory)
  await ensurePrivateDirectory(paths.processes)
}
