import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import fc from 'fast-check'
import { parseApplicationId, parseDriverId } from '@hearth/common/domain/ids.ts'
import { processDirectory, type ProcessOwner } from '@hearth/common/domain/process-key.ts'
import { readLogRange } from './log-file.ts'

const OWNERS = ownersOf('app-1', 'driver-1')
const DAY = 'stdout--2026-11-'

let root: string
let workDir: string
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'hearth-log-'))
  workDir = path.join(root, 'work')
  for (const owner of OWNERS)
    mkdirSync(path.join(workDir, processDirectory(owner)), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const [executor, driver] = OWNERS

function ownersOf(application: string, driverName: string): [ProcessOwner, ProcessOwner] {
  const applicationId = parseApplicationId(application)
  const driverId = parseDriverId(driverName)
  if (applicationId === undefined || driverId === undefined) throw new Error('not an id')
  return [
    { kind: 'executor', applicationId, executor: 0 },
    { kind: 'driver', driverId },
  ]
}

function fileOf(name: string, owner = executor): string {
  return path.join(workDir, processDirectory(owner), name)
}

function write(name: string, text: string, owner = executor): void {
  writeFileSync(fileOf(name, owner), name.endsWith('.gz') ? gzipSync(text) : text)
}

async function read(offset: number | null, byteLength: number, owner = executor) {
  const range = await readLogRange(workDir, { owner, logType: 'stdout', offset, byteLength })
  return { ...range, text: Buffer.from(range.bytes).toString() }
}

test.each(OWNERS)(
  'U-12 rolled and compressed files are one log with the one that is written: %o',
  async (owner) => {
    write(`${DAY}24.gz`, 'abc', owner)
    write(`${DAY}25--10-00-00--0123--10`, 'ghi', owner)
    write(`${DAY}25--10-00-00--0123--9.gz`, 'def', owner)
    write('stdout', 'jkl', owner)
    write('stderr', 'other', owner)
    write('stdout--notes', 'other', owner)
    const all = 'abcdefghijkl'
    const file = fileOf('stdout', owner)
    expect(await read(null, 100, owner)).toMatchObject({
      ...{ text: all, start: 0, end: 12, total: 12, removedBytes: 0, path: file },
    })
    expect(await read(null, 4, owner)).toMatchObject({ text: 'ijkl', start: 8, end: 12 })
    expect(await read(99, 4, owner)).toMatchObject({ text: '', start: 12, end: 12 })
    for (let start = 0; start <= 12; start++) {
      for (let length = 0; length <= 12; length++) {
        const { text, end } = await read(start, length, owner)
        expect(text).toBe(all.slice(start, start + length))
        expect(end).toBe(start + text.length)
      }
    }
  },
)

test('a range of a large compressed file is what was written there', async () => {
  const text = Array.from({ length: 200_000 }, (_, at) => `${at}\n`).join('')
  write(`${DAY}24.gz`, text)
  write('stdout', 'end')
  for (const start of [0, 1, 70_000, text.length - 5]) {
    expect((await read(start, 10)).text).toBe(`${text}end`.slice(start, start + 10))
  }
  expect((await read(null, 1_000_000)).text).toBe(`${text}end`.slice(-1_000_000))
})

test('a file that is there plain and compressed, as for a moment of its compression, counts once', async () => {
  write(`${DAY}24`, 'abc')
  write(`${DAY}24.gz`, 'abc')
  write('stdout', 'def')
  expect(await read(0, 100)).toMatchObject({ text: 'abcdef', total: 6 })
})

test('a log whose last file was rolled a moment ago is read without one', async () => {
  write(`${DAY}24`, 'abc')
  expect(await read(0, 100)).toMatchObject({ text: 'abc', total: 3, path: fileOf('stdout') })
  expect(await read(0, 100, driver).catch((error: Error) => error.message)).toMatch(
    /^there is no .*stdout/,
  )
})

test('what retention removed is counted, and a file that it is about to remove is passed over', async () => {
  write('.stdout.removed', `1000 ${DAY}24\n`)
  write(`${DAY}23.gz`, 'older')
  write(`${DAY}24`, 'old')
  write(`${DAY}25`, 'abc')
  write('stdout', 'def')
  expect(await read(0, 100)).toMatchObject({ text: 'abcdef', total: 6, removedBytes: 1000 })
  for (const odd of ['', 'x', '9'.repeat(5000)]) {
    write('.stdout.removed', odd)
    expect(await read(0, 3)).toMatchObject({ text: 'old', removedBytes: 0 })
  }
})

test('links, pipes and directories among the rolled files are nothing of the log', async () => {
  writeFileSync(path.join(root, 'secret'), 'SECRET')
  symlinkSync(path.join(root, 'secret'), fileOf(`${DAY}20`))
  symlinkSync(path.join(root, 'secret'), fileOf(`${DAY}21.gz`))
  symlinkSync(path.join(root, 'secret'), fileOf('.stdout.removed'))
  spawnSync('mkfifo', [fileOf(`${DAY}22`), fileOf(`${DAY}23.gz`)])
  mkdirSync(fileOf(`${DAY}24`))
  write('stdout', 'abc')
  expect(await read(0, 100)).toMatchObject({ text: 'abc', total: 3 })
})

test('rolled files in a directory that is a link elsewhere are not read', async () => {
  const elsewhere = path.join(root, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(path.join(elsewhere, `${DAY}20`), 'SECRET')
  rmSync(path.join(workDir, processDirectory(driver)), { recursive: true })
  symlinkSync(elsewhere, path.join(workDir, processDirectory(driver)))
  await expect(read(0, 100, driver)).rejects.toThrow('leads out of the work directory')
})

test.each([
  ['cut', gzipSync('x'.repeat(1000)).subarray(0, 20)],
  ['no gzip', Buffer.from('nothing that was compressed')],
  [
    'longer than it says',
    Buffer.concat([gzipSync('abc').subarray(0, -4), Buffer.from([200, 0, 0, 0])]),
  ],
])(
  'a compressed file that is %s is said to be damaged, and what comes after it can be read',
  async (_what, bytes) => {
    writeFileSync(fileOf(`${DAY}20.gz`), bytes)
    write('stdout', 'abc')
    await expect(read(0, 1_000_000)).rejects.toThrow(/2026-11-20\.gz is damaged/)
    expect((await read(null, 3)).text).toBe('abc')
  },
)

test('however a log is cut into files, its ranges are those of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: fc.string({ maxLength: 20 }), gz: fc.boolean() }), {
        maxLength: 5,
      }),
      fc.nat(120),
      fc.nat(120),
      async (parts, offset, byteLength) => {
        rmSync(path.join(workDir, processDirectory(executor)), { recursive: true })
        mkdirSync(path.join(workDir, processDirectory(executor)))
        for (const [at, { text, gz }] of parts.entries())
          write(`${DAY}1${at}${gz ? '.gz' : ''}`, text)
        write('stdout', 'end')
        const all = Buffer.from(`${parts.map(({ text }) => text).join('')}end`)
        const { bytes, total } = await read(offset, byteLength)
        expect(total).toBe(all.length)
        expect(Buffer.from(bytes)).toEqual(all.subarray(offset, offset + byteLength))
      },
    ),
    { numRuns: 100 },
  )
})

test('a log that is rolled while it is read is read whole, in order', async () => {
  write('stdout', '')
  let pieces = 0
  // For a moment there is no file that is written, as when the launcher rolls.
  const roll = async (turns: number) => {
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    renameSync(fileOf('stdout'), fileOf(`${DAY}26--10-00-00--0000--${pieces}`))
    pieces++
    await new Promise((resolve) => setImmediate(resolve))
    write('stdout', `${pieces},`)
    const rolled = fileOf(`${DAY}26--10-00-00--0000--${pieces - 1}`)
    writeFileSync(`${rolled}.gz`, gzipSync(readFileSync(rolled)))
    await new Promise((resolve) => setImmediate(resolve))
    rmSync(rolled)
  }
  for (let turns = 0; turns < 25; turns++) {
    const before = pieces
    const [{ text }] = await Promise.all([read(0, 1_000_000), roll(turns % 20)])
    const numbers = text.split(',').slice(0, -1).map(Number)
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    expect([before, before + 1]).toContain(numbers.length)
  }
})
