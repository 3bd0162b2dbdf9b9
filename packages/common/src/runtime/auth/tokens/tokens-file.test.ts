import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTokensFile, writeTokensFile, type TokenRecord } from './tokens-file.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-tokens-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const TOKEN: TokenRecord = {
  ...{ id: '0123456789ab', name: 'x', role: 'viewer', createdAt: '2026-01-01T00:00:00.000Z' },
  ...{ expiresAt: null, revokedAt: null },
  scrypt: { n: 2, r: 1, p: 1, salt: 'a'.repeat(16), hash: 'b'.repeat(43) },
}

test('whoever reads while it is replaced sees the old file or the new one, whole', async () => {
  const file = path.join(directory, 'tokens.json')
  await writeTokensFile(file, [])
  const seen = new Set<number>()
  for (const count of [1_000, 2, 1_000, 2, 1_000]) {
    const tokens = Array.from({ length: count }, () => TOKEN)
    const replacing = { isDone: false }
    const writing = writeTokensFile(file, tokens).finally(() => {
      replacing.isDone = true
    })
    while (!replacing.isDone) {
      seen.add(readTokensFile(file).tokens.length)
      await setImmediate()
    }
    await writing
    expect(readTokensFile(file).tokens).toHaveLength(count)
  }
  expect([...seen].filter((count) => ![0, 2, 1_000].includes(count))).toEqual([])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['tokens.json'])
})
