// What the command line shows of drivers and does to them, against a scripted master.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeServers, hearth, serve, type Reply } from '../hearth.test-support.ts'

const AT = Date.parse('2026-11-26T01:02:03Z')
const RUNNING = {
  id: 'driver-20261126010203-0000',
  name: 'Spark Pi',
  mainClass: 'org.apache.spark.examples.SparkPi',
  user: 'ada',
  state: 'running',
  supervise: true,
  resources: { cores: 1, memoryMb: 512 },
  addresses: { gpu: ['0', '1'] },
  workerId: 'worker-1',
  workerHostPort: '10.0.0.7:40001',
  workerWebUiUrl: 'http://10.0.0.7:8081',
  submittedAt: AT,
  endedAt: null,
  exitCode: null,
  message: null,
  hint: null,
  runs: 2,
  relaunchOf: null,
  relaunchedAs: null,
  wait: null,
  logs: { stdout: 'http://10.0.0.7:8081/log/?o', stderr: 'http://10.0.0.7:8081/log/?e' },
}
const FAILED = {
  ...RUNNING,
  id: 'driver-2',
  name: 'etl',
  state: 'failed',
  supervise: false,
  addresses: {},
  endedAt: AT + 65_000,
  exitCode: 137,
  message: 'ended by SIGKILL',
  hint: { code: 'oom', text: 'give it more memory' },
  runs: 1,
}
const RELAUNCHED = {
  ...FAILED,
  id: 'driver-3',
  state: 'relaunched',
  exitCode: null,
  message: 'its worker was lost',
  hint: null,
  relaunchedAs: 'driver-4',
}

let asked: string[]
let replies: Record<string, Reply>
let ui: string

beforeEach(async () => {
  asked = []
  replies = {}
  for (const driver of [RUNNING, FAILED, RELAUNCHED]) {
    replies[`GET /api/v1/drivers/${driver.id}`] = { body: driver }
  }
  replies['GET /api/v1/drivers'] = {
    body: { active: [RUNNING], completed: [FAILED, RELAUNCHED] },
  }
  ui = await serve(({ method, headers }, { pathname }) => {
    const key = `${method} ${pathname}`
    asked.push(headers['x-hearth-request'] === undefined ? key : `${key} guarded`)
    return replies[key] ?? { status: 404, body: { error: `nothing at ${pathname}` } }
  })
})
afterEach(closeServers)

function run(...args: readonly string[]) {
  return hearth([...args, '--master-ui', ui])
}

function linesOf(out: string): string[] {
  return out.trimEnd().split('\n')
}

describe('drivers', () => {
  test('lists those that run or wait', async () => {
    const { code, out } = await run('drivers')
    expect(code).toBe(0)
    const [head, line, ...more] = linesOf(out)
    expect(head).toMatch(/^ID +NAME +STATE +WORKER +CORES +MEMORY +RUNS +DURATION +REMARKS$/)
    expect(line).toMatch(/^driver-20261126010203-0000 +Spark Pi +RUNNING +worker-1 +1 +512 MiB +2 /)
    expect(more).toEqual([])
  })

  test('--all lists those that have ended too, the latest first, with how they ended', async () => {
    const [, , relaunched, failed] = linesOf((await run('drivers', '--all')).out)
    expect(relaunched).toMatch(/^driver-3 .* RELAUNCHED .* as driver-4; its worker was lost$/)
    expect(failed).toMatch(
      /^driver-2 .* 1 min 5 s +exit code 137; ended by SIGKILL; give it more memory$/,
    )
  })

  test('none are none', async () => {
    replies['GET /api/v1/drivers'] = { body: { active: [], completed: [FAILED] } }
    expect((await run('drivers')).out).toBe(
      'no drivers run or wait; --all shows those that have ended\n',
    )
  })

  test('--json', async () => {
    expect(JSON.parse((await run('drivers', '--json')).out)).toEqual([RUNNING])
    expect(JSON.parse((await run('drivers', '--json', '--all')).out)).toEqual([
      ...[RUNNING, RELAUNCHED, FAILED],
    ])
  })
})

describe('status', () => {
  test('of a driver that failed says how, why and what to do', async () => {
    const { code, out } = await run('status', 'driver-2')
    expect(code).toBe(0)
    expect(linesOf(out)).toEqual([
      'driver      driver-2',
      'name        etl',
      'state       FAILED',
      'exit code   137',
      'reason      ended by SIGKILL',
      'what to do  give it more memory',
      'runs        1',
      'worker      worker-1',
      'stdout      http://10.0.0.7:8081/log/?o',
      'stderr      http://10.0.0.7:8081/log/?e',
      'main class  org.apache.spark.examples.SparkPi',
      'user        ada',
      'cores       1',
      'memory      512 MiB',
      'submitted   2026-11-26T01:02:03.000Z',
      'ended       2026-11-26T01:03:08.000Z',
      'duration    1 min 5 s',
    ])
  })

  test('of a supervised driver that waits', async () => {
    const wait = { code: 'restart-delay', text: 'it is started again' }
    const waits = { ...RUNNING, state: 'restarting', exitCode: 1, wait }
    replies[`GET /api/v1/drivers/${RUNNING.id}`] = { body: waits }
    const { out } = await run('status', RUNNING.id)
    expect(out).toMatch(
      /^state +RESTARTING\nwaits because +it is started again\nlast exit code +1$/m,
    )
    expect(out).toMatch(/^runs +2 \(supervised\)$/m)
    expect(out).toMatch(/^gpu +0, 1$/m)
  })

  test('--json is what the master says', async () => {
    expect(JSON.parse((await run('status', 'driver-2', '--json')).out)).toEqual(FAILED)
  })

  test('of an application', async () => {
    replies['GET /api/v1/applications/app-1'] = {
      body: {
        ...{ id: 'app-1', name: 'pi', state: 'running', user: 'ada', coresGranted: 4 },
        ...{ submittedAt: AT, endedAt: null, endReason: null, wait: null },
        executors: [{ state: 'running' }, { state: 'lost' }],
      },
    }
    expect(linesOf((await run('status', 'app-1')).out)).toEqual([
      'application  app-1',
      'name         pi',
      'state        RUNNING',
      'user         ada',
      'cores        4',
      'executors    1',
      'submitted    2026-11-26T01:02:03.000Z',
    ])
    expect(asked).toEqual(['GET /api/v1/applications/app-1'])
  })

  test('an id of the operator’s own pattern is looked up as both', async () => {
    replies['GET /api/v1/drivers/etl-7'] = { body: { ...FAILED, id: 'etl-7' } }
    expect((await run('status', 'etl-7')).out).toMatch(/^driver +etl-7$/m)
    expect(asked).toEqual(['GET /api/v1/applications/etl-7', 'GET /api/v1/drivers/etl-7'])
  })

  test('of nobody is exit status 3', async () => {
    const { code, out, err } = await run('status', 'driver-9')
    expect([code, out, err]).toEqual([3, '', 'hearth: nothing at /api/v1/drivers/driver-9\n'])
  })

  test('an id that cannot be one is refused before anybody is asked', async () => {
    expect((await run('status', '../x')).code).toBe(2)
    expect(asked).toEqual([])
  })
})

describe('kill', () => {
  test('a driver is told to end, by a request that foreign pages cannot send', async () => {
    const path = `/api/v1/drivers/${RUNNING.id}/kill`
    replies[`POST ${path}`] = { status: 202, body: { killing: RUNNING.id } }
    const { code, out } = await run('kill', RUNNING.id)
    expect(code).toBe(0)
    expect(out).toBe(
      `${RUNNING.id} is told to end; 'hearth status ${RUNNING.id}' says when it has\n`,
    )
    expect(asked).toEqual([`POST ${path} guarded`])
    expect(JSON.parse((await run('kill', RUNNING.id, '--json')).out)).toEqual({
      killing: RUNNING.id,
    })
  })

  test('one that is over says how it ended, and is exit status 3', async () => {
    const { code, err } = await run('kill', 'driver-2')
    expect(code).toBe(3)
    expect(err).toMatch(/^hearth: there is nothing to end: driver-2 FAILED: exit code 137; /)
  })

  test('one that was relaunched names its successor', async () => {
    const { code, err } = await run('kill', 'driver-3')
    expect(code).toBe(3)
    expect(err).toContain("'hearth kill driver-4' ends its successor")
  })

  test('HEARTH_TOKEN is shown', async () => {
    const shown: unknown[] = []
    const master = await serve(({ headers }) => {
      shown.push(headers.authorization)
      return { status: 202, body: { killing: 'driver-1' } }
    })
    await hearth(['kill', 'driver-1', '--master-ui', master], { HEARTH_TOKEN: 't' })
    expect(shown).toEqual(['Bearer t'])
  })
})

describe('why', () => {
  test('drivers that wait stand below the applications that do', async () => {
    const text = 'beside it no worker could hold its first executor'
    replies['GET /api/v1/waiting'] = { body: [] }
    replies['GET /api/v1/waiting/drivers'] = {
      body: [{ driverId: 'driver-1', name: 'etl', position: 1, state: 'submitted', text }],
    }
    const { out } = await run('why')
    expect(out).toMatch(
      /^PLACE +DRIVER +NAME +STATE +WAITS BECAUSE\n +1 +driver-1 +etl +SUBMITTED +/,
    )
    expect(out).toContain(text)
    replies['GET /api/v1/waiting/drivers'] = { body: [] }
    expect((await run('why')).out).toBe('nobody waits\n')
  })

  test('of one driver says what would let it start, its place, and each worker', async () => {
    const waits = {
      driverId: 'driver-1',
      summary: 'driver-1 waits: beside it no worker could hold its first executor',
      code: 'executor-reserve',
      change: { kind: 'add-worker', text: 'add a worker' },
      place: { position: 2, waiting: 2, ahead: ['driver-0'] },
      notBeforeMs: 8_400,
      workers: [
        {
          workerId: 'w1',
          free: { cores: 1, memoryMb: 2048 },
          verdict: 'reserved',
          quarantine: null,
        },
        {
          workerId: 'w2',
          free: { cores: 2, memoryMb: 2048 },
          verdict: 'passed-over',
          quarantine: null,
        },
      ],
    }
    replies['GET /api/v1/drivers/driver-1/why'] = { body: waits }
    expect(linesOf((await run('why', 'driver-1')).out)).toEqual([
      'driver-1 waits: beside it no worker could hold its first executor.',
      'Smallest change: add a worker.',
      'Not before 9 s from now.',
      'Place: 2 of 2 that wait; served before it: driver-0.',
      '',
      'WORKER  FREE CORES  FREE MEMORY  FREE CUSTOM  VERDICT',
      'w1               1  2 GiB        -            reserved for an executor',
      'w2               2  2 GiB        -            did not take it',
    ])
    expect(JSON.parse((await run('why', 'driver-1', '--json')).out)).toEqual(waits)
  })

  test('of one that runs says so', async () => {
    const summary = 'driver-1 does not wait: it is running on w1'
    replies['GET /api/v1/drivers/driver-1/why'] = {
      body: { summary, code: null, change: null, workers: [], place: null, notBeforeMs: null },
    }
    expect((await run('why', 'driver-1')).out).toBe(`${summary}.\n`)
  })
})

test('a name cannot rewrite the terminal', async () => {
  const name = 'x\u001b[2J'
  replies['GET /api/v1/drivers'] = { body: { active: [{ ...RUNNING, name }], completed: [] } }
  replies[`GET /api/v1/drivers/${RUNNING.id}`] = { body: { ...RUNNING, name, message: name } }
  for (const args of [['drivers'], ['status', RUNNING.id]]) {
    expect((await run(...args)).out).not.toContain('\u001b')
  }
})
