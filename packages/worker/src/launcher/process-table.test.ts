import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aKey, aPayload } from './launcher-fixture.ts'
import { ProcessTable, type ProcessRecord } from './process-table.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-table-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function aRecord(sequence: number, exitCode: number | null = null): ProcessRecord {
  return {
    ...{ sequence, launcherId: 'l', boot: 'b', startTicks: 5 },
    held: {
      ...{ key: aKey(sequence), cores: 1, memoryMb: 2, payload: aPayload(), workDir: '/w' },
      ...{ scratchDirs: [], pid: 4, state: 'running', exitCode, killed: false, message: null },
    },
  }
}

async function readAll(): Promise<{ records: ProcessRecord[]; damaged: string[] }> {
  const damaged: string[] = []
  const records = await new ProcessTable(directory).readAll((file) => damaged.push(file))
  return { records, damaged }
}

test('saves and removals of one record take effect in call order', async () => {
  const table = new ProcessTable(directory)
  const saves = Array.from({ length: 20 }, (_, exitCode) => table.save(aRecord(1, exitCode)))
  const removal = table.remove(2)
  const after = table.save(aRecord(2, 7))
  const gone = [table.save(aRecord(3)), table.remove(3)]
  await Promise.all([...saves, removal, after, ...gone])
  expect((await readAll()).records).toEqual([aRecord(1, 19), aRecord(2, 7)])
  expect(readdirSync(directory).sort()).toEqual(['1.json', '2.json'])
})

test('records come oldest first, whatever their number of digits', async () => {
  const table = new ProcessTable(directory)
  for (const sequence of [10, 9, 100]) await table.save(aRecord(sequence))
  expect((await readAll()).records.map(({ sequence }) => sequence)).toEqual([9, 10, 100])
})

test('a torn draft is not read, a damaged record is named and does not hide the others', async () => {
  await new ProcessTable(directory).save(aRecord(1))
  writeFileSync(path.join(directory, '2.json.new'), '{')
  writeFileSync(path.join(directory, '3.json'), '{}')
  const { records, damaged } = await readAll()
  expect(records).toEqual([aRecord(1)])
  expect(damaged).toEqual([path.join(directory, '3.json')])
})

test('a failed save is told, and later saves are tried all the same', async () => {
  const table = new ProcessTable(path.join(directory, 'missing'))
  await expect(table.save(aRecord(1))).rejects.toThrow(/ENOENT/)
  await expect(table.save(aRecord(1))).rejects.toThrow(/ENOENT/)
})
