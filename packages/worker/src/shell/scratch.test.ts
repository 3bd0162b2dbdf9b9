import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseApplicationId, type ApplicationId } from '@hearth/common/domain/ids.ts'
import { scratchPaths } from '../doors/spark/scratch-paths.ts'
import { createScratchDirs } from '../launcher/scratch-dirs.ts'
import { Scratch } from './scratch.ts'

let root: string
let roots: string[]
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'hearth-scratch-'))
  roots = ['a', 'b'].map((name) => path.join(root, name))
  for (const dir of roots) mkdirSync(dir)
})
afterEach(() => rmSync(root, { recursive: true }))

async function fill(scratch: Scratch, id: ApplicationId): Promise<readonly string[]> {
  const dirs = scratchPaths(scratch.roots, scratch.id, id)
  expect(await createScratchDirs(dirs)).toMatchObject({ problems: [] })
  for (const dir of dirs) writeFileSync(path.join(dir, 'shuffle'), 'data')
  return dirs
}

test('one application’s directories go from every root', async () => {
  const scratch = new Scratch(roots, 'one')
  const first = await fill(scratch, anId('app-1'))
  const second = await fill(scratch, anId('app-2'))
  expect(await scratch.remove(anId('app-1'))).toEqual([])
  expect([...first, ...second].map((dir) => existsSync(dir))).toEqual([false, false, true, true])
})

test('what earlier lives left goes, but for what still runs, and for other workers', async () => {
  const scratch = new Scratch(roots, 'one')
  const other = await fill(new Scratch(roots, 'two'), anId('app-1'))
  const stale = await fill(scratch, anId('app-1'))
  const live = await fill(scratch, anId('app-2'))
  expect(await scratch.removeAllBut([anId('app-2')])).toEqual([])
  expect([...other, ...stale, ...live].map((dir) => existsSync(dir))).toEqual([
    ...[true, true, false, false],
    ...[true, true],
  ])
  expect(await scratch.removeAllBut([])).toEqual([])
  for (const dir of roots) expect(readdirSync(dir)).toHaveLength(1)
})

function anId(text: string): ApplicationId {
  const id = parseApplicationId(text)
  if (id === undefined) throw new Error('not an id')
  return id
}
