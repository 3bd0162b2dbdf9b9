import fastify, { type FastifyInstance } from 'fastify'
import { createActionGuard } from '@hearth/common/runtime/http/action-guard.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DriverView } from '../../core/drivers/views.ts'
import type { DriverExplanation } from '../../core/why/explanation.ts'
import type { Reply } from '../../core/effects.ts'
import { aDriver } from './a-driver.test-support.ts'
import { addDriverRoutes } from './driver-routes.ts'

const NOW = aDriver().submittedAt + 125_000
const LOGS = {
  stdout: 'http://10.0.0.7:8081/log/?driverId=driver-20261126010203-0000&logType=stdout',
  stderr: 'http://10.0.0.7:8081/log/?driverId=driver-20261126010203-0000&logType=stderr',
}

const EXPLANATION: DriverExplanation = {
  ...{ driverId: 'driver-1', name: 'pi', state: 'submitted', summary: 'driver-1 waits' },
  ...{ code: 'no-workers', resources: { cores: 1, memoryMb: 1024 }, firstExecutor: null },
  ...{ counts: {}, workers: [], change: null, place: null, notBeforeMs: null },
}

let server: FastifyInstance
let active: DriverView[]
let completed: DriverView[]
let kills: string[]
let answer: Reply

beforeEach(() => {
  active = [aDriver()]
  completed = []
  kills = []
  answer = { type: 'accepted' }
  server = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  addDriverRoutes(server, {
    viewDriver: (id) => [...active, ...completed].find((driver) => driver.id === id),
    viewDrivers: () => ({ active, completed }),
    explainDriver: (id) => (id === active[0]?.id ? EXPLANATION : undefined),
    killDriver: async (id) => {
      kills.push(id)
      return answer
    },
    now: () => NOW,
    driverGuard: createActionGuard({ auth: null, hosts: [] }),
  })
})
afterEach(() => server.close())

async function get(url: string) {
  const reply = await server.inject({ url })
  return {
    status: reply.statusCode,
    body: reply.body,
    json: () => JSON.parse(reply.body) as unknown,
  }
}

async function kill(id: string, headers: Record<string, string> = { 'x-hearth-request': '1' }) {
  const url = `/api/v1/drivers/${id}/kill`
  const all = { host: '127.0.0.1', ...headers }
  const reply = await server.inject({ method: 'POST', url, headers: all })
  return { status: reply.statusCode, json: JSON.parse(reply.body) as unknown }
}

describe('reads', () => {
  test('why a driver waits; one that nobody knows', async () => {
    const { json } = await get(`/api/v1/drivers/${active[0]?.id}/why`)
    expect(json()).toEqual(EXPLANATION)
    expect((await get('/api/v1/drivers/driver-9/why')).status).toBe(404)
  })

  test('both lists, each driver with all that is known and where its logs are', async () => {
    const ended = aDriver({ id: 'driver-2', state: 'failed', exitCode: 7, workerWebUiUrl: null })
    completed = [ended]
    const { json } = await get('/api/v1/drivers')
    expect(json()).toEqual({
      active: [{ ...aDriver(), logs: LOGS }],
      completed: [{ ...ended, logs: null }],
    })
  })

  test('one driver, and a sentence for an id that nobody has', async () => {
    const { json } = await get(`/api/v1/drivers/${aDriver().id}`)
    expect(json()).toEqual({ ...aDriver(), logs: LOGS })
    const unknown = await get('/api/v1/drivers/driver-9')
    expect(unknown.status).toBe(404)
    expect(unknown.json()).toEqual({
      error: 'no driver driver-9 is known here; it may have been forgotten',
    })
  })

  test('those that wait, in order, with why', async () => {
    const wait = { code: 'driver-limit', text: 'as many drivers run as may' } as const
    active = [
      aDriver({ id: 'd1' }),
      aDriver({ id: 'd2', state: 'restarting', wait: { code: 'restart-delay', text: 'in 3 s' } }),
      aDriver({ id: 'd3', state: 'submitted', wait }),
    ]
    expect((await get('/api/v1/waiting/drivers')).json()).toMatchObject([
      { driverId: 'd2', position: 1, state: 'restarting', code: 'restart-delay', text: 'in 3 s' },
      { driverId: 'd3', position: 2, state: 'submitted', ...wait },
    ])
  })
})

describe('kill', () => {
  test('U-06 a POST leads to one kill request', async () => {
    expect(await kill('driver-1')).toEqual({ status: 202, json: { killing: 'driver-1' } })
    expect(kills).toEqual(['driver-1'])
  })

  test('of a driver that is over or unknown is 404 with the reason', async () => {
    answer = { type: 'not-found', reason: 'no driver that is not over has the id driver-1' }
    expect(await kill('driver-1')).toEqual({ status: 404, json: { error: answer.reason } })
  })

  test('that the master refuses says why', async () => {
    answer = { type: 'refused', reason: 'its record cannot be written' }
    expect(await kill('driver-1')).toEqual({ status: 409, json: { error: answer.reason } })
  })

  test('without the header that foreign pages cannot send never reaches the master', async () => {
    expect((await kill('driver-1', {})).status).toBe(403)
    expect(kills).toEqual([])
  })
})

describe('page', () => {
  test('says how a driver ended, what to do, and where its output is', async () => {
    completed = [
      aDriver({
        id: 'driver-1',
        state: 'failed',
        supervise: true,
        runs: 3,
        exitCode: 137,
        message: 'killed by SIGKILL',
        hint: { code: 'out-of-memory', text: 'give it more memory', neverWorked: false },
        endedAt: NOW,
        relaunchOf: 'driver-0',
      }),
    ]
    const { status, body } = await get('/driver/?id=driver-1')
    expect(status).toBe(200)
    const shown = body.replaceAll(/<\/t[dh]>/g, ' ').replaceAll(/<[^>]+>/g, '')
    expect(shown).toContain('State FAILED')
    expect(shown).toContain('Exit code 137')
    expect(shown).toContain('Reason killed by SIGKILL')
    expect(shown).toContain('What to do give it more memory')
    expect(shown).toContain('Runs 3 (supervised: started again when it fails)')
    expect(shown).toContain('Duration 2 min 5 s')
    expect(body).toContain('<a href="/driver/?id=driver-0">driver-0</a>')
    expect(body).toContain(
      '<a href="http://10.0.0.7:8081/logPage/?driverId=driver-1&amp;logType=stderr">stderr</a>',
    )
  })

  test('of a driver that was lost does not take the code of an earlier run for its own', async () => {
    completed = [aDriver({ id: 'driver-1', state: 'relaunched', exitCode: 1, endedAt: NOW })]
    expect((await get('/driver/?id=driver-1')).body).toContain('Exit code of its last run')
    completed = [aDriver({ id: 'driver-1', state: 'killed', exitCode: 143, endedAt: NOW })]
    expect((await get('/driver/?id=driver-1')).body).toContain('<th>Exit code</th><td>143</td>')
  })

  test('of a driver that nobody knows is 404', async () => {
    const { status, body } = await get('/driver?id=%3Cscript%3E')
    expect(status).toBe(404)
    expect(body).toContain('No driver &lt;script&gt; is known here')
    expect((await get('/driver/')).status).toBe(404)
  })

  test('whatever a client calls its driver stays text', async () => {
    const evil = '<script>alert(1)</script>'
    active = [
      aDriver({
        ...{ name: evil, mainClass: evil, user: evil, message: evil },
        workerWebUiUrl: 'javascript:alert(1)',
        addresses: { gpu: [evil] },
        wait: { code: 'restart-delay', text: evil },
      }),
    ]
    const { body } = await get(`/driver/?id=${aDriver().id}`)
    expect(body).not.toContain('<script')
    expect(body).not.toContain('javascript:')
  })
})
