// `hearth submit` against a REST port that answers as Spark's does, and a web UI that tells of a driver.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeServers, hearth, serve, type Answer, type Reply } from '../hearth.test-support.ts'

const JARS = path.join(import.meta.dirname, '../../../../test/fixtures/jars')
const ID = 'driver-20261120212455-0001'
// Recorded of 4.1.4; a standby's answer in the words of Utils.BACKUP_STANDALONE_MASTER_PREFIX.
const CREATED = `{\n  "action" : "CreateSubmissionResponse",\n  "message" : "Driver successfully submitted as ${ID}",\n  "serverSparkVersion" : "4.1.4",\n  "submissionId" : "${ID}",\n  "success" : true\n}`
const STANDBY = `{\n  "action" : "CreateSubmissionResponse",\n  "message" : "Current state is not alive: STANDBY. Can only accept driver submissions in ALIVE state.",\n  "serverSparkVersion" : "4.1.4",\n  "success" : false\n}`
const FORBIDDEN = `{"action":"ErrorResponse","message":"this port wants a token","serverSparkVersion":"4.3.0"}`

interface Post {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: Record<string, unknown>
}

let posts: Post[]
let states: (Record<string, unknown> | Reply | 'hang up')[]
let directory: string

beforeEach(() => {
  posts = []
  states = []
  directory = mkdtempSync(path.join(tmpdir(), 'hearth-submit-'))
})
afterEach(() => {
  closeServers()
  rmSync(directory, { recursive: true })
})

/** A REST port that answers so, and keeps what it was sent. */
function rest(reply: Reply | 'hang up'): Promise<string> {
  return serve(({ headers }, { pathname }, body) => {
    const { authorization } = headers
    posts.push({ path: pathname, authorization, body: JSON.parse(body) as Post['body'] })
    return reply
  })
}

// Each look at a driver shows the next of the states, and the last again and again.
const tell: Answer = (_request, { pathname }) => {
  const next = states.length > 1 ? states.shift() : states[0]
  if (next === undefined || next === 'hang up') return 'hang up'
  if ('body' in next) return next as Reply
  const id = pathname.split('/').at(-1)
  return {
    body: { id, runs: 1, workerId: 'worker-1', message: null, hint: null, wait: null, ...next },
  }
}

async function deadPort(): Promise<string> {
  const url = await serve(() => 'hang up')
  closeServers()
  return url
}

function submit(restUrl: string, args: readonly string[] = [], environment = {}) {
  const jar = ['--class', 'com.example.Pi', '/x/pi.jar', '7']
  return hearth(['submit', '--rest-url', restUrl, ...args, ...jar], environment)
}

async function submitAndWait(...told: typeof states) {
  const ports = [await rest({ body: CREATED }), await serve(tell)] as const
  states = told
  return submit(ports[0], ['--wait', '--master-ui', ports[1]])
}

describe('create', () => {
  test('R-02 prints the id that the master gave, and nothing else on standard output', async () => {
    const url = await rest({ body: CREATED })
    expect(await submit(url, ['--supervise'])).toEqual({ code: 0, out: `${ID}\n`, err: '' })
    expect(posts).toMatchObject([
      {
        path: '/v1/submissions/create',
        authorization: undefined,
        body: {
          action: 'CreateSubmissionRequest',
          mainClass: 'com.example.Pi',
          appResource: 'file:///x/pi.jar',
          appArgs: ['7'],
          sparkProperties: {
            'spark.driver.supervise': 'true',
            'spark.master': 'spark://127.0.0.1:7077',
          },
        },
      },
    ])
  })

  test('R-03 of several masters the one that leads gets it: not a dead one, not a standby', async () => {
    const dead = await deadPort()
    const urls = [dead, await rest({ body: STANDBY }), await rest({ body: CREATED })]
    expect(await submit(urls.join(','))).toMatchObject({ code: 0, out: `${ID}\n` })
    expect(posts).toHaveLength(2)
  })

  test('the masters of --master get it on their REST port', async () => {
    const { port } = new URL(await rest({ body: CREATED }))
    const masters = ['--master', 'spark://127.0.0.1:1,127.0.0.1:2', '--rest-port', port]
    const { code } = await hearth(['submit', ...masters, '--class', 'A', 'a.jar'])
    expect(code).toBe(0)
    expect(posts).toMatchObject([
      { body: { sparkProperties: { 'spark.master': 'spark://127.0.0.1:1,127.0.0.1:2' } } },
    ])
  })

  test('without --class the main class is the one that the jar names, if it names one', async () => {
    const url = await rest({ body: CREATED })
    const jar = (name: string) =>
      hearth(['submit', '--rest-url', url, path.join(JARS, name), '--class', 'x'])
    expect(await jar('named.jar')).toMatchObject({ code: 0 })
    expect(posts).toMatchObject([
      { body: { mainClass: 'com.example.Pi', appArgs: ['--class', 'x'] } },
    ])
    const { code, err } = await jar('unnamed.jar')
    expect(code).toBe(2)
    expect(err).toContain('names none\n  name it with --class')
    expect(posts).toHaveLength(1)
  })

  test('nobody there is exit status 4, with who was asked and what to do', async () => {
    const [one, two] = [await deadPort(), await deadPort()]
    const { code, err } = await submit(`${one},${two}`)
    expect(code).toBe(4)
    expect(err).toContain(`cannot reach the REST port of the master at ${one}: `)
    expect(err).toContain(`cannot reach the REST port of the master at ${two}: `)
    expect(err).toContain('--rest-port or --rest-url')
  })

  test('only standbys is a failure that names them', async () => {
    const { code, err } = await submit(await rest({ body: STANDBY }))
    expect(code).toBe(1)
    expect(err).toMatch(
      /does not lead: Current state is not alive: STANDBY[^]*none of these masters/,
    )
  })

  test('what was sent and not answered is not sent to another master: it may be submitted', async () => {
    const silent = await rest('hang up')
    const { code, err } = await submit(`${silent},${await rest({ body: CREATED })}`)
    expect(code).toBe(4)
    expect(err).toContain('it may have been submitted all the same')
    expect(posts).toHaveLength(1)
  })

  test('what the master says against it is shown', async () => {
    const message = 'the driver asks for 0 cores\n\tat\u001b[2J'
    const body = { action: 'CreateSubmissionResponse', message, success: false }
    expect(await submit(await rest({ body }))).toEqual({
      code: 1,
      out: '',
      err: 'hearth: the master refused the submission: the driver asks for 0 cores\n  at\uFFFD[2J\n',
    })
  })

  test('R-15 something that is no REST port is not taken for one', async () => {
    const strangers = ['', '<html>a router</html>', '{}', '[]', '{"success":true}']
    for (const body of [...strangers, { success: true, submissionId: '../x\u001b[2J' }]) {
      const { code, err, out } = await submit(await rest({ body }))
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain('is this the REST port of a master?')
    }
  })

  test('fields that the master does not know are said', async () => {
    const body = { ...(JSON.parse(CREATED) as object), unknownFields: ['frob'] }
    const { code, err } = await submit(await rest({ body }))
    expect([code, err]).toEqual([0, 'the master does not know: frob\n'])
  })

  test('properties come from the file that is named', async () => {
    const file = path.join(directory, 'a.conf')
    writeFileSync(file, 'spark.cores.max 3\nspark.master spark://h:1\n')
    await submit(await rest({ body: CREATED }), ['--properties-file', file])
    expect(posts).toMatchObject([
      { body: { sparkProperties: { 'spark.cores.max': '3', 'spark.master': 'spark://h:1' } } },
    ])
  })

  test.each([
    [['--master', 'yarn'], "master URL 'yarn' does not start with spark://"],
    [['--rest-port', 'x'], "--rest-port: 'x' is not a port"],
    [['--deploy-mode', 'client'], 'spark-submit runs it here: spark-submit --deploy-mode client'],
    [['--frob'], "unknown option '--frob'"],
  ])('%j is a usage error', async (args, sentence) => {
    const { code, err } = await hearth(['submit', ...args, '--class', 'A', 'a.jar'])
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })
})

describe('token', () => {
  test('HEARTH_TOKEN is shown, and --token-file wins over it', async () => {
    const url = await rest({ body: CREATED })
    const file = path.join(directory, 'token')
    writeFileSync(file, 'from-file\n', { mode: 0o600 })
    await submit(url, [], { HEARTH_TOKEN: 'from-env' })
    await submit(url, ['--token-file', file], { HEARTH_TOKEN: 'from-env' })
    expect(posts.map(({ authorization }) => authorization)).toEqual([
      'Bearer from-env',
      'Bearer from-file',
    ])
  })

  test('of the secret only the proof is shown', async () => {
    await submit(await rest({ body: CREATED }), [], { HEARTH_SECRET: 'correct horse battery' })
    expect(posts[0]?.authorization).toMatch(/^Bearer [\w-]{20,}$/)
    expect(JSON.stringify(posts)).not.toContain('correct horse')
  })

  test('a file that others can read is refused', async () => {
    const file = path.join(directory, 'token')
    writeFileSync(file, 'x', { mode: 0o644 })
    const { code, err } = await submit(await rest({ body: CREATED }), ['--token-file', file])
    expect([code, posts]).toEqual([2, []])
    expect(err).toContain('chmod 600')
  })

  test('without one that is wanted, what to set is said', async () => {
    const { code, err } = await submit(await rest({ status: 401, body: FORBIDDEN }))
    expect(code).toBe(1)
    expect(err).toMatch(/this port wants a token\n +show a token: HEARTH_TOKEN, or --token-file/)
  })
})

describe('--wait', () => {
  test('each change of state is said once, and the end is that of the driver', async () => {
    const wait = { code: 'too-little-free', text: 'no worker has 1 core' }
    const waits = { state: 'submitted', workerId: null, wait }
    const result = await submitAndWait(
      waits,
      { ...waits, wait: { ...wait, text: 'no worker has 1 core free' } },
      { state: 'launching' },
      { state: 'running' },
      { state: 'running' },
      { state: 'failed', exitCode: 3, message: 'the input is missing' },
    )
    expect(result).toEqual({
      code: 3,
      out: `${ID}\n`,
      err: [
        `${ID} SUBMITTED: no worker has 1 core`,
        `${ID} LAUNCHING on worker-1`,
        `${ID} RUNNING on worker-1`,
        `${ID} FAILED: exit code 3; the input is missing\n`,
      ].join('\n'),
    })
  })

  test.each([
    [0, { state: 'finished', exitCode: 0 }],
    [7, { state: 'failed', exitCode: 7 }],
    [137, { state: 'failed', exitCode: 137 }],
    [1, { state: 'failed', exitCode: null }],
    [1, { state: 'failed', exitCode: 256 }],
    [143, { state: 'killed', exitCode: 143 }],
    [125, { state: 'error', message: 'its jar is not there' }],
    [125, { state: 'relaunched', relaunchedAs: null }],
  ])('ends with %d: %o', async (code, end) => {
    expect((await submitAndWait(end)).code).toBe(code)
  })

  test('a driver that is started again is still waited for', async () => {
    const wait = { code: 'restart-delay', text: 'it is started again' }
    const { code, err } = await submitAndWait(
      { state: 'running' },
      { state: 'restarting', exitCode: 1, message: 'Command exited with code 1', wait },
      { state: 'running', runs: 2 },
      { state: 'finished', runs: 2, exitCode: 0 },
    )
    expect(code).toBe(0)
    expect(err.split('\n')).toEqual([
      `${ID} RUNNING on worker-1`,
      `${ID} RESTARTING: Command exited with code 1; it is started again`,
      `${ID} RUNNING on worker-1 (run 2)`,
      `${ID} FINISHED`,
      '',
    ])
  })

  test('a driver that is relaunched is followed under its new id', async () => {
    const { code, err } = await submitAndWait(
      {
        state: 'relaunched',
        relaunchedAs: 'driver-2',
        exitCode: 1,
        message: 'its worker was lost',
      },
      { state: 'running', workerId: 'worker-2' },
      { state: 'failed', exitCode: 9 },
    )
    expect(code).toBe(9)
    expect(err.split('\n')).toEqual([
      `${ID} RELAUNCHED: as driver-2; its worker was lost`,
      'driver-2 RUNNING on worker-2',
      'driver-2 FAILED: exit code 9',
      '',
    ])
  })

  test('a master that restarts is waited for, and said once', async () => {
    const { code, err } = await submitAndWait(
      { state: 'running' },
      'hang up',
      { status: 503, body: { error: 'it recovers' } },
      'hang up',
      { state: 'running' },
      { state: 'finished', exitCode: 0 },
    )
    expect(code).toBe(0)
    expect(err.match(/waiting for it/g)).toHaveLength(1)
    expect(err.match(/the master answers again/g)).toHaveLength(1)
    expect(err.match(/RUNNING/g)).toHaveLength(1)
  })

  test('another master that knows it is as good', async () => {
    const [one, two] = [await deadPort(), await serve(tell)]
    states = [{ state: 'finished' }]
    const result = await submit(await rest({ body: CREATED }), [
      '-w',
      '--master-ui',
      `${one},${two}`,
    ])
    expect(result.code).toBe(0)
  })

  test('a master that has forgotten it ends the wait', async () => {
    const unknown = { status: 404, body: { error: `no driver ${ID} is known here` } }
    const { code, err } = await submitAndWait({ state: 'running' }, unknown)
    expect(code).toBe(3)
    expect(err).toContain(`no driver ${ID} is known here`)
  })

  test('a web UI that is none is said at once', async () => {
    const { code, err } = await submitAndWait({ status: 200, body: '<html>' })
    expect(code).toBe(1)
    expect(err).toContain('is this the web UI of a Hearth master?')
  })

  test('the web UI is found through the master’s RPC port, once', async () => {
    const ui = await serve(tell)
    states = [{ state: 'submitted' }, { state: 'running' }, { state: 'failed', exitCode: 5 }]
    const body = `This port speaks Spark's RPC, not HTTP; the web UI is at ${ui}\n`
    let asked = 0
    const rpc = await serve(() => {
      asked += 1
      return { status: 400, body }
    })
    const master = ['--master', `spark://${new URL(rpc).host}`]
    expect((await submit(await rest({ body: CREATED }), [...master, '--wait'])).code).toBe(5)
    expect(asked).toBe(1)
  })

  test('a master that did not answer is not asked while another one does', async () => {
    let asked = 0
    const silent = await serve(() => {
      asked += 1
      return 'hang up'
    })
    states = [{ state: 'submitted' }, { state: 'running' }, { state: 'finished' }]
    const uis = `${silent},${await serve(tell)}`
    expect((await submit(await rest({ body: CREATED }), ['-w', '--master-ui', uis])).code).toBe(0)
    expect(asked).toBe(1)
  })

  test('Ctrl-C leaves the driver running and says how to end it', async () => {
    states = [{ state: 'running' }]
    const ui = await serve(tell)
    const args = ['--wait', '--master-ui', ui, '--class', 'A', '/x/pi.jar']
    const { code, err } = await hearth(
      ['submit', '--rest-url', await rest({ body: CREATED }), ...args],
      {},
      { err: (text) => text.includes('RUNNING') && process.emit('SIGINT') },
    )
    expect(code).toBe(130)
    expect(err).toContain(`${ID} goes on: 'hearth kill ${ID}' ends it`)
  })
})
