import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRequest, RestRig } from './rest.test-support.ts'

const CREATE = '/v1/submissions/create'

let rig: RestRig

beforeEach(() => {
  rig = new RestRig()
})

afterEach(async () => {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  await rig.close()
})

function withText(replace: string, by: string): string {
  return JSON.stringify(createRequest({ marker: 0 })).replace(replace, () => by)
}

test('a body of depth 10,000 is refused', async () => {
  const nested = '['.repeat(10_000) + ']'.repeat(10_000)
  const { status, fields } = await rig.ask('POST', CREATE, withText('"marker":0', `"x":${nested}`))
  expect(status).toBe(400)
  expect(fields['message']).toContain('StreamConstraintsException: Document nesting depth (1001)')
})

test('a body with more values than any submission has is refused', async () => {
  await rig.close()
  rig = new RestRig({}, { maxBodyBytes: 10_000_000 })
  const many = `[${'0,'.repeat(300_000)}0]`
  const { status, fields } = await rig.ask('POST', CREATE, withText('"marker":0', `"x":${many}`))
  expect(status).toBe(400)
  expect(fields['message']).toContain('holds more than 200000 values')
})

test('a key __proto__ is an unknown field, and a property or variable like any other', async () => {
  const proto = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}'
  const top = await rig.ask('POST', CREATE, withText('"marker":0', proto))
  expect(top.status).toBe(200)
  expect(top.fields['unknownFields']).toEqual(['__proto__', 'constructor'])
  const inside = withText('"SPARK_USER":', '"__proto__":"polluted","SPARK_USER":')
  expect((await rig.ask('POST', CREATE, inside)).status).toBe(200)
  const { payload } = rig.master.last as unknown as {
    payload: { command: { environment: Record<string, string> } }
  }
  expect(Object.entries(payload.command.environment)).toContainEqual(['__proto__', 'polluted'])
})

test('of equal keys the last counts, of the action too', async () => {
  const twice = withText('"mainClass":"SparkPi"', '"mainClass":"First","mainClass":"Second"')
  expect((await rig.ask('POST', CREATE, twice)).status).toBe(200)
  expect(rig.master.last.mainClass).toBe('Second')
})

test('what a client sends is repeated to it only so far', async () => {
  const names = Array.from({ length: 1_000 }, (_, i) => [`${i}${'x'.repeat(1_000)}`, i] as const)
  const many = await rig.create(Object.fromEntries(names))
  expect(many.status).toBe(200)
  expect(many.text.length).toBeLessThan(25_000)
  const without = await rig.create({ action: undefined, other: 'x'.repeat(100_000) })
  expect(without.status).toBe(400)
  expect(without.text.length).toBeLessThan(5_000)
})

test('what is no UTF-8 is refused', async () => {
  const bytes = Buffer.from(withText('SparkPi', 'X'))
  bytes[bytes.indexOf('X')] = 0xff
  const { status, fields } = await rig.ask('POST', CREATE, bytes)
  expect(status).toBe(400)
  expect(fields['message']).toContain('Invalid UTF-8')
})

describe('an action that names a class', () => {
  test.each(['java.lang.Runtime', 'RestSubmissionServer', '../x', '<script>', 'constructor', ''])(
    '%s is nothing but a name',
    async (action) => {
      const { status, text, headers } = await rig.create({ action })
      expect(status).toBe(500)
      expect(headers['content-type']).toBe('text/html;charset=iso-8859-1')
      expect(text).toContain('java.lang.ClassNotFoundException: org.apache.spark.deploy.rest.')
      expect(text).not.toContain('<script>')
    },
  )

  test('that of another message of the protocol is refused as such', async () => {
    const { status, fields } = await rig.create({ action: 'ClearResponse' })
    expect(status).toBe(400)
    expect(fields['message']).toBe('Received message of unexpected type ClearResponse.')
  })
})

test('a name that no environment can have is refused before anything is started', async () => {
  for (const name of ['A=B', 'A\0B', '']) {
    const { status, fields } = await rig.create({ environmentVariables: { [name]: 'x' } })
    expect(status).toBe(400)
    expect(fields['message']).toContain('cannot name an environment variable')
  }
})

test('a submission that workers could not be sent is refused', async () => {
  rig.master.maxPayloadBytes = 5_000
  const { status, fields } = await rig.create({ appArgs: ['x'.repeat(10_000)] })
  expect(status).toBe(400)
  expect(fields['message']).toContain('bytes long as workers get it; at most 5000 are allowed')
})

describe('methods', () => {
  test('HEAD answers as GET does, without a body', async () => {
    const { status, text, headers } = await rig.ask('HEAD', '/v1/submissions/readyz')
    expect([status, text]).toEqual([200, ''])
    expect(headers['content-length']).toBe('105')
  })

  test('OPTIONS says what there is', async () => {
    const create = await rig.ask('OPTIONS', CREATE)
    expect([create.status, create.headers['allow'], create.text]).toEqual([
      200,
      'POST, OPTIONS',
      '',
    ])
    const status = await rig.ask('OPTIONS', '/v1/submissions/status/x')
    expect(status.headers['allow']).toBe('GET, HEAD, OPTIONS')
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'HEAD', 'GET', 'SEARCH', 'MKCOL'])(
    '%s creates nothing',
    async (method) => {
      const { status } = await rig.ask(method, CREATE)
      expect(status).toBe(405)
      expect(rig.master.submitted).toEqual([])
    },
  )
})

test.each(['text/plain', 'application/json; charset=latin1', 'multipart/form-data', ';;;', 'x'])(
  'a body is JSON, though it is called %s',
  async (type) => {
    expect((await rig.create({}, { 'content-type': type })).status).toBe(200)
  },
)

test('a fault of ours is an answer, not the end', async () => {
  Object.assign(rig.master, { submit: () => Promise.reject(new Error('a secret detail')) })
  const { status, text, fields } = await rig.create()
  expect(status).toBe(500)
  expect(fields).toMatchObject({ action: 'ErrorResponse', message: 'Internal server error.' })
  expect(text).not.toContain('a secret detail')
  expect((await rig.ask('GET', '/v1/submissions/readyz')).status).toBe(200)
})
