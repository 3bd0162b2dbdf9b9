// The output of real processes whose logs the launcher rolls.
import { createHash } from 'node:crypto'
import {
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  mkdirSync,
} from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compareRolled, rolledStem, type LogRolling } from '@hearth/common/domain/log-rolling.ts'
import type { ProcessKey } from '@hearth/common/domain/process-key.ts'
import { waitUntil } from '../../../../../test/support/wait-until.ts'
import type { LaunchOrder } from '../client.ts'
import { aDriverKey, aKey, bundleLauncher, LauncherBench } from '../launcher-fixture.ts'
import { launcherPaths } from '../launcher-directory.ts'
import { signalProcess } from '../linux-processes.ts'

let program: string
let bench: LauncherBench
beforeAll(async () => {
  program = await bundleLauncher()
})
afterAll(() => rmSync(program, { recursive: true }))
beforeEach(() => {
  bench = new LauncherBench()
})
afterEach(() => bench.cleanUp())

const MAX_BYTES = 100_000
const ROLLING: LogRolling = {
  strategy: { by: 'size', maxBytes: MAX_BYTES },
  maxRetainedFiles: null,
  compress: false,
}
const KEYS: readonly [string, ProcessKey][] = [
  ['an executor', aKey()],
  ['a driver', aDriverKey()],
]

/** 10 MB in which every line is another one, in bursts: `node` writes each whole, and lets others have their turn in between. */
const BURSTS = `
const lines = (from, count) => Array.from({ length: count }, (_, at) => String(from + at).padStart(99, '.') + '\\n').join('')
const { writeSync } = require('node:fs')
const writeAll = (text) => { for (let at = 0; at < text.length; ) at += writeSync(1, text.slice(at)) }
;(async () => {
  for (let burst = 0; burst < 10; burst++) {
    writeAll(lines(burst * 10000, 10000))
    await new Promise(setImmediate)
  }
})()
`

function expectedBursts(): string {
  return Array.from({ length: 100_000 }, (_, at) => `${String(at).padStart(99, '.')}\n`).join('')
}

function rolledOrder(
  script: string,
  key: ProcessKey,
  rolling: Partial<LogRolling> = {},
): LaunchOrder {
  return { ...bench.order(script, { key }), rolling: { ...ROLLING, ...rolling } }
}

function nodeOrder(code: string, key: ProcessKey, rolling: Partial<LogRolling> = {}): LaunchOrder {
  return { ...rolledOrder('', key, rolling), argv: [process.execPath, '-e', code] }
}

/** Names of the files of one log, oldest first, the one that was written last at the end. */
function filesOf({ workDir }: LaunchOrder, log: string): string[] {
  const rolled = readdirSync(workDir).filter((name) => rolledStem(log, name) !== undefined)
  const stemOf = (name: string) => rolledStem(log, name) ?? ''
  return [...rolled.sort((a, b) => compareRolled(stemOf(a), stemOf(b))), log]
}

function textOf(order: LaunchOrder, log: string): string {
  const texts = filesOf(order, log).map((name) => {
    const bytes = readFileSync(path.join(order.workDir, name))
    return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
  })
  return Buffer.concat(texts).toString()
}

/** What the launcher said of logs. */
function complaints(): string[] {
  const log = readFileSync(launcherPaths(bench.stateDir).log, 'utf8')
  return log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ level }) => level > 30)
    .map(({ msg }) => msg)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

describe.each(KEYS)('%s', (_what, key) => {
  test('10 MB in bursts arrive byte for byte, in files of the size that was asked for', async () => {
    const { launcher, events } = await bench.open()
    const order = nodeOrder(BURSTS, key)
    launcher.launch(order)
    expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
    const files = filesOf(order, 'stdout')
    expect(files.length).toBeGreaterThan(100)
    for (const name of files) {
      expect(name).toMatch(/^stdout(?:--\d{4}-\d\d-\d\d--\d\d-\d\d-\d\d--\d{4}(?:--\d+)?)?$/)
      const { size } = statSync(path.join(order.workDir, name))
      expect(size).toBeLessThanOrEqual(MAX_BYTES)
      if (name !== 'stdout') expect(size).toBeGreaterThan(MAX_BYTES - 8192)
    }
    expect(hashOf(textOf(order, 'stdout'))).toBe(hashOf(expectedBursts()))
    expect(textOf(order, 'stderr')).toBe(order.header)
    expect(complaints()).toEqual([])
  })

  test('the same compressed; of the last files only as many as are to be kept', async () => {
    const { launcher, events } = await bench.open()
    const order = nodeOrder(BURSTS, key, { maxRetainedFiles: 3, compress: true })
    launcher.launch(order)
    await events.next('process-exited')
    const isCompressed = () => {
      const files = filesOf(order, 'stdout')
      return files.length === 4 && files.slice(0, 3).every((name) => name.endsWith('.gz'))
    }
    await waitUntil('the compression of the last file', () => isCompressed() || undefined)
    const text = textOf(order, 'stdout')
    expect(text.length).toBeGreaterThan(3 * (MAX_BYTES - 8192))
    expect(expectedBursts().endsWith(text)).toBe(true)
    // What is gone and what is left are all there was.
    const [gone, through] = readFileSync(path.join(order.workDir, '.stdout.removed'), 'utf8').split(
      ' ',
    )
    expect(Number(gone) + text.length).toBe(expectedBursts().length)
    expect(through?.trim()).toMatch(/^stdout--/)
  })

  test('nothing is lost at the end: the last words are in the file before it is told', async () => {
    const { launcher, events } = await bench.open()
    const last = 60_000
    const order = rolledOrder(
      `head -c ${last} /dev/zero | tr '\\0' x; head -c ${last} /dev/zero | tr '\\0' y >&2; kill -9 $$`,
      key,
    )
    launcher.launch(order)
    await events.next('process-exited')
    const lengths = ['stdout', 'stderr'].map((log) => textOf(order, log).length)
    expect(lengths).toEqual([last, order.header.length + last])
    expect(textOf(order, 'stderr').startsWith(order.header)).toBe(true)
  })

  test('what it leaves behind holds its output and does not hold back the news of its end', async () => {
    const { launcher, events } = await bench.open()
    // In a session of its own, which nobody ends.
    const order = rolledOrder(
      'setsid sh -c "touch away; until [ -e go ]; do sleep 0.01; done; echo later; touch done" & until [ -e away ]; do sleep 0.01; done; echo first',
      key,
    )
    launcher.launch(order)
    expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
    expect(textOf(order, 'stdout')).toBe('first\n')
    await bench.touch(order, 'go')
    await bench.fileOf(order, 'done')
    await waitUntil('its output', () => textOf(order, 'stdout') === 'first\nlater\n' || undefined)
  })

  test('a full disk is said once, and the process goes on', async () => {
    const { launcher, events } = await bench.open()
    const order = nodeOrder(`${BURSTS}; console.error('alive')`, key)
    mkdirSync(order.workDir, { recursive: true })
    symlinkSync('/dev/full', path.join(order.workDir, 'stdout'))
    launcher.launch(order)
    expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
    expect(textOf(order, 'stderr')).toBe(`${order.header}alive\n`)
    const dropped = () => complaints().find((text) => text.includes('10000000 bytes of'))
    await waitUntil('the count of what was dropped', dropped)
    expect(complaints().filter((text) => text.includes('ENOSPC'))).toHaveLength(1)
    expect(complaints()).toHaveLength(2)
    expect(readdirSync(order.workDir).filter((name) => name.startsWith('stdout--'))).toEqual([])
  })
})

test('a process that fills one stream while nothing comes on the other does not wait for it', async () => {
  const { launcher, events } = await bench.open()
  const order = rolledOrder('head -c 3000000 /dev/zero >&2; echo done', aKey())
  launcher.launch(order)
  await events.next('process-exited')
  expect(textOf(order, 'stdout')).toBe('done\n')
  expect(textOf(order, 'stderr').length).toBe(order.header.length + 3_000_000)
})

test('programs may open /dev/stdout and /dev/stderr, as they may those of Spark’s worker', async () => {
  const { launcher, events } = await bench.open()
  const order = rolledOrder('echo out > /dev/stdout; echo err > /dev/stderr', aKey())
  launcher.launch(order)
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
  expect(textOf(order, 'stdout')).toBe('out\n')
  expect(textOf(order, 'stderr')).toBe(`${order.header}err\n`)
})

test('runs of a driver go on in one log, also with what an earlier one has left running', async () => {
  const { launcher, events } = await bench.open()
  const lines = (text: string) =>
    `for i in $(seq 2000); do echo "${text} $i ${'.'.repeat(90)}"; done`
  const left = `setsid sh -c 'touch away; until [ -e go ]; do sleep 0.01; done; ${lines('left')}; touch done' & until [ -e away ]; do sleep 0.01; done;`
  launcher.launch(rolledOrder(`${left} ${lines('first')}`, aDriverKey(1)))
  await events.next('process-exited', 1)
  const order = rolledOrder(
    `touch go; ${lines('second')}; until [ -e done ]; do sleep 0.01; done`,
    aDriverKey(2),
  )
  launcher.launch(order)
  await events.next('process-exited', 2)
  const text = () => textOf(order, 'stdout').split('\n')
  await waitUntil('all lines', () => text().length === 6001 || undefined)
  for (const who of ['first', 'second', 'left']) {
    const numbers = text()
      .filter((line) => line.startsWith(who))
      .map((line) => line.split(' ')[1])
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, at) => String(at + 1)))
  }
  for (const name of filesOf(order, 'stdout')) {
    expect(statSync(path.join(order.workDir, name)).size).toBeLessThanOrEqual(MAX_BYTES)
  }
})

test('processes die with their launcher, whose pipes hold nobody', async () => {
  const { launcher, events, identity } = await bench.open()
  const order = rolledOrder('touch up; while :; do echo on; sleep 0.01; done', aKey())
  launcher.launch(order)
  await bench.fileOf(order, 'up')
  await events.next('process-started')
  signalProcess(identity, 'SIGKILL')
  await bench.noneLeft()
})

test('a log that cannot be opened fails the launch with its name, and leaves nothing open', async () => {
  const { launcher, events, identity } = await bench.open()
  const before = readdirSync(`/proc/${identity.pid}/fd`).length
  for (const executor of [0, 1, 2]) {
    const order = rolledOrder('true', aKey(executor))
    mkdirSync(path.join(order.workDir, 'stderr'), { recursive: true })
    launcher.launch(order)
    expect((await events.next('process-failed', executor)).message).toMatch(/EISDIR.*stderr/)
  }
  const open = () => readdirSync(`/proc/${identity.pid}/fd`).length
  await waitUntil('its files to be closed', () => open() <= before || undefined)
  const left = readdirSync(launcherPaths(bench.stateDir).directory)
  expect(left.filter((name) => name.startsWith('pipes-'))).toEqual([])
})

test('an order without rolling has its process write the files itself', async () => {
  const { launcher, events } = await bench.open()
  const order = bench.order('readlink /proc/self/fd/1')
  launcher.launch(order)
  await events.next('process-exited')
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toBe(`${order.workDir}/stdout\n`)
  expect(existsSync(path.join(order.workDir, '.stdout.removed'))).toBe(false)
})
