import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  parseApplicationId,
  parseDriverId,
  type ApplicationId,
  type DriverId,
} from '@hearth/common/domain/ids.ts'
import { WorkDirs, ensureWorkDir, type LiveOwners } from './work-dirs.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 0, 30)
const OLD = new Date(NOW - 8 * DAY_MS)
const RECENT = new Date(NOW - 6 * DAY_MS)

let root: string
let workDir: string
let workDirs: WorkDirs
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'hearth-dirs-'))
  workDir = path.join(root, 'work')
  workDirs = new WorkDirs(workDir, path.join(root, 'state'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** The directory of an executor with a file in it, last touched at `at`. */
function makeDir(application: string, executor: number, at: Date): string {
  const dir = path.join(workDir, application, String(executor))
  mkdirSync(path.join(dir, 'sub'), { recursive: true })
  for (const file of [path.join(dir, 'sub', 'file'), path.join(dir, 'stderr')]) {
    writeFileSync(file, 'text')
    utimesSync(file, at, at)
  }
  for (const touched of [path.join(dir, 'sub'), dir]) utimesSync(touched, at, at)
  return dir
}

function launched(application: string, executor: number): void {
  workDirs.noteLaunch({ kind: 'executor', applicationId: anId(application), executor })
}

const NOBODY: LiveOwners = { application: () => false, driver: () => false }

function removeOld(
  application: (id: ApplicationId) => boolean = () => false,
  driver: (id: DriverId) => boolean = () => false,
) {
  return workDirs.removeOld({ application, driver }, 7 * DAY_MS, NOW)
}

test('old directories of ended applications go, with what is in them', async () => {
  for (const executor of [0, 1]) {
    makeDir('app-1', executor, OLD)
    launched('app-1', executor)
  }
  expect(await removeOld()).toEqual({ removed: ['app-1'], problems: [] })
  expect(readdirSync(workDir)).toEqual([])
  expect(await removeOld()).toEqual({ removed: [], problems: [] })
})

test('what is recent, deep down too, stays; so does what an executor lives in', async () => {
  const recent = makeDir('app-1', 0, OLD)
  utimesSync(path.join(recent, 'sub', 'file'), RECENT, RECENT)
  launched('app-1', 0)
  makeDir('app-2', 0, OLD)
  launched('app-2', 0)
  expect(await removeOld((id) => id === 'app-2')).toEqual({ removed: [], problems: [] })
  expect(readdirSync(workDir).sort()).toEqual(['app-1', 'app-2'])
})

test('only what this worker created is touched', async () => {
  const foreign = makeDir('app-3', 0, OLD)
  const shared = makeDir('app-1', 0, OLD)
  const ours = makeDir('app-1', 1, OLD)
  launched('app-1', 1)
  expect((await removeOld()).removed).toEqual(['app-1'])
  expect([foreign, shared, ours].map((dir) => existsSync(dir))).toEqual([true, true, false])
})

test('a link in a directory goes, what it leads to stays', async () => {
  const elsewhere = path.join(root, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(path.join(elsewhere, 'file'), 'precious')
  const dir = makeDir('app-1', 0, OLD)
  symlinkSync(elsewhere, path.join(dir, 'link'))
  launched('app-1', 0)
  await workDirs.removeOld(NOBODY, 0, Date.now() + DAY_MS)
  expect(existsSync(dir)).toBe(false)
  expect(existsSync(path.join(elsewhere, 'file'))).toBe(true)
})

test('a directory that was never made, or was removed by hand, is forgotten', async () => {
  launched('app-1', 0)
  expect(await removeOld()).toEqual({ removed: ['app-1'], problems: [] })
})

test('a work directory is created, and one that cannot be used is named', async () => {
  await ensureWorkDir(path.join(root, 'new', 'work'))
  expect(existsSync(path.join(root, 'new', 'work'))).toBe(true)
  const file = path.join(root, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o755)
  await expect(ensureWorkDir(path.join(file, 'work'))).rejects.toThrow(
    `the work directory ${file}/work cannot be used`,
  )
})

function anId(text: string): ApplicationId {
  const id = parseApplicationId(text)
  if (id === undefined) throw new Error('not an id')
  return id
}

test('the directory of a driver goes when it is old and no run of it lives, and no other one', async () => {
  const directories = ['driver-1', 'driver-2', 'driver-3', 'not-ours'].map((name) => {
    const directory = path.join(workDir, name)
    mkdirSync(directory, { recursive: true })
    writeFileSync(path.join(directory, 'stderr'), 'text')
    const at = name === 'driver-2' ? RECENT : OLD
    for (const touched of [path.join(directory, 'stderr'), directory]) utimesSync(touched, at, at)
    return directory
  })
  for (const name of ['driver-1', 'driver-2', 'driver-3']) {
    const driverId = parseDriverId(name)
    if (driverId === undefined) throw new Error('not an id')
    for (const attempt of [1, 2]) workDirs.noteLaunch({ kind: 'driver', driverId, attempt })
  }
  const isLive = (id: DriverId) => id === parseDriverId('driver-3')
  expect(await removeOld(undefined, isLive)).toEqual({ removed: ['driver-1'], problems: [] })
  expect(directories.map((directory) => existsSync(directory))).toEqual([false, true, true, true])
  expect((await removeOld()).removed).toEqual(['driver-3'])
})

test('rolled logs count as what is in a directory, and go with it', async () => {
  const rolled = ['stdout--2026-11-26--02-10-00--0001.gz', '.stdout.removed', 'stdout']
  for (const [number, at] of [OLD, RECENT].entries()) {
    const dir = makeDir(`app-${number}`, 0, OLD)
    for (const name of rolled) {
      writeFileSync(path.join(dir, name), 'text')
      utimesSync(path.join(dir, name), OLD, OLD)
    }
    // The last output was rolled and compressed: that keeps the time when it was written.
    utimesSync(path.join(dir, 'stdout--2026-11-26--02-10-00--0001.gz'), at, at)
    utimesSync(dir, OLD, OLD)
    launched(`app-${number}`, 0)
  }
  expect(await removeOld()).toEqual({ removed: ['app-0'], problems: [] })
  expect(readdirSync(workDir)).toEqual(['app-1'])
})
