import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockState } from './state-lock.ts'

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(path.join(os.tmpdir(), 'hearth-lock-'))
})
afterEach(() => rmSync(stateDir, { recursive: true }))

test('a second worker is refused, until the first gives the directory back', async () => {
  const unlock = await lockState(stateDir)
  await expect(lockState(stateDir)).rejects.toThrow(
    `another worker (pid ${process.pid}) uses ${stateDir}`,
  )
  await unlock()
  expect(readdirSync(stateDir)).toEqual([])
  const again = await lockState(stateDir)
  await again()
})

test.each([
  ['of a process that is gone', (own: Owner) => ({ ...own, pid: 4_194_305 })],
  ['of another process with the pid', (own: Owner) => ({ ...own, startTicks: own.startTicks + 1 })],
  ['from before the machine restarted', (own: Owner) => ({ ...own, boot: 'another' })],
])('a lock %s is taken over', async (_whose, change) => {
  await lockState(stateDir)
  const lock = path.join(stateDir, 'lock')
  const own = JSON.parse(readFileSync(lock, 'utf8')) as Owner
  writeFileSync(lock, JSON.stringify(change(own)))
  await lockState(stateDir)
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual(own)
})

test('a lock that cannot be read is nobody’s', async () => {
  writeFileSync(path.join(stateDir, 'lock'), 'half a li')
  const unlock = await lockState(stateDir)
  await unlock()
  expect(existsSync(path.join(stateDir, 'lock'))).toBe(false)
})

interface Owner {
  readonly boot: string
  readonly pid: number
  readonly startTicks: number
}
