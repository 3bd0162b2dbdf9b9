import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseWorkerId } from '@hearth/common/domain/ids.ts'
import { readState, writeState } from './state-file.ts'

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(path.join(os.tmpdir(), 'hearth-state-'))
})
afterEach(() => rmSync(stateDir, { recursive: true }))

const workerId = parseWorkerId('worker-20260101000000-w1-7078') ?? null

test('what was written is read again; nothing written is an empty state', async () => {
  expect(await readState(stateDir)).toEqual({ workerId: null, fence: null, decommissioning: false })
  for (const state of [
    { workerId, fence: { clusterId: 'c1', epoch: 7 }, decommissioning: false },
    { workerId, fence: null, decommissioning: true },
  ]) {
    await writeState(stateDir, state)
    expect(await readState(stateDir)).toEqual(state)
  }
})

test.each(['', '{', '[]', '{"version":2,"workerId":null,"fence":null}', '{"version":1}'])(
  'a damaged file is not taken for an empty one: %s',
  async (text) => {
    const file = path.join(stateDir, 'worker.json')
    writeFileSync(file, text)
    await expect(readState(stateDir)).rejects.toThrow(/worker\.json is damaged/)
    expect(readFileSync(file, 'utf8')).toBe(text)
  },
)
