import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseApplicationId } from '@hearth/common/domain/ids.ts'
import { MAX_DIAGNOSED_BYTES } from '../doors/spark/diagnose-stderr.ts'
import { createDiagnosis } from './diagnose.ts'

const CAUSE = 'java.lang.OutOfMemoryError: Java heap space\n'

let workDir: string
let stderr: string
beforeEach(() => {
  workDir = mkdtempSync(path.join(os.tmpdir(), 'hearth-diagnose-'))
  stderr = path.join(workDir, 'app-1', '0', 'stderr')
  mkdirSync(path.dirname(stderr), { recursive: true })
})
afterEach(() => rmSync(workDir, { recursive: true }))

async function diagnose(options?: Parameters<typeof createDiagnosis>[1]) {
  const applicationId = parseApplicationId('app-1')
  if (applicationId === undefined) throw new Error('not an id')
  const hint = await createDiagnosis(
    workDir,
    options,
  )({ kind: 'executor', applicationId, executor: 0 })
  return hint?.code ?? null
}

test('the last 64 KiB are looked at, and nothing before them', async () => {
  writeFileSync(stderr, CAUSE + 'x'.repeat(MAX_DIAGNOSED_BYTES - CAUSE.length))
  expect(await diagnose()).toBe('out-of-memory')
  writeFileSync(stderr, `${CAUSE}${'x'.repeat(MAX_DIAGNOSED_BYTES)}`)
  expect(await diagnose()).toBeNull()
})

test('bytes that are no text do no harm', async () => {
  writeFileSync(stderr, Buffer.concat([Buffer.alloc(1000, 0xff), Buffer.from(`\n${CAUSE}`)]))
  expect(await diagnose()).toBe('out-of-memory')
})

test('no log, a pipe or a link in its place: nothing is found, and nobody waits', async () => {
  expect(await diagnose()).toBeNull()
  spawnSync('mkfifo', [stderr])
  expect(await diagnose()).toBeNull()
  rmSync(stderr)
  writeFileSync(path.join(workDir, 'elsewhere'), CAUSE)
  symlinkSync(path.join(workDir, 'elsewhere'), stderr)
  expect(await diagnose()).toBeNull()
})

test('a disk that does not answer is given up', async () => {
  const readRange = () => new Promise<never>(() => undefined)
  expect(await diagnose({ limitMs: 10, readRange })).toBeNull()
})
