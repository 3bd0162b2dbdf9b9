import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from './log.ts'

let directory: string
let fd: number
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'hearth-log-'))
  fd = openSync(path.join(directory, 'log'), 'a')
})
afterEach(async () => {
  await nextTurn()
  closeSync(fd)
  rmSync(directory, { recursive: true })
})

const written = () => readFileSync(path.join(directory, 'log'), 'utf8')
const messages = () =>
  written()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)

test('the lines of a turn are written together at its end, each of them one JSON record', async () => {
  const log = createLog({ name: 'master', stream: { fd } })
  log.info({ app: 'app-1' }, 'registered')
  log.info('second')
  expect(written()).toBe('')
  await nextTurn()
  expect(messages()).toEqual(['registered', 'second'])
  const first = JSON.parse(written().split('\n')[0] ?? '') as { time: string }
  expect(first).toMatchObject({ name: 'master', app: 'app-1', level: 30 })
  expect(first.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  log.info('of the next turn')
  await nextTurn()
  expect(messages()).toEqual(['registered', 'second', 'of the next turn'])
})

test('what is logged in the last turn of a process is written when it exits', () => {
  const before = process.listeners('exit')
  createLog({ name: 'master', stream: { fd } }).info('the last word')
  for (const listener of process.listeners('exit')) {
    if (!before.includes(listener)) listener(0)
  }
  expect(messages()).toEqual(['the last word'])
  expect(process.listeners('exit')).toEqual(before)
})

test('a fatal line is written before anything else happens, with those before it', () => {
  const log = createLog({ name: 'master', stream: { fd } })
  log.info('before')
  log.fatal('broken')
  expect(messages()).toEqual(['before', 'broken'])
})

test('a turn that logs without end does not keep it all in memory', () => {
  const log = createLog({ name: 'master', stream: { fd } })
  const text = 'x'.repeat(1000)
  for (let index = 0; index < 200; index += 1) log.info(text)
  expect(messages().length).toBeGreaterThan(100)
})
