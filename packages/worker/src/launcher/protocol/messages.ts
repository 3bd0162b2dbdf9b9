// What worker and launcher say to each other over the unix socket: one JSON object per line. An upgrade
// replaces the worker beneath a running launcher, so both may be of different releases: `hello` and
// `welcome` keep their shape for ever, the rest may change with LAUNCHER_PROTOCOL_VERSION.
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import type { AuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { parseAuthSettings } from './auth-settings.ts'
import { parseHeldProcess, type HeldProcess } from './held-process.ts'
import { JsonFields } from './json-fields.ts'
import { parseKey } from './process-key.ts'

export const LAUNCHER_PROTOCOL_VERSION = 3

/** The first line of a worker. The limits replace those with which the launcher was started. */
export interface Hello {
  readonly type: 'hello'
  readonly version: number
  readonly token: string
  readonly pid: number
  readonly orphanLimitMs: number
  readonly killGraceMs: number
  readonly driverGraceMs: number
}

export type WorkerToLauncher =
  | Hello
  /**
   * What processes must prove on the port that they watch; the first message after the adoption. It is
   * kept in memory alone, and a worker that comes back says it anew.
   */
  | { readonly type: 'authenticate'; readonly auth: AuthSettings | null }
  /** The order is read where it can be refused: what is wrong in it is no breach of the protocol. */
  | { readonly type: 'launch'; readonly key: ProcessKey; readonly order: unknown }
  | { readonly type: 'kill'; readonly key: ProcessKey }
  | { readonly type: 'forget'; readonly key: ProcessKey }
  /** Leased processes may live for so long from the moment in which this arrives. */
  /** Leased processes may live until then: milliseconds since this machine was started, suspend included. */
  | { readonly type: 'renew-lease'; readonly endsAtMs: number }
  | { readonly type: 'shutdown' }

/** The answer to `hello`; `held` processes follow, each as a message of its own. */
export interface Welcome {
  readonly type: 'welcome'
  readonly version: number
  readonly token: string
  readonly id: string
  readonly pid: number
  readonly port: number
  readonly heldCount: number
}

export type LauncherToWorker =
  | Welcome
  | { readonly type: 'held'; readonly process: HeldProcess }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'started'; readonly key: ProcessKey; readonly pid: number }
  | { readonly type: 'failed'; readonly key: ProcessKey; readonly message: string }
  /** Not even tried: the launcher is ending, or the process has no lease. */
  | { readonly type: 'not-taken'; readonly key: ProcessKey; readonly message: string }
  | {
      readonly type: 'exited'
      readonly key: ProcessKey
      readonly exitCode: number
      readonly killed: boolean
      /** Why the launcher ended it, when that was not by order of a worker. */
      readonly message: string | null
    }
  /** The worker with this pid has adopted the launcher; this connection is closed next. */
  | { readonly type: 'taken'; readonly pid: number }

/** Reads a line of a worker; ProtocolError for anything else. */
export function parseWorkerMessage(value: unknown): WorkerToLauncher {
  const fields = new JsonFields(value, 'message of a worker')
  const type = fields.text('type')
  switch (type) {
    case 'hello':
      return {
        type,
        version: fields.integer('version'),
        token: fields.text('token'),
        pid: fields.integer('pid'),
        orphanLimitMs: fields.integer('orphanLimitMs'),
        killGraceMs: fields.integer('killGraceMs'),
        // A worker of version 2 knows no drivers; it is to be refused for its version.
        driverGraceMs: fields.has('driverGraceMs') ? fields.integer('driverGraceMs') : 0,
      }
    case 'authenticate': {
      const auth = fields.objectOrNull('auth')
      const what = 'authentication settings'
      return { type, auth: auth === null ? null : parseAuthSettings(new JsonFields(auth, what)) }
    }
    case 'launch':
      return { type, key: parseKey(fields.object('key')), order: fields.object('order') }
    case 'kill':
    case 'forget':
      return { type, key: parseKey(fields.object('key')) }
    case 'renew-lease':
      return { type, endsAtMs: fields.integer('endsAtMs', { max: Number.MAX_SAFE_INTEGER }) }
    case 'shutdown':
      return { type }
    default:
      throw new ProtocolError(`message of a worker: type '${type.slice(0, 100)}' is unknown`)
  }
}

/** Reads a line of a launcher; ProtocolError for anything else. */
export function parseLauncherMessage(value: unknown): LauncherToWorker {
  const fields = new JsonFields(value, 'message of a launcher')
  const type = fields.text('type')
  switch (type) {
    case 'welcome':
      return {
        type,
        version: fields.integer('version'),
        token: fields.text('token'),
        id: fields.text('id'),
        pid: fields.integer('pid'),
        port: fields.integer('port'),
        heldCount: fields.integer('heldCount'),
      }
    case 'held':
      return { type, process: parseHeldProcess(fields.object('process')) }
    case 'refused':
      return { type, reason: fields.text('reason') }
    case 'started':
      return { type, key: parseKey(fields.object('key')), pid: fields.integer('pid') }
    case 'failed':
    case 'not-taken':
      return { type, key: parseKey(fields.object('key')), message: fields.text('message') }
    case 'exited':
      return {
        type,
        key: parseKey(fields.object('key')),
        exitCode: fields.integer('exitCode'),
        killed: fields.boolean('killed'),
        message: fields.textOrNull('message'),
      }
    case 'taken':
      return { type, pid: fields.integer('pid') }
    default:
      throw new ProtocolError(`message of a launcher: type '${type.slice(0, 100)}' is unknown`)
  }
}
