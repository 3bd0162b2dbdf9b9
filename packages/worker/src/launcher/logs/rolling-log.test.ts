import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogRolling } from '@hearth/common/domain/log-rolling.ts'
import { RollingLog } from './rolling-log.ts'

const DAILY = { by: 'time', intervalMs: 86_400_000, names: 'day' } as const
const HOURLY = { by: 'time', intervalMs: 3_600_000, names: 'hour' } as const

let directory: string
let file: string
let now: number
let problems: string[]
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-rolling-'))
  file = path.join(directory, 'stdout')
  now = new Date(2026, 10, 26, 1, 30).getTime()
  problems = []
})
afterEach(() => rmSync(directory, { recursive: true }))

function open(rolling: Partial<LogRolling> = {}): Promise<RollingLog> {
  const whole = { strategy: HOURLY, maxRetainedFiles: null, compress: false, ...rolling }
  const options = { now: () => now, onProblem: (problem: string) => problems.push(problem) }
  return RollingLog.open(file, whole, options)
}

function append(log: RollingLog, output: string): Promise<void> {
  return log.append(Buffer.from(output))
}

function hourPasses(): void {
  now += HOURLY.intervalMs
}

function text(name: string): string {
  return readFileSync(path.join(directory, name), 'utf8')
}

test('a log is rolled by the first output of another hour and named by the hour of the rolling', async () => {
  const log = await open()
  await append(log, 'one ')
  await append(log, 'hour\n')
  hourPasses()
  expect(readdirSync(directory)).toEqual(['stdout'])
  await append(log, 'two\n')
  hourPasses()
  hourPasses()
  await append(log, 'four\n')
  await log.close()
  expect(readdirSync(directory).sort()).toEqual([
    'stdout',
    'stdout--2026-11-26--02',
    'stdout--2026-11-26--04',
  ])
  expect(text('stdout--2026-11-26--02')).toBe('one hour\n')
  expect(text('stdout--2026-11-26--04')).toBe('two\n')
  expect(text('stdout')).toBe('four\n')
  expect(problems).toEqual([])
})

test('days are those of UTC, whatever the time zone', async () => {
  now = Date.UTC(2026, 10, 26, 23, 59)
  const log = await open({ strategy: DAILY })
  await append(log, 'a')
  now = Date.UTC(2026, 10, 27)
  await append(log, 'b')
  expect(text('stdout')).toBe('ab')
  now += 1
  await append(log, 'c')
  await log.close()
  expect(text('stdout')).toBe('c')
})

test('only so many rolled files are kept, those of an earlier run among them', async () => {
  const strangers = ['stdout--mine', 'stdout.bak', 'stderr--2020-01-01']
  for (const name of strangers) writeFileSync(path.join(directory, name), '')
  writeFileSync(path.join(directory, 'stdout--2026-11-25--07'), 'old')
  writeFileSync(path.join(directory, 'stdout--2026-11-25--08.gz'), gzipOf('older run'))
  const log = await open({ maxRetainedFiles: 2 })
  for (const hour of ['1', '2', '3']) {
    await append(log, hour)
    hourPasses()
  }
  await append(log, '4')
  await log.close()
  expect(readdirSync(directory).sort()).toEqual([
    '.stdout.removed',
    ...['stderr--2020-01-01', 'stdout'],
    ...['stdout--2026-11-26--03', 'stdout--2026-11-26--04', 'stdout--mine', 'stdout.bak'],
  ])
  // 'old', 'older run' and '1', as they were before they were compressed.
  expect(text('.stdout.removed')).toBe('13 stdout--2026-11-26--02\n')
  const again = await open({ maxRetainedFiles: 1 })
  hourPasses()
  await append(again, '5')
  await again.close()
  expect(text('.stdout.removed')).toBe('15 stdout--2026-11-26--04\n')
  expect(text('stdout--2026-11-26--05')).toBe('4')
})

test('rolled files are compressed, keep their time, and go with their number', async () => {
  const log = await open({ compress: true, maxRetainedFiles: 2 })
  for (const hour of ['one', 'two', 'three']) {
    await append(log, hour)
    utimesSync(file, new Date(now), new Date(now))
    hourPasses()
  }
  await append(log, 'four')
  await log.close()
  const names = readdirSync(directory)
    .filter((name) => name.startsWith('stdout'))
    .sort()
  expect(names).toEqual(['stdout', 'stdout--2026-11-26--03.gz', 'stdout--2026-11-26--04.gz'])
  const last = path.join(directory, 'stdout--2026-11-26--04.gz')
  expect(gunzipSync(readFileSync(last)).toString()).toBe('three')
  expect(statSync(last).mtimeMs).toBe(now - HOURLY.intervalMs)
})

test('a compression that is broken off leaves its file as it was, and nothing else', async () => {
  const log = await open({ compress: true })
  const much = 'x'.repeat(20_000_000)
  await append(log, much)
  hourPasses()
  await append(log, 'next')
  log.stopCompressing()
  await log.close()
  expect(readdirSync(directory).sort()).toEqual(['stdout', 'stdout--2026-11-26--02'])
  expect(text('stdout--2026-11-26--02')).toBe(much)
  expect(problems).toEqual([])
})

test('a disk that has no room for the record of what was removed keeps nobody from removing', async () => {
  mkdirSync(path.join(directory, '.stdout.removed', 'x'), { recursive: true })
  const log = await open({ maxRetainedFiles: 1 })
  for (const hour of ['1', '2', '3', '4']) {
    await append(log, hour)
    hourPasses()
  }
  await log.close()
  const rolled = readdirSync(directory).filter((name) => name.startsWith('stdout--'))
  expect(rolled).toEqual(['stdout--2026-11-26--04'])
  expect(problems).toHaveLength(1)
})

test('what cannot be written is said once, dropped and counted', async () => {
  symlinkSync('/dev/full', file)
  const log = await open({ strategy: { by: 'size', maxBytes: 10 } })
  await Promise.all(['one', 'two', 'three'].map((word) => append(log, word)))
  expect(problems).toEqual([expect.stringMatching(/stdout cannot be written.*ENOSPC/)])
  await log.close()
  expect(problems).toEqual([expect.anything(), `11 bytes of ${file} were dropped`])
})

test('what must not be missing is refused when it cannot be written', async () => {
  symlinkSync('/dev/full', file)
  const log = await open()
  await expect(log.appendOrFail(Buffer.from('header'))).rejects.toThrow('ENOSPC')
  await log.close()
  expect(problems).toEqual([])
})

test('a log that cannot be rolled goes on as it is, and loses nothing', async () => {
  const log = await open({ strategy: { by: 'size', maxBytes: 4 } })
  await append(log, 'one ')
  // The name is taken by a directory, which no file replaces.
  const taken = path.join(directory, 'stdout--2026-11-26--01-30-00--0000')
  mkdirSync(path.join(taken, 'x'), { recursive: true })
  await append(log, 'two ')
  expect(text('stdout')).toBe('one two ')
  expect(problems).toEqual([
    expect.stringMatching(/stdout cannot be written or rolled.*EISDIR|ENOTEMPTY|EEXIST/),
  ])
  now += 1
  await append(log, 'three')
  await log.close()
  expect(text('stdout--2026-11-26--01-30-00--0001')).toBe('one two ')
  // Longer than a whole file: cut there.
  expect(text('stdout--2026-11-26--01-30-00--0001--0')).toBe('thre')
  expect(text('stdout')).toBe('e')
  expect(problems).toHaveLength(1)
})

test('a log that its process has removed is begun anew, one that was cut goes on', async () => {
  const log = await open()
  await append(log, 'gone')
  rmSync(file)
  hourPasses()
  await append(log, 'new')
  writeFileSync(file, '')
  await append(log, 'er')
  await log.close()
  expect(readdirSync(directory)).toEqual(['stdout'])
  expect(text('stdout')).toBe('er')
  expect(problems).toEqual([])
})

test('pipes and links that a process puts in the place of files hold nobody up', async () => {
  for (const name of ['.stdout.removed', 'stdout--2026-11-25.gz', 'stdout--2026-11-24']) {
    expect(spawnSync('mkfifo', [path.join(directory, name)]).status).toBe(0)
  }
  writeFileSync(path.join(directory, 'precious'), 'precious')
  symlinkSync('precious', path.join(directory, '.stdout.removed.new'))
  symlinkSync('precious', path.join(directory, '.stdout--2026-11-26--02.gz.new'))
  const log = await open({ maxRetainedFiles: 1, compress: true })
  await append(log, 'one')
  hourPasses()
  await append(log, 'two')
  await log.close()
  expect(readdirSync(directory).sort()).toEqual([
    '.stdout.removed',
    ...['precious', 'stdout', 'stdout--2026-11-26--02.gz'],
  ])
  expect(text('precious')).toBe('precious')
  expect(problems).toEqual([])
  rmSync(file)
  spawnSync('mkfifo', [file])
  await expect(open()).rejects.toThrow('ENXIO')
})

test('appends take effect in the order of the calls', async () => {
  const log = await open({ strategy: { by: 'size', maxBytes: 100 } })
  const words = Array.from({ length: 200 }, (_, at) => `${at} `)
  await Promise.all(words.map((word) => append(log, word)))
  await log.close()
  const names = readdirSync(directory).sort((a, b) => numberOf(a) - numberOf(b))
  expect(names.map((name) => text(name)).join('')).toBe(words.join(''))
  expect(existsSync(file)).toBe(true)
})

// The clock stands still: the first is without a number, the others count, and the one that is written is last.
function numberOf(name: string): number {
  if (name === 'stdout') return Number.MAX_SAFE_INTEGER
  return Number(name.split('--')[4] ?? -1)
}

function gzipOf(content: string): Buffer {
  const { stdout } = spawnSync('gzip', ['-c'], { input: content })
  return stdout
}
