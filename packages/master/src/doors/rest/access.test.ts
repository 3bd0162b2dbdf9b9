// Who may what. On loopback nothing is asked; elsewhere everything is.
import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { actionToken } from '@hearth/common/runtime/auth/action-token.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import type { Role } from '@hearth/common/runtime/auth/tokens/role.ts'
import { TokenChecker } from '@hearth/common/runtime/auth/tokens/token-checker.ts'
import { hashSecret } from '@hearth/common/runtime/auth/tokens/token-hash.ts'
import { drawToken, formatToken } from '@hearth/common/runtime/auth/tokens/token-text.ts'
import {
  writeTokensFile,
  type TokenRecord,
} from '@hearth/common/runtime/auth/tokens/tokens-file.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import type { RestAccessOptions } from './access.ts'
import { RestRig } from './rest.test-support.ts'

const SECRET = 'correct horse battery'
const JWS_KEY = new Uint8Array(32).fill(7)

let dir: string
let tokens: TokenChecker
const texts = new Map<string, string>()
let rig: RestRig | undefined

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hearth-access-'))
  const records: TokenRecord[] = []
  const add = async (name: string, role: Role, change: Partial<TokenRecord> = {}) => {
    const parts = drawToken()
    texts.set(name, formatToken(parts))
    records.push({
      ...{ id: parts.id, name, role, expiresAt: null, revokedAt: null },
      createdAt: '2026-11-25T00:00:00.000Z',
      scrypt: await hashSecret(parts.secret),
      ...change,
    })
  }
  for (const role of ['viewer', 'submitter', 'operator'] as const) await add(role, role)
  await add('expired', 'operator', { expiresAt: '2020-01-01T00:00:00.000Z' })
  await add('revoked', 'operator', { revokedAt: '2020-01-01T00:00:00.000Z' })
  const file = path.join(dir, 'tokens.json')
  await writeTokensFile(file, records)
  tokens = new TokenChecker({ file, log: createLog({ name: 'master', level: 'silent' }) })
})

afterEach(() => rig?.close())
afterAll(() => rm(dir, { recursive: true }))

function start(access: Partial<RestAccessOptions>): RestRig {
  rig = new RestRig(access)
  rig.master.set('driver-1', {})
  return rig
}

function shown(name: string): Record<string, string> {
  return { authorization: `Bearer ${texts.get(name) ?? name}` }
}

const ACTIONS = [
  ['status', 'GET', '/v1/submissions/status/driver-1'],
  ['readyz', 'GET', '/v1/submissions/readyz'],
  ['create', 'POST', '/v1/submissions/create'],
  ['kill', 'POST', '/v1/submissions/kill/driver-1'],
  ['killall', 'POST', '/v1/submissions/killall'],
  ['clear', 'POST', '/v1/submissions/clear'],
] as const

async function statusesOf(one: RestRig, headers: Record<string, string>) {
  const statuses: Record<string, number> = {}
  for (const [action, method, url] of ACTIONS) {
    const answer =
      action === 'create'
        ? await one.create({}, headers)
        : await one.ask(method, url, null, headers)
    statuses[action] = answer.status
  }
  return statuses
}

const ALL = { status: 200, readyz: 200, create: 200, kill: 200, killall: 200, clear: 200 }

describe('where requests need a token', () => {
  test('none is shown: 401, which says what to do, to every request', async () => {
    const closed = start({ isOpen: false, tokens })
    const { status, headers, fields } = await closed.create()
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Bearer')
    expect(fields['action']).toBe('ErrorResponse')
    expect(fields['message']).toContain('hearth token create --role submitter')
    expect(new Set(Object.values(await statusesOf(closed, {})))).toEqual(new Set([401]))
    expect((await closed.ask('GET', '/')).status).toBe(401)
    expect(closed.master.submitted).toEqual([])
  })

  test('each role may what it is for', async () => {
    const closed = start({ isOpen: false, tokens })
    expect(await statusesOf(closed, shown('viewer'))).toEqual({
      ...{ status: 200, readyz: 200, create: 403, kill: 403, killall: 403, clear: 403 },
    })
    expect(await statusesOf(closed, shown('submitter'))).toEqual({
      ...ALL,
      ...{ killall: 403, clear: 403 },
    })
    expect(await statusesOf(closed, shown('operator'))).toEqual(ALL)
  })

  test('a viewer’s token for a kill: 403, and the driver runs on', async () => {
    const closed = start({ isOpen: false, tokens })
    const url = '/v1/submissions/kill/driver-1'
    const { status, fields } = await closed.ask('POST', url, null, shown('viewer'))
    expect(status).toBe(403)
    expect(fields['message']).toMatch(/has the role viewer; \/kill takes the role submitter\.$/)
    expect(closed.master.viewDriver('driver-1')?.state).toBe('running')
  })

  test.each([
    ['expired', 'has expired'],
    ['revoked', 'has been revoked'],
    [formatToken(drawToken()), 'there is no token'],
    ['something-else', 'is none of this master'],
  ])('%s: 401', async (name, reason) => {
    const { status, fields } = await start({ isOpen: false, tokens }).create({}, shown(name))
    expect(status).toBe(401)
    expect(fields['message']).toContain(reason)
  })

  test('the token of the secret of the cluster may everything', async () => {
    const closed = start({ isOpen: false, tokens, auth: defaultAuthSettings(SECRET) })
    expect(await statusesOf(closed, shown(actionToken(SECRET)))).toEqual(ALL)
    expect((await closed.create({}, shown(SECRET))).status).toBe(401)
  })

  test('a token that is shown needs no name of ours, which no page could know', async () => {
    const closed = start({ isOpen: false, tokens })
    const headers = { ...shown('submitter'), host: 'alias.example:6066' }
    expect((await closed.create({}, headers)).status).toBe(200)
  })
})

describe('where requests need none', () => {
  test('whoever shows nothing may everything', async () => {
    expect(await statusesOf(start({ isOpen: true, tokens }), {})).toEqual(ALL)
  })

  test('a token that is shown is judged all the same', async () => {
    const open = start({ isOpen: true, tokens })
    expect((await open.ask('POST', '/v1/submissions/killall', null, shown('viewer'))).status).toBe(
      403,
    )
    expect((await open.create({}, shown('expired'))).status).toBe(401)
  })

  test('a foreign Host is refused: a page of that name may be behind it', async () => {
    const open = start({ isOpen: true, hosts: ['Master.example'] })
    for (const host of ['attacker.example:6066', 'master.example.attacker.com', 'a:b:c']) {
      const { status, fields } = await open.create({}, { host })
      expect(status).toBe(403)
      expect(fields['message']).toContain('is not a name of this daemon')
    }
    for (const host of ['127.0.0.1:6066', 'localhost', '[::1]:6066', 'MASTER.example:6066']) {
      expect((await open.create({}, { host })).status).toBe(200)
    }
    const status = await open.ask('GET', '/v1/submissions/status/driver-1', null, {
      host: 'attacker.example',
    })
    expect(status.status).toBe(403)
    expect(open.master.submitted).toHaveLength(4)
  })
})

test.each([
  { origin: 'http://attacker.example' },
  { origin: 'null' },
  { origin: 'http://127.0.0.1:8080' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
] as Record<string, string>[])('a page of others submits nothing: %j', async (headers) => {
  for (const access of [{ isOpen: true }, { isOpen: false, tokens }]) {
    const one = start(access)
    const { status, fields } = await one.create({}, { ...headers, ...shown('operator') })
    expect(status).toBe(403)
    expect(fields['message']).toContain('actions do not come from pages of')
    expect(one.master.submitted).toEqual([])
    await one.close()
  }
})

describe('R-19 SPARK-49103 filters', () => {
  function signed(key: Uint8Array): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: 'ada' })}`
    return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`
  }

  it.each([
    ['without a token', {}, 'Authorization header is missing.'],
    ['with another scheme', { authorization: 'Basic YTpi' }, 'Malformed Authorization header.'],
    ['with another signature', { authorization: `Bearer ${signed(new Uint8Array(32))}` }, 'JWT'],
    ['with nonsense', { authorization: 'Bearer x' }, 'JWT Validate Fail'],
  ] as [string, Record<string, string>, string][])(
    'R-19 %s: 403, as Spark answers it',
    async (_what, headers, message) => {
      const filtered = start({ isOpen: false, jwsKey: JWS_KEY })
      const { status, headers: answered, text } = await filtered.create({}, headers)
      expect(status).toBe(403)
      expect(answered['content-type']).toBe('text/html;charset=iso-8859-1')
      expect(answered['cache-control']).toBe('no-cache, no-store, must-revalidate')
      expect(text).toContain(`<title>Error 403 ${message}`)
      expect(new Set(Object.values(await statusesOf(filtered, headers)))).toEqual(new Set([403]))
      expect(filtered.master.submitted).toEqual([])
    },
  )

  it('R-19 a signed request may everything, as in Spark', async () => {
    const filtered = start({ isOpen: false, jwsKey: JWS_KEY })
    const headers = { authorization: `Bearer ${signed(JWS_KEY)}` }
    expect(await statusesOf(filtered, headers)).toEqual(ALL)
    const { headers: answered } = await filtered.create({}, headers)
    expect(answered['cache-control']).toBe('no-cache, no-store, must-revalidate')
  })

  it('R-19 tokens of Hearth’s own are taken beside it', async () => {
    const filtered = start({ isOpen: false, jwsKey: JWS_KEY, tokens })
    expect((await filtered.create({}, shown('submitter'))).status).toBe(200)
    expect((await filtered.create({}, shown('revoked'))).status).toBe(401)
  })
})
