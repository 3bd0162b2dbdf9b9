import { afterEach, describe, expect, test } from 'vitest'
import { closeServers, hearth, serve } from './hearth.test-support.ts'

afterEach(closeServers)

const APPLICATION = {
  id: 'app-20261121090000-0001',
  name: 'pi',
  user: 'ada',
  state: 'RUNNING',
  cores: 4,
  memoryperexecutor: 1024,
  duration: 61_000,
}
const EXPLANATION = {
  applicationId: 'app-1',
  summary: 'app-1 waits: no worker has enough',
  profiles: [
    {
      profile: 0,
      text: 'no worker has enough',
      change: { kind: 'wait-or-lower', text: 'lower it' },
      workers: [
        {
          workerId: 'w1',
          free: { cores: 1, memoryMb: 512, custom: { gpu: ['0'] } },
          verdict: 'memory',
          tooSmall: 'memory',
          quarantine: null,
        },
      ],
    },
  ],
  place: { position: 2, waiting: 3, ahead: ['app-0'] },
  holders: [{ applicationId: 'app-9', name: 'big', cores: 7 }],
  hints: [
    { text: 'it could not reach its driver', executors: 2, lastExecutor: 4, lastWorkerId: 'w1' },
  ],
}
const STATE = {
  activeapps: [APPLICATION],
  completedapps: [{ ...APPLICATION, id: 'app-20261121090000-0000', state: 'FINISHED' }],
  workers: [
    {
      id: 'worker-1',
      state: 'ALIVE',
      cores: 8,
      coresused: 4,
      memory: 8192,
      memoryused: 1024,
      webuiaddress: 'http://w1:8081',
    },
  ],
}

describe('usage', () => {
  test('no command shows what there is and is a usage error', async () => {
    const { code, err } = await hearth([])
    expect(code).toBe(2)
    expect(err).toMatch(/quickstart .* compute Pi/)
  })

  test.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['worker'], "missing required argument 'master'"],
    [['worker', 'spark://a:1', 'spark://b:2'], 'too many arguments'],
    [['master', '--frob'], "unknown option '--frob'"],
    [['kill', '../../etc'], 'cannot be the id of an application'],
    [['apps', '--master-ui', 'nonsense'], "'nonsense' is not the address of a web UI"],
    [['logs', 'app-1', '--tail', '-5'], 'give a number of bytes'],
    [['master', '--host', '10.1.1.1'], 'refusing to listen on 10.1.1.1'],
    [['up'], 'SPARK_HOME is /nowhere, where there is no Spark'],
  ])('%j', async (args, text) => {
    const { code, err } = await hearth(args, { SPARK_HOME: '/nowhere' })
    expect(code).toBe(2)
    expect(err).toContain(text)
    expect(err).not.toContain('    at ')
  })

  test('help and version end with 0', async () => {
    expect(await hearth(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' })
    expect((await hearth(['help', 'worker'])).out).toContain('spark://h1:p1,h2:p2')
    expect((await hearth(['master', '--help'])).code).toBe(0)
  })
})

describe('reads', () => {
  test('apps: running first, then the latest completed', async () => {
    const ui = await serve((_request, { pathname }) => ({
      status: pathname === '/json/' ? 200 : 500,
      body: STATE,
    }))
    const { code, out } = await hearth(['apps', '--master-ui', ui])
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      'ID                       NAME  USER  STATE     CORES  MEMORY/EXECUTOR  DURATION',
      'app-20261121090000-0001  pi    ada   RUNNING       4  1 GiB            1 min 1 s',
      'app-20261121090000-0000  pi    ada   FINISHED      4  1 GiB            1 min 1 s',
      '',
    ])
  })

  test('workers, from the address in the environment', async () => {
    const ui = await serve((_request, { pathname }) => ({
      status: pathname === '/json/' || pathname === '/api/v1/workers' ? 200 : 404,
      body: pathname === '/json/' ? STATE : [{ id: 'worker-1', quarantine: null }],
    }))
    const { out } = await hearth(['workers'], { HEARTH_MASTER_UI: ui })
    expect(out).toContain('worker-1  ALIVE  4 of 8  1 GiB of 8 GiB  http://w1:8081\n')
  })

  test('workers in quarantine and custom resources have columns of their own', async () => {
    const gpu = (addresses: string[]) => ({ gpu: { name: 'gpu', addresses } })
    const [worker] = STATE.workers
    const workers = [{ ...worker, resources: gpu(['0', '1']), resourcesused: gpu(['0']) }]
    const ui = await serve((_request, { pathname }) => ({
      body:
        pathname === '/json/'
          ? { ...STATE, workers }
          : [{ id: 'worker-1', quarantine: { since: 0, reason: 'no java' } }],
    }))
    const { out } = await hearth(['workers', '--master-ui', ui])
    expect(out).toMatch(/CUSTOM +WEB UI +REMARKS\n/)
    expect(out).toMatch(/gpu: 1 of 2 +http:\S+ +in quarantine: no java\n/)
  })

  test('why: those that wait, and one of them with what would help', async () => {
    const paths: string[] = []
    const ui = await serve((_request, { pathname }) => {
      paths.push(pathname)
      if (pathname === '/api/v1/waiting') {
        const text = 'of 1 workers 1 lack memory'
        return { body: [{ position: 1, applicationId: 'app-1', name: 'pi', executors: 0, text }] }
      }
      if (pathname === '/api/v1/waiting/drivers') return { body: [] }
      return { body: EXPLANATION }
    })
    const { out: waiting } = await hearth(['why', '--master-ui', ui])
    expect(waiting).toMatch(/1 +app-1 +pi +0 +of 1 workers 1 lack memory/)
    const { out, code } = await hearth(['why', 'app-1', '--master-ui', ui])
    expect(code).toBe(0)
    expect(paths).toEqual([
      '/api/v1/waiting',
      '/api/v1/waiting/drivers',
      '/api/v1/applications/app-1/why',
    ])
    expect(out.split('\n')).toEqual([
      'app-1 waits: no worker has enough.',
      'Smallest change: lower it.',
      'Place: 2 of 3 that wait; served before it: app-0.',
      'Cores are held by: app-9 (big) 7.',
      'Executor app-1/4 on w1 and 1 more ended: it could not reach its driver.',
      '',
      'WORKER  FREE CORES  FREE MEMORY  FREE CUSTOM  VERDICT',
      'w1               1  512 MiB      gpu: 1       too small (memory)',
      '',
    ])
  })

  test('why: an id that cannot be one is refused before anybody is asked', async () => {
    const { code, err } = await hearth(['why', '../x', '--master-ui', 'http://127.0.0.1:1'])
    expect(code).toBe(2)
    expect(err).toMatch(/cannot be the id of an application/)
  })

  test('--json prints what the master said', async () => {
    const ui = await serve(() => ({ body: STATE }))
    const apps = await hearth(['apps', '--json', '--master-ui', ui])
    expect(JSON.parse(apps.out)).toEqual([...STATE.activeapps, ...STATE.completedapps])
    const workers = await hearth(['workers', '--json', '--master-ui', ui])
    expect(JSON.parse(workers.out)).toEqual(STATE.workers)
  })

  test('nobody there is exit status 4, with what to do', async () => {
    const ui = await serve(() => ({ body: '' }))
    closeServers()
    const { code, err } = await hearth(['apps', '--master-ui', ui])
    expect(code).toBe(4)
    expect(err).toMatch(/cannot reach the master at .*ECONNREFUSED[^]*hearth up/)
  })

  test('something else there is a failure, not an empty table', async () => {
    const ui = await serve(() => ({ body: '<html>a router</html>' }))
    const { code, err } = await hearth(['apps', '--master-ui', ui])
    expect(code).toBe(1)
    expect(err).toContain('is this the web UI of a Hearth master?')
  })
})

describe('kill', () => {
  test('posts with the header that a foreign page cannot send', async () => {
    const seen: unknown[] = []
    const ui = await serve((request, url) => {
      seen.push([request.method, url.pathname, request.headers['x-hearth-request']])
      return { body: { killed: APPLICATION.id } }
    })
    const { code, out } = await hearth(['kill', APPLICATION.id, '--master-ui', ui])
    expect({ code, out }).toEqual({ code: 0, out: `killed ${APPLICATION.id}\n` })
    expect(seen).toEqual([['POST', `/api/v1/applications/${APPLICATION.id}/kill`, '1']])
  })

  test('an application that does not exist is exit status 3', async () => {
    const ui = await serve(() => ({ status: 404, body: { error: 'no application app-9' } }))
    expect(await hearth(['kill', 'app-9', '--master-ui', ui])).toEqual({
      code: 3,
      out: '',
      err: 'hearth: no application app-9\n',
    })
  })
})

describe('logs', () => {
  const TEXTS = ['first\n', `${'é'.repeat(700_000)}\n`]

  /** A master and a worker in one: executors 0 and 1 of app-1, each with one of the texts. */
  async function serveLogs(): Promise<string> {
    const ui = await serve((_request, url) => {
      if (url.pathname === '/api/v1/applications/app-1') {
        const executors = [1, 0].map((number) => ({ number, workerWebUiUrl: ui }))
        return { body: { executors } }
      }
      if (url.pathname !== '/log/') return { status: 404, body: { error: 'no such application' } }
      if (url.searchParams.get('logType') !== 'stderr') return { body: 'Error: no such log' }
      const bytes = Buffer.from(TEXTS[Number(url.searchParams.get('executorId'))] ?? '')
      const length = Number(url.searchParams.get('byteLength'))
      const offset = url.searchParams.get('offset')
      const start = offset === null ? Math.max(0, bytes.length - length) : Number(offset)
      const end = Math.min(bytes.length, start + length)
      const firstLine = `==== Bytes ${start}-${end} of ${bytes.length} of /w/app-1 ====\n`
      return { body: Buffer.concat([Buffer.from(firstLine), bytes.subarray(start, end)]) }
    })
    return ui
  }

  test('one executor’s log comes as it is, whole, over several pieces', async () => {
    const ui = await serveLogs()
    expect(await hearth(['logs', 'app-1', '1', '--master-ui', ui])).toEqual({
      code: 0,
      out: TEXTS[1],
      err: '',
    })
  })

  test('all executors’ logs come in order, each under its name', async () => {
    const ui = await serveLogs()
    const { out } = await hearth(['logs', 'app-1', '--tail', '6', '--master-ui', ui])
    expect(out).toMatch(/^==> app-1\/0 stderr <==\nfirst\n==> app-1\/1 stderr <==\n/)
  })

  test('--json', async () => {
    const ui = await serveLogs()
    const { out } = await hearth(['logs', 'app-1', '0', '--json', '--master-ui', ui])
    expect(JSON.parse(out)).toEqual([
      { executor: 0, stream: 'stderr', worker: ui, text: 'first\n' },
    ])
  })

  test.each([
    [['app-1', '7'], 'app-1 has no executor 7\n  its executors: 0, 1'],
    [['app-2'], 'no such application'],
    [['app-1', '0', '--stream', 'stdout'], 'no stdout of app-1/0'],
  ])('%j does not exist: exit status 3', async (args, text) => {
    const ui = await serveLogs()
    const { code, err } = await hearth(['logs', ...args, '--master-ui', ui])
    expect(code).toBe(3)
    expect(err).toContain(text)
  })
})
