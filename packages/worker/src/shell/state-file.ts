// What a worker must know after a restart: who it was, which term of leadership it obeyed last, and
// whether it is to leave.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseWorkerId, type WorkerId } from '@hearth/common/domain/ids.ts'
import Type from 'typebox'
import { Check } from 'typebox/value'
import type { Fence } from '../core/effects.ts'
import { writeDurably } from '../launcher/durable-file.ts'

export interface WorkerState {
  readonly workerId: WorkerId | null
  readonly fence: Fence | null
  /** The worker with this id takes no new executors. */
  readonly decommissioning: boolean
}

const StoredState = Type.Object({
  version: Type.Literal(1),
  workerId: Type.Union([Type.String(), Type.Null()]),
  fence: Type.Union([
    Type.Object({ clusterId: Type.String(), epoch: Type.Integer({ minimum: 0 }) }),
    Type.Null(),
  ]),
  decommissioning: Type.Optional(Type.Boolean()),
})

/**
 * Reads the state; an empty one when there is none yet. A file that cannot be read stops the start: to
 * forget the fence would let a master of an ended term command this worker.
 */
export async function readState(stateDir: string): Promise<WorkerState> {
  const file = stateFile(stateDir)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return { workerId: null, fence: null, decommissioning: false }
  const stored = parse(text)
  if (!Check(StoredState, stored)) {
    throw new Error(`${file} is damaged; remove it if no older master can be running`)
  }
  const workerId = parseWorkerId(stored.workerId ?? '') ?? null
  return { workerId, fence: stored.fence, decommissioning: stored.decommissioning ?? false }
}

/** Resolves when the state survives a crash. Calls must not overlap. */
export async function writeState(stateDir: string, state: WorkerState): Promise<void> {
  await writeDurably(stateFile(stateDir), `${JSON.stringify({ version: 1, ...state })}\n`)
}

function stateFile(stateDir: string): string {
  return path.join(stateDir, 'worker.json')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
