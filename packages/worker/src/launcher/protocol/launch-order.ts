import path from 'node:path'
import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import {
  describeProcess,
  processDirectory,
  type ProcessKey,
} from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import { ProtocolError } from '@hearth/common/protocol/protocol-error.ts'
import { JsonFields } from './json-fields.ts'
import { MAX_LINE_BYTES } from './line-channel.ts'
import { parseLogRolling } from './log-rolling.ts'
import { parsePayload, type ProcessPayload } from './payload.ts'
import { parseKey } from './process-key.ts'
import { parseResources } from './resources.ts'

/** One process to start. Of its environment the launcher sets only its own mark and `PWD`. */
export interface LaunchOrder extends Resources {
  readonly key: ProcessKey
  readonly payload: ProcessPayload
  /** It may be started elsewhere: it starts only under a lease and ends with it. */
  readonly leased: boolean
  /** Program (an absolute path) and its arguments; no shell reads them. */
  readonly argv: readonly string[]
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>
  /** `…/APPLICATION/EXECUTOR` or `…/DRIVER`, absolute; created if absent; holds `stdout` and `stderr`. */
  readonly workDir: string
  /** Written to `stderr` before the process starts. */
  readonly header: string
  /** Text by name: created for the owner alone in the work directory before the process starts. */
  readonly files: Readonly<Record<string, string>>
  /** Absolute; created for the owner alone. */
  readonly scratchDirs: readonly string[]
  /** How `stdout` and `stderr` are rolled; left out, the process appends to them by itself. */
  readonly rolling?: LogRolling
}

const MAX_SHOWN_LENGTH = 300

/**
 * Reads an order. Its directories are checked here and not only where the order was made: the launcher
 * creates and writes files under them.
 */
export function parseLaunchOrder(value: unknown): LaunchOrder {
  const fields = new JsonFields(value, 'launch order')
  const key = parseKey(fields.object('key'))
  const order: LaunchOrder = {
    key,
    ...parseResources(fields),
    payload: parsePayload(key, fields),
    leased: fields.boolean('leased'),
    argv: fields.texts('argv'),
    env: fields.textTable('env'),
    workDir: fields.text('workDir'),
    header: fields.text('header', MAX_LINE_BYTES),
    files: fields.textTable('files'),
    scratchDirs: fields.texts('scratchDirs'),
    // A worker of an earlier release does not say it.
    ...(fields.has('rolling') && { rolling: parseLogRolling(fields.object('rolling')) }),
  }
  const problem = problemOf(order)
  if (problem === undefined) return order
  throw new ProtocolError(`launch order for ${describeProcess(order.key)}: ${problem}`)
}

function problemOf({
  key,
  argv,
  env,
  files,
  workDir,
  scratchDirs,
}: LaunchOrder): string | undefined {
  const program = argv[0] ?? ''
  if (!path.isAbsolute(program)) return `program '${shown(program)}' is not an absolute path`
  // What comes behind it would be cut off, or be refused with less of a reason.
  const odd = [...argv, ...Object.entries(env).flat()].find((text) => text.includes('\0'))
  if (odd !== undefined) return `'${shown(odd).replaceAll('\0', '\\0')}' holds a NUL character`
  // Such a name would set another variable than it says.
  const oddName = Object.keys(env).find((name) => name === '' || name.includes('='))
  if (oddName !== undefined) return `environment variable '${shown(oddName)}' has no proper name`
  const ending = processDirectory(key)
  if (!isPlainPath(workDir) || !workDir.endsWith(`/${ending}`)) {
    return `work directory '${shown(workDir)}' is not an absolute path that ends in ${ending}`
  }
  const oddFile = Object.keys(files).find((name) => !isPlainName(name))
  if (oddFile !== undefined)
    return `'${shown(oddFile)}' is no name for a file of its work directory`
  const oddDir = scratchDirs.find((dir) => !isPlainPath(dir))
  return oddDir === undefined
    ? undefined
    : `scratch directory '${shown(oddDir)}' is not a plain absolute path`
}

// The reason goes into logs and to the application's user.
function shown(text: string): string {
  return text.slice(0, MAX_SHOWN_LENGTH)
}

// The logs are the launcher's own to create.
function isPlainName(name: string): boolean {
  return /^[\w.-]{1,255}$/.test(name) && !/^\.+$/.test(name) && !['stdout', 'stderr'].includes(name)
}

// Absolute, without `.`, `..` or empty segments: what it names can be read off it.
function isPlainPath(dir: string): boolean {
  return path.isAbsolute(dir) && path.normalize(dir) === dir && !dir.includes('\0')
}
