import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../../config/read-config.ts'
import { createLog } from '../../log.ts'
import { REMEMBERED_MS, TokenChecker } from './token-checker.ts'
import { hashSecret, isSecretOf } from './token-hash.ts'
import { drawToken, formatToken, parseToken, type TokenParts } from './token-text.ts'
import { readTokensFile, writeTokensFile, type TokenRecord } from './tokens-file.ts'

const NOW = Date.parse('2026-11-26T00:00:00.000Z')

let dir: string
let file: string
let now: number
/** Checks that cost something. */
let checks: number

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-tokens-'))
  file = path.join(dir, 'tokens.json')
  now = NOW
  checks = 0
})

afterEach(() => rm(dir, { recursive: true }))

async function recordOf(
  parts: TokenParts,
  change: Partial<TokenRecord> = {},
): Promise<TokenRecord> {
  return {
    id: parts.id,
    name: 'ci',
    role: 'submitter',
    createdAt: '2026-11-25T00:00:00.000Z',
    expiresAt: null,
    revokedAt: null,
    scrypt: await hashSecret(parts.secret),
    ...change,
  }
}

function checker(check: typeof isSecretOf = isSecretOf): TokenChecker {
  return new TokenChecker({
    file,
    log: createLog({ name: 'master', level: 'silent' }),
    now: () => now,
    isSecretOf: (secret, kept) => {
      checks += 1
      return check(secret, kept)
    },
  })
}

test('a token is known by its secret alone', async () => {
  const parts = drawToken()
  await writeTokensFile(file, [await recordOf(parts)])
  const tokens = checker()
  expect(await tokens.check(formatToken(parts))).toEqual({
    ...{ type: 'known', role: 'submitter', id: parts.id, name: 'ci' },
  })
  const other = formatToken({ ...parts, secret: drawToken().secret })
  expect(await tokens.check(other)).toEqual({
    ...{ type: 'refused', reason: `token ${parts.id} has another secret` },
  })
})

test('unknown, expired and revoked ones are refused without a costly check', async () => {
  const [good, expired, revoked] = [drawToken(), drawToken(), drawToken()]
  await writeTokensFile(file, [
    await recordOf(good, { expiresAt: '2026-11-26T00:00:01.000Z' }),
    await recordOf(expired, { expiresAt: '2026-11-26T00:00:00.000Z' }),
    await recordOf(revoked, { revokedAt: '2026-11-25T00:00:00.000Z' }),
  ])
  const tokens = checker()
  const reasonOf = async (text: string) => {
    const verdict = await tokens.check(text)
    return verdict.type === 'refused' ? verdict.reason : verdict.type
  }
  expect(await reasonOf('secret')).toBe('what was sent is no token of Hearth')
  expect(await reasonOf(`${formatToken(good)}x`)).toBe('what was sent is no token of Hearth')
  expect(await reasonOf(formatToken(drawToken()))).toMatch(/^there is no token /)
  expect(await reasonOf(formatToken(expired))).toContain('has expired (2026-11-26T00:00:00.000Z)')
  expect(await reasonOf(formatToken(revoked))).toBe(`token ${revoked.id} has been revoked`)
  expect(checks).toBe(0)
  expect(await reasonOf(formatToken(good))).toBe('known')
  // It expires also when it was recognised a moment ago.
  now += 1_000
  expect(await reasonOf(formatToken(good))).toContain('has expired')
  expect(checks).toBe(1)
})

test('the file is read again when it has changed: new tokens count, revoked ones do not', async () => {
  const tokens = checker()
  const [first, second] = [drawToken(), drawToken()]
  expect((await tokens.check(formatToken(first))).type).toBe('refused')
  const record = await recordOf(first)
  await writeTokensFile(file, [record])
  expect((await tokens.check(formatToken(first))).type).toBe('known')
  await writeTokensFile(file, [
    { ...record, revokedAt: '2026-11-26T00:00:00.000Z' },
    await recordOf(second),
  ])
  expect((await tokens.check(formatToken(first))).type).toBe('refused')
  expect((await tokens.check(formatToken(second))).type).toBe('known')
  await rm(file)
  expect((await tokens.check(formatToken(second))).type).toBe('refused')
})

describe('a file that cannot be used', () => {
  const bad = [
    ['readable by others', async () => chmod(file, 0o640), 'mode 0640): chmod 600'],
    ['no tokens', async () => writeFile(file, '{"version":2}'), 'not a file that `hearth token'],
    ['no JSON', async () => writeFile(file, 'x'), 'not a file that `hearth token'],
  ] as const

  test.each(bad)('%s: stops the start', async (_what, spoil, sentence) => {
    await writeTokensFile(file, [])
    await spoil()
    expect(() => checker()).toThrow(ConfigError)
    expect(() => checker()).toThrow(sentence)
  })

  test.each(bad)('%s: refuses every token until it is repaired', async (_what, spoil) => {
    const parts = drawToken()
    const record = await recordOf(parts)
    await writeTokensFile(file, [record])
    const tokens = checker()
    expect((await tokens.check(formatToken(parts))).type).toBe('known')
    await spoil()
    expect((await tokens.check(formatToken(parts))).type).toBe('refused')
    await writeTokensFile(file, [record])
    expect((await tokens.check(formatToken(parts))).type).toBe('known')
  })
})

test('what is kept is neither the token nor its secret, and only the owner can read it', async () => {
  const parts = drawToken()
  await writeTokensFile(file, [await recordOf(parts)])
  const { tokens } = readTokensFile(file)
  expect(JSON.stringify(tokens)).not.toContain(parts.secret)
  expect((await hashSecret('x')).salt).not.toBe((await hashSecret('x')).salt)
})

describe('what checking costs', () => {
  test('one that was recognised is known for a while', async () => {
    const parts = drawToken()
    await writeTokensFile(file, [await recordOf(parts)])
    const tokens = checker()
    for (let i = 0; i < 5; i++) await tokens.check(formatToken(parts))
    expect(checks).toBe(1)
    now += REMEMBERED_MS
    await tokens.check(formatToken(parts))
    expect(checks).toBe(2)
  })

  test('many requests with the same new token are one check', async () => {
    const parts = drawToken()
    await writeTokensFile(file, [await recordOf(parts)])
    const tokens = checker()
    const text = formatToken(parts)
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => tokens.check(text)))
    expect(new Set(verdicts.map(({ type }) => type))).toEqual(new Set(['known']))
    expect(checks).toBe(1)
  })

  test('few run at once and few wait, and who guesses at one token keeps no other out', async () => {
    const [victim, other] = [drawToken(), drawToken()]
    await writeTokensFile(file, [await recordOf(victim), await recordOf(other)])
    let running = 0
    let most = 0
    const tokens = checker(async (secret, kept) => {
      running += 1
      most = Math.max(most, running)
      const result = await isSecretOf(secret, kept)
      running -= 1
      return result
    })
    const guesses = Array.from({ length: 500 }, () =>
      tokens.check(formatToken({ ...victim, secret: drawToken().secret })),
    )
    const bystander = tokens.check(formatToken(other))
    const verdicts = (await Promise.all(guesses)).map(({ type }) => type)
    expect((await bystander).type).toBe('known')
    expect(verdicts.filter((type) => type === 'busy')).toHaveLength(500 - 16)
    expect(verdicts).not.toContain('known')
    expect(most).toBe(2)
    expect(checks).toBe(17)
    // Afterwards there is room again.
    expect((await tokens.check(formatToken(victim))).type).toBe('known')
  })
})

test('a token is its id and 256 bits', () => {
  const parts = drawToken()
  expect(parseToken(formatToken(parts))).toEqual(parts)
  expect(Buffer.from(parts.secret, 'base64url')).toHaveLength(32)
  expect(parseToken('hearth_0_x')).toBeUndefined()
})
