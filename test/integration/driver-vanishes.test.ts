// A driver's machine loses power: no FIN, no reset, nothing. Only its silence tells.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const HERE = import.meta.dirname
const SCRIPT = path.join(HERE, '../support/vanishing-driver.mjs')
const PROGRAM = path.join(HERE, '../../dist/hearth.js')
const FRAMES = path.join(HERE, '../fixtures/spark/4.3.0/client-mode/frames.hex')

test('a driver that vanishes without a FIN is given up after its time-out', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'hearth-vanish-'))
  try {
    const { stdout } = await promisify(execFile)(
      'unshare',
      ['--map-root-user', '--net', process.execPath, SCRIPT, PROGRAM, FRAMES, directory],
      { timeout: 50_000 },
    )
    expect(stdout).toMatch(/^vanished$/m)
    expect(stdout).toMatch(/its client did not answer for 10 s/)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
