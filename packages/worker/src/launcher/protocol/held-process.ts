import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import type { Resources } from '@hearth/common/domain/resources.ts'
import { JsonFields } from './json-fields.ts'
import { parsePayload, type ProcessPayload } from './payload.ts'
import { parseKey } from './process-key.ts'
import { parseResources } from './resources.ts'

/**
 * `running` with pid null: it is being started. `failed`: it could not be started, `message` says why.
 * `exited`: `exitCode` is known. `lost`: it died with its launcher or with the machine, nobody saw how;
 * that must not count against its application.
 */
export type HeldState = 'running' | 'exited' | 'failed' | 'lost'

const HELD_STATES: readonly HeldState[] = ['running', 'exited', 'failed', 'lost']

/** A process that the launcher holds, running or ended; ended ones stay until they are forgotten. */
export interface HeldProcess extends Resources {
  readonly key: ProcessKey
  readonly payload: ProcessPayload
  readonly workDir: string
  readonly scratchDirs: readonly string[]
  readonly pid: number | null
  readonly state: HeldState
  /** Exit code, or 128 + signal number; null unless `exited`. */
  readonly exitCode: number | null
  /** True when the launcher ended it, on order or for the reason in `message`. */
  readonly killed: boolean
  readonly message: string | null
}

/** Reads a held process from the launcher's socket or table; ProtocolError names what is wrong. */
export function parseHeldProcess(value: unknown): HeldProcess {
  const fields = new JsonFields(value, 'held process')
  const key = parseKey(fields.object('key'))
  return {
    key,
    ...parseResources(fields),
    payload: parsePayload(key, fields),
    workDir: fields.text('workDir'),
    scratchDirs: fields.texts('scratchDirs'),
    pid: fields.integerOrNull('pid'),
    state: fields.oneOf('state', HELD_STATES),
    exitCode: fields.integerOrNull('exitCode'),
    killed: fields.boolean('killed'),
    message: fields.textOrNull('message'),
  }
}
