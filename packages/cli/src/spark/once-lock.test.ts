import { existsSync } from 'node:fs'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doOnce } from './once-lock.ts'

let dir: string
let lockFile: string

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-once-'))
  lockFile = path.join(dir, 'deep', 'work.lock')
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

test('of several at once, one works and the others take its result', async () => {
  let worked = 0
  let result: string | undefined
  const attempt = () =>
    doOnce({
      lockFile,
      check: () => Promise.resolve(result),
      work: async () => {
        worked += 1
        // Lets the others see the lock.
        await new Promise((resolve) => setImmediate(resolve))
        return (result = 'done')
      },
    })
  expect(await Promise.all([attempt(), attempt(), attempt()])).toEqual(['done', 'done', 'done'])
  expect(worked).toBe(1)
  expect(existsSync(lockFile)).toBe(false)
})

test('failed work gives the lock back, and the next one tries', async () => {
  const check = () => Promise.resolve(undefined)
  const failing = doOnce({ lockFile, check, work: () => Promise.reject(new Error('no network')) })
  await expect(failing).rejects.toThrow('no network')
  expect(await doOnce({ lockFile, check, work: () => Promise.resolve(7) })).toBe(7)
})

test('the lock of a process that died is taken when it was not touched for long', async () => {
  lockFile = path.join(dir, 'work.lock')
  await writeFile(lockFile, '')
  const longAgo = new Date(Date.now() - 3_600_000)
  await utimes(lockFile, longAgo, longAgo)
  let waits = 0
  const result = await doOnce({
    lockFile,
    check: () => Promise.resolve(undefined),
    work: () => Promise.resolve('taken'),
    onWait: () => (waits += 1),
  })
  expect([result, waits]).toEqual(['taken', 1])
})
