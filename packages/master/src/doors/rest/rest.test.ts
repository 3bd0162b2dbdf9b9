// Rows R-* of the acceptance table: what Spark's StandaloneRestSubmitSuite and SubmitRestProtocolSuite ask of a
// server. Its client's side is shown with the real client in the compat suite.
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { eventually } from '../../../../../test/support/eventually.ts'
import { createRequest, RestRig } from './rest.test-support.ts'

let rig: RestRig

beforeEach(() => {
  rig = new RestRig()
})

afterEach(() => rig.close())

const CREATE = '/v1/submissions/create'
const ID = 'driver-20261126000000-0000'

it('R-01 construct submit request: all fields of it are carried to the core', async () => {
  await rig.create({
    appResource: 'http://host/app.jar',
    mainClass: 'com.example.Main',
    appArgs: ['1', 'two words', '$(x)'],
    environmentVariables: { SPARK_USER: 'ada', SPARK_X: 'a\nb' },
    sparkProperties: {
      'spark.app.name': 'report',
      'spark.driver.memory': '2g',
      'spark.driver.cores': '3',
      'spark.driver.supervise': 'true',
      'spark.driver.resource.gpu.amount': '2',
      'spark.driver.extraClassPath': '/a:/b',
      'spark.driver.extraLibraryPath': '/c:/d',
      'spark.driver.defaultJavaOptions': "-Da='x y'",
      'spark.driver.extraJavaOptions': '-Xss1m "-Db=1 2"',
    },
  })
  expect(rig.master.last).toMatchObject({
    name: 'report',
    mainClass: 'com.example.Main',
    user: 'ada',
    resources: { cores: 3, memoryMb: 2048, custom: { gpu: 2 } },
    supervise: true,
    payload: {
      kind: 'spark-driver',
      jarUrl: 'http://host/app.jar',
      command: {
        mainClass: 'org.apache.spark.deploy.worker.DriverWrapper',
        arguments: ['{{WORKER_URL}}', '{{USER_JAR}}', 'com.example.Main', '1', 'two words', '$(x)'],
        environment: { SPARK_USER: 'ada', SPARK_X: 'a\nb' },
        classPathEntries: ['/a', '/b'],
        libraryPathEntries: ['/c', '/d'],
      },
    },
  })
  const options = javaOptions()
  expect(options.slice(-3)).toEqual(['-Da=x y', '-Xss1m', '-Db=1 2'])
  expect(options).toContain('-Dspark.app.name=report')
  expect(options).toContain('-Dspark.driver.memory=2g')
})

function javaOptions(): readonly string[] {
  const { payload } = rig.master.last as unknown as {
    payload: { command: { javaOptions: readonly string[] } }
  }
  return payload.command.javaOptions
}

it('R-02 create submission: action, version, message, id and success', async () => {
  rig.master.nextIds.push(ID)
  const { status, headers, text } = await rig.create()
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('application/json;charset=utf-8')
  expect(text).toBe(`{
  "action" : "CreateSubmissionResponse",
  "message" : "Driver successfully submitted as ${ID}",
  "serverSparkVersion" : "4.3.0",
  "submissionId" : "${ID}",
  "success" : true
}`)
})

test('a submission that the core refuses is answered with its reason', async () => {
  rig.master.refusal = 'too many drivers wait'
  const { status, fields } = await rig.create()
  expect(status).toBe(200)
  expect(fields).toMatchObject({ success: false, message: 'too many drivers wait' })
  expect(fields).not.toHaveProperty('submissionId')
})

it('R-05 kill submission: id and message come back', async () => {
  rig.master.set(ID, {})
  const { status, fields } = await rig.ask('POST', `/v1/submissions/kill/${ID}`)
  expect(status).toBe(200)
  expect(fields).toEqual({
    action: 'KillSubmissionResponse',
    message: `Kill request for ${ID} submitted`,
    serverSparkVersion: '4.3.0',
    submissionId: ID,
    success: true,
  })
})

describe('R-06 status', () => {
  test.each([
    ['submitted', 'SUBMITTED'],
    ['launching', 'RUNNING'],
    ['running', 'RUNNING'],
    ['restarting', 'RUNNING'],
    ['finished', 'FINISHED'],
    ['failed', 'FAILED'],
    ['killed', 'KILLED'],
    ['error', 'ERROR'],
    ['relaunched', 'RELAUNCHING'],
  ] as const)('R-06 a driver that is %s is %s', async (state, driverState) => {
    rig.master.set(ID, { state })
    expect((await statusOf(ID)).fields).toMatchObject({ success: true, driverState })
  })

  it('R-06 status: the reason of an end stands in the message, and only there', async () => {
    rig.master.set(ID, { state: 'error', message: 'java.io.IOException: gone' })
    expect((await statusOf(ID)).fields['message']).toBe(
      'Exception from the cluster:\njava.io.IOException: gone',
    )
    rig.master.set(ID, {
      state: 'failed',
      message: null,
      exitCode: 3,
      hint: { code: 'x', text: 'no memory', neverWorked: false },
    })
    expect((await statusOf(ID)).fields['message']).toBe(
      'Exception from the cluster:\nexited with code 3\nno memory',
    )
    rig.master.set(ID, { state: 'killed', message: 'killed before it ran', hint: null })
    expect((await statusOf(ID)).fields).not.toHaveProperty('message')
  })
})

function statusOf(id: string) {
  return rig.ask('GET', `/v1/submissions/status/${id}`)
}

it('R-07 create then kill; then status: KILLED, and another one goes on RUNNING', async () => {
  const ids = await Promise.all([rig.create(), rig.create()])
  const [first, second] = ids.map(({ fields }) => String(fields['submissionId']))
  await rig.ask('POST', `/v1/submissions/kill/${first}`)
  expect((await statusOf(String(first))).fields['driverState']).toBe('KILLED')
  expect((await statusOf(String(second))).fields['driverState']).toBe('RUNNING')
})

it('R-08 kill or status of an unknown id: success=false, the id comes back, 200', async () => {
  for (const [method, action] of [
    ['POST', 'kill'],
    ['GET', 'status'],
  ] as const) {
    const { status, fields } = await rig.ask(method, `/v1/submissions/${action}/nobody`)
    expect(status).toBe(200)
    expect(fields).toMatchObject({ success: false, submissionId: 'nobody' })
    expect(fields).not.toHaveProperty('driverState')
  }
})

it('R-09 SPARK-45819 clear, SPARK-45843 killall: success, and done', async () => {
  rig.master.set('driver-1', {})
  rig.master.set('driver-2', {})
  const killed = await rig.ask('POST', '/v1/submissions/killall')
  expect(killed.fields).toMatchObject({ action: 'KillAllSubmissionResponse', success: true })
  expect((await statusOf('driver-2')).fields['driverState']).toBe('KILLED')
  const cleared = await rig.ask('POST', '/v1/submissions/clear')
  expect(cleared.fields).toMatchObject({ action: 'ClearResponse', success: true, message: '' })
  expect((await statusOf('driver-2')).fields['success']).toBe(false)
})

it('R-10 SPARK-46368 readyz: 200 when ready; else 503, ErrorResponse, no success', async () => {
  const ready = await rig.ask('GET', '/v1/submissions/readyz')
  expect([ready.status, ready.fields['action']]).toEqual([200, 'ReadyzResponse'])
  rig.master.ready = false
  const { status, fields } = await rig.ask('GET', '/v1/submissions/readyz')
  expect(status).toBe(503)
  expect(fields).toEqual({
    action: 'ErrorResponse',
    message: 'Master is not ready.',
    serverSparkVersion: '4.3.0',
  })
})

it('R-11 good paths: what follows the id counts for nothing', async () => {
  rig.master.set(ID, {})
  const body = JSON.stringify(createRequest())
  for (const url of [CREATE, `${CREATE}/`, `${CREATE}/a/b?c=d`]) {
    expect((await rig.ask('POST', url, body)).status).toBe(200)
  }
  for (const url of [`/v1/submissions/status/${ID}/`, `/v1/submissions/status/${ID}/a/b`]) {
    expect((await rig.ask('GET', url)).fields).toMatchObject({ success: true, submissionId: ID })
  }
  const killed = await rig.ask('POST', `/v1/submissions/kill/${ID}/a`)
  expect(killed.fields).toMatchObject({ success: true, submissionId: ID })
})

it.each([
  ['no body', 'POST', CREATE, undefined],
  ['no action', 'POST', CREATE, JSON.stringify(createRequest({ action: undefined }))],
  ['an action that is no text', 'POST', CREATE, JSON.stringify(createRequest({ action: 1 }))],
  ['half a body', 'POST', CREATE, JSON.stringify(createRequest()).slice(0, 60)],
  ['a text', 'POST', CREATE, '"hello, world"'],
  ['a list', 'POST', CREATE, '[1]'],
  ['no id to end', 'POST', '/v1/submissions/kill', undefined],
  ['no id to end behind a slash', 'POST', '/v1/submissions/kill/', undefined],
  ['no id to look at', 'GET', '/v1/submissions/status', undefined],
  ['no id to look at behind a slash', 'GET', '/v1/submissions/status//', undefined],
])(
  'R-12 good paths, bad requests: %s is a 400 with ErrorResponse',
  async (_, method, url, body) => {
    const { status, fields } = await rig.ask(method, url, body)
    expect(status).toBe(400)
    expect(fields['action']).toBe('ErrorResponse')
    expect(fields['message']).not.toBe('')
    expect(fields).not.toHaveProperty('highestProtocolVersion')
    expect(rig.master.submitted).toEqual([])
  },
)

it.each([
  ['/', 400, 'Missing protocol version.'],
  ['//', 400, 'Missing protocol version.'],
  ['/v1', 400, 'Missing the /submissions prefix.'],
  ['/v1/submissions', 400, 'Missing an action'],
  ['/v1/submissions/', 400, 'Missing an action'],
  ['/v1/submissions/createx', 400, 'Missing an action'],
  ['/v1/submissions/constructor', 400, 'Missing an action'],
  ['/%', 400, 'Malformed path.'],
  ['/v2', 468, "Unknown protocol version 'v2'."],
  ['/v99/submissions/create', 468, "Unknown protocol version 'v99'."],
  ['/v1/other', 468, "Unknown protocol version 'v1'."],
])('R-13 bad paths: %s is a %i', async (url, expected, message) => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const { status, fields } = await rig.ask(method, url)
    expect(status).toBe(expected)
    expect(fields['message']).toContain(message)
    expect(fields['highestProtocolVersion']).toBe(expected === 468 ? 'v1' : undefined)
  }
})

it('R-14 unknown fields: listed in their order; absent otherwise', async () => {
  const known = await rig.create({ message: 'hello' })
  expect(known.fields).not.toHaveProperty('unknownFields')
  const { status, fields } = await rig.create({ tired: true, 'v"x': [1], tame: {} })
  expect(status).toBe(200)
  expect(fields['unknownFields']).toEqual(['tired', 'v"x', 'tame'])
})

describe('R-17 SPARK-49033 and SPARK-49034 placeholders', () => {
  it('R-17 environment and property values are replaced from the server’s environment', async () => {
    rig.master.variables['AWS_ENDPOINT_URL'] = 'http://s3'
    const { payload } = await rig.submitWith(
      {
        'spark.hadoop.fs.s3a.endpoint': '{{AWS_ENDPOINT_URL}}',
        'spark.part': 'x{{AWS_ENDPOINT_URL}}',
        'spark.unset': '{{NOBODY_SETS_THIS}}',
      },
      { environmentVariables: { A: '{{AWS_ENDPOINT_URL}}', B: '{{NOBODY_SETS_THIS}}' } },
    )
    expect(payload).toMatchObject({
      command: { environment: { A: 'http://s3', B: '{{NOBODY_SETS_THIS}}' } },
    })
    expect(javaOptions()).toEqual(
      expect.arrayContaining([
        '-Dspark.hadoop.fs.s3a.endpoint=http://s3',
        '-Dspark.part=x{{AWS_ENDPOINT_URL}}',
        '-Dspark.unset={{NOBODY_SETS_THIS}}',
      ]),
    )
  })

  it('R-17 the secret of the cluster is not told that way', async () => {
    rig.master.variables['HEARTH_SECRET'] = 'tell nobody'
    rig.master.variables['_SPARK_AUTH_SECRET'] = 'tell nobody'
    const description = await rig.submitWith(
      { 'spark.a': '{{HEARTH_SECRET}}', 'spark.b': '{{_SPARK_AUTH_SECRET}}' },
      { environmentVariables: { A: '{{HEARTH_SECRET}}', B: '{{_SPARK_AUTH_SECRET}}' } },
    )
    expect(JSON.stringify(description)).not.toContain('tell nobody')
  })
})

it('R-18 SPARK-45197 module options: in the driver’s options, in front', async () => {
  await rig.create()
  expect(javaOptions().slice(0, 2)).toEqual([
    '-XX:+IgnoreUnrecognizedVMOptions',
    '--add-opens=java.base/java.lang=ALL-UNNAMED',
  ])
  expect(javaOptions()).toContain('--add-opens=java.base/sun.nio.ch=ALL-UNNAMED')
})

it('R-20 SPARK-50195 app name: forwarded only when the main class is the submit tool', async () => {
  const argumentsOf = async (mainClass: string, sparkProperties: Record<string, string>) => {
    await rig.create({ mainClass, appArgs: ['/app/pi.py', '10'], appResource: '', sparkProperties })
    const { payload } = rig.master.last as unknown as {
      payload: { command: { arguments: readonly string[] } }
    }
    return payload.command.arguments.slice(2)
  }
  const submit = 'org.apache.spark.deploy.SparkSubmit'
  const named = { 'spark.app.name': 'py pi' }
  expect(await argumentsOf(submit, named)).toEqual([
    ...[submit, '-c', 'spark.app.name=py pi', '/app/pi.py', '10'],
  ])
  expect(await argumentsOf(submit, {})).toEqual([submit, '/app/pi.py', '10'])
  expect(await argumentsOf('Main', named)).toEqual(['Main', '/app/pi.py', '10'])
})

it('R-21 SPARK-50381 and SPARK-50383 thread settings: so many requests are worked on at once', async () => {
  await rig.close()
  rig = new RestRig({}, { maxRequests: 2 })
  let atOnce = 0
  let most = 0
  const finish: (() => void)[] = []
  Object.assign(rig.master, {
    kill: async () => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await new Promise<void>((resolve) => finish.push(resolve))
      atOnce -= 1
      return { type: 'accepted' }
    },
  })
  const asked = Array.from({ length: 5 }, () => rig.ask('POST', '/v1/submissions/kill/x'))
  for (let done = 0; done < 5; done++) {
    await eventually(() => finish.length).toBeGreaterThan(0)
    finish.shift()?.()
  }
  const answers = await Promise.all(asked)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(most).toBe(2)
})

describe('R-22 protocol messages', () => {
  it.each(['clientSparkVersion', 'appResource', 'sparkProperties'])(
    'R-22 without %s a request is invalid',
    async (field) => {
      for (const value of [undefined, null]) {
        const { status, fields } = await rig.create({ [field]: value })
        expect(status).toBe(400)
        expect(fields['message']).toMatch(
          /^Malformed request: org\.apache\.spark\.deploy\.rest\.SubmitRestProtocolException: Validation of message CreateSubmissionRequest failed!\n\t/,
        )
      }
    },
  )

  it.each([
    ['spark.driver.supervise', 'maybe', "expected boolean value: actual was 'maybe'"],
    ['spark.driver.cores', 'two', 'spark.driver.cores is "two"'],
    ['spark.driver.cores', '0', 'spark.driver.cores is "0"'],
    ['spark.driver.memory', 'lots', "actual was 'lots'"],
    // For Spark these are bytes, and a driver without memory.
    ['spark.driver.memory', '1024', 'write it with its unit'],
    ['spark.executor.memory', '-1g', "actual was '-1g'"],
    ['spark.cores.max', 'all', 'spark.cores.max is "all"'],
    ['spark.driver.resource.gpu.amount', 'x', 'spark.driver.resource.gpu.amount is "x"'],
  ])('R-22 %s=%s is invalid, and the answer says so', async (key, value, problem) => {
    const { status, fields } = await rig.create({ sparkProperties: { [key]: value } })
    expect(status).toBe(400)
    expect(fields['message']).toContain('Validation of message CreateSubmissionRequest failed!')
    expect(fields['message']).toContain(problem)
  })

  it('R-22 arguments, environment and an empty jar may be left out; defaults are Spark’s', async () => {
    await rig.create({
      appArgs: undefined,
      environmentVariables: null,
      appResource: '',
      sparkProperties: {},
    })
    expect(rig.master.last).toMatchObject({
      name: 'SparkPi',
      resources: { cores: 1, memoryMb: 1024 },
      supervise: false,
      payload: { jarUrl: '' },
    })
  })

  it('R-22 numbers and booleans are taken where a text is meant', async () => {
    await rig.create({
      appArgs: [1, 2.5, true],
      sparkProperties: { 'spark.driver.cores': 2, 'spark.driver.supervise': true },
    })
    expect(rig.master.last).toMatchObject({ resources: { cores: 2 }, supervise: true })
    expect(rig.master.last.payload).toMatchObject({
      command: { arguments: expect.arrayContaining(['1', '2.5', 'true']) as unknown },
    })
  })

  it.each([
    ['appResource', { a: 1 }],
    ['mainClass', []],
    ['appArgs', 'x'],
    ['appArgs', [null]],
    ['sparkProperties', []],
    ['sparkProperties', { a: null }],
    ['environmentVariables', { A: {} }],
  ])('R-22 %s=%j is malformed', async (field, value) => {
    const { status, fields } = await rig.create({ [field]: value })
    expect(status).toBe(400)
    expect(fields['message']).toContain('MismatchedInputException: Cannot deserialize value of')
  })
})

describe('the address of the master', () => {
  const masterOf = async (given: Record<string, string>) => {
    await rig.submitWith(given)
    return javaOptions().filter((option) => option.startsWith('-Dspark.master='))
  }

  test('is this one where none is given', async () => {
    expect(await masterOf({})).toEqual(['-Dspark.master=spark://127.0.0.1:7077'])
  })

  test('has the RPC port in the place of the REST port, for every master', async () => {
    expect(await masterOf({ 'spark.master': 'spark://m1:6066,m2:6066,m3:7077' })).toEqual([
      '-Dspark.master=spark://m1:7077,m2:7077,m3:7077',
    ])
    expect(await masterOf({ 'spark.master': 'spark://m1:60661' })).toEqual([
      '-Dspark.master=spark://m1:60661',
    ])
  })
})

test('what the submitting machine calls itself is no business of the driver’s', async () => {
  const environmentVariables = {
    SPARK_LOCAL_IP: '1',
    SPARK_LOCAL_HOSTNAME: 'x',
    SPARK_LOCAL_DIRS: '/d',
  }
  const { payload } = await rig.submitWith({}, { environmentVariables })
  expect(payload).toMatchObject({ command: { environment: { SPARK_LOCAL_DIRS: '/d' } } })
  expect(JSON.stringify(payload)).not.toContain('SPARK_LOCAL_IP')
})

test('the secret of the cluster that a client sends is not kept', async () => {
  const description = await rig.submitWith({ 'spark.authenticate.secret': 'tell nobody' })
  expect(JSON.stringify(description)).not.toContain('tell nobody')
})
