import fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { actionToken } from '../auth/action-token.ts'
import { defaultAuthSettings } from '../auth/auth-settings.ts'
import { createActionGuard } from './action-guard.ts'

const SECRET = 'correct horse battery'

function serverWith(secret: string | null) {
  const server = fastify()
  const auth = secret === null ? null : defaultAuthSettings(secret)
  const guard = createActionGuard({ auth, hosts: ['[fd00::5]', 'Master.example'] })
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
