import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fastify from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { actionToken } from '../auth/action-token.ts'
import { defaultAuthSettings } from '../auth/auth-settings.ts'
import type { Role } from '../auth/tokens/role.ts'
import { TokenChecker } from '../auth/tokens/token-checker.ts'
import { hashSecret } from '../auth/tokens/token-hash.ts'
import { drawToken, formatToken } from '../auth/tokens/token-text.ts'
import { writeTokensFile } from '../auth/tokens/tokens-file.ts'
import { createLog } from '../log.ts'
import { createActionGuard } from './action-guard.ts'

const SECRET = 'correct horse battery'

function serverWith(secret: string | null, tokens: TokenChecker | null = null, role?: Role) {
  const server = fastify()
  const auth = secret === null ? null : defaultAuthSettings(secret)
  const guard = createActionGuard({
    ...{ auth, tokens, hosts: ['[fd00::5]', 'Master.example'] },
    ...(role !== undefined && { role }),
  })
  server.post('/act', { onRequest: guard }, () => ({ done: true }))
  return server
}

let server: ReturnType<typeof serverWith>

async function post(headers: Record<string, string>) {
  const all = { host: '127.0.0.1:8080', 'x-hearth-request': '1', ...headers }
  const reply = await server.inject({ method: 'POST', url: '/act', headers: all })
  return { status: reply.statusCode, text: reply.body, headers: reply.headers }
}

afterEach(() => server.close())

describe('without a secret', () => {
  beforeEach(() => {
    server = serverWith(null)
  })

  test.each([
    '127.0.0.1:8080',
    '10.0.0.5',
    '[::1]:8080',
    '[fd00::5]',
    'localhost:8080',
    'master.example:8080',
    'MASTER.example',
  ])('a request to %s passes', async (host) => {
    expect((await post({ host })).status).toBe(200)
  })

  test.each(['attacker.example:8080', 'master.example.attacker.com', 'a:b:c', '@localhost'])(
    'a request to %j does not: the name may be anybody’s',
    async (host) => {
      const { status, text } = await post({ host })
      expect(status).toBe(403)
      expect(text).toContain('is not a name of this daemon')
    },
  )

  test.each(['http://attacker.example', 'null', 'http://127.0.0.1:9999', 'http://localhost:8080'])(
    'a page of %s cannot act',
    async (origin) => {
      const { status, text } = await post({ origin })
      expect(status).toBe(403)
      expect(text).toContain(`pages of ${origin}`)
    },
  )

  test('a page of ours can, and needs the header as all do', async () => {
    expect((await post({ origin: 'http://127.0.0.1:8080' })).status).toBe(200)
    const reply = await server.inject({
      method: 'POST',
      url: '/act',
      headers: { host: 'localhost' },
    })
    expect(reply.statusCode).toBe(403)
    expect(reply.body).toContain('x-hearth-request')
  })
})

describe('with a secret', () => {
  beforeEach(() => {
    server = serverWith(SECRET)
  })

  test('its token passes', async () => {
    const { status } = await post({ authorization: `Bearer ${actionToken(SECRET)}` })
    expect(status).toBe(200)
  })

  test.each([
    ['nothing', {}],
    ['the secret itself', { authorization: `Bearer ${SECRET}` }],
    ['the token of another', { authorization: `Bearer ${actionToken('another secret')}` }],
    ['the token with more behind it', { authorization: `Bearer ${actionToken(SECRET)}x` }],
    ['another scheme', { authorization: `Basic ${actionToken(SECRET)}` }],
  ])('%s is refused with what to set', async (_what, headers) => {
    const { status, text, headers: answered } = await post(headers)
    expect(status).toBe(401)
    expect(answered['www-authenticate']).toBe('Bearer')
    expect(text).toContain('HEARTH_SECRET')
    expect(text).not.toContain(SECRET)
  })

  test('the token does not help a page of others', async () => {
    const headers = {
      authorization: `Bearer ${actionToken(SECRET)}`,
      origin: 'http://evil.example',
    }
    expect((await post(headers)).status).toBe(403)
  })
})

describe('with tokens of people and programs', () => {
  const texts = new Map<string, string>()
  let dir: string

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'hearth-guard-'))
    const records = await Promise.all(
      (['viewer', 'submitter', 'operator'] as const).map(async (role) => {
        const parts = drawToken()
        texts.set(role, formatToken(parts))
        const scrypt = await hashSecret(parts.secret)
        const createdAt = '2026-11-25T00:00:00.000Z'
        const never = { expiresAt: null, revokedAt: null }
        return { id: parts.id, name: role, role, createdAt, ...never, scrypt }
      }),
    )
    await writeTokensFile(path.join(dir, 'tokens.json'), records)
  })
  afterAll(() => rm(dir, { recursive: true }))

  function start(secret: string | null, role?: Role): void {
    const log = createLog({ name: 'master', level: 'silent' })
    const tokens = new TokenChecker({ file: path.join(dir, 'tokens.json'), log })
    server = serverWith(secret, tokens, role)
  }

  test.each([null, SECRET])('an operator’s passes, beside a secret (%s) too', async (secret) => {
    start(secret)
    const { status } = await post({ authorization: `Bearer ${texts.get('operator')}` })
    expect(status).toBe(200)
  })

  test('that of the secret goes on passing, and what is neither does not', async () => {
    start(SECRET)
    expect((await post({ authorization: `Bearer ${actionToken(SECRET)}` })).status).toBe(200)
    expect((await post({ authorization: 'Bearer x' })).status).toBe(401)
    expect((await post({})).status).toBe(401)
  })

  test.each(['viewer', 'submitter'])('that of a %s does not do for an action', async (role) => {
    for (const secret of [null, SECRET]) {
      start(secret)
      const { status, text } = await post({ authorization: `Bearer ${texts.get(role)}` })
      expect(status).toBe(403)
      expect(text).toContain(`is that of a ${role}; this takes a token of the role operator`)
      await server.close()
    }
  })

  test('that of a submitter does for what takes one, a viewer’s not', async () => {
    start(null, 'submitter')
    const statusOf = async (role: string) =>
      (await post({ authorization: `Bearer ${texts.get(role)}` })).status
    expect(await statusOf('submitter')).toBe(200)
    expect(await statusOf('operator')).toBe(200)
    expect(await statusOf('viewer')).toBe(403)
  })

  test('an unknown one is refused with what to do', async () => {
    start(null)
    const { status, text } = await post({ authorization: `Bearer ${formatToken(drawToken())}` })
    expect(status).toBe(401)
    expect(text).toContain('hearth token create')
  })
})
