import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import fastify, { type FastifyInstance } from 'fastify'
import { parseApplicationId, parseDriverId, parseWorkerId } from '@hearth/common/domain/ids.ts'
import type { WorkerView } from '../../core/views.ts'
import { addUiRoutes } from './routes.ts'

const APPLICATION = 'app-20260101000000-0000'
const TEXT = '0123456789abcdefghij'

let root: string
let workDir: string
let server: FastifyInstance
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'hearth-ui-'))
  workDir = path.join(root, 'work')
  mkdirSync(path.join(workDir, APPLICATION, '0'), { recursive: true })
  writeFileSync(path.join(workDir, APPLICATION, '0', 'stderr'), TEXT)
  writeFileSync(path.join(root, 'secret'), 'SECRET')
  server = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  addUiRoutes(server, { view: () => aView(), workDir, protection: 'loopback' })
})
afterEach(async () => {
  await server.close()
  rmSync(root, { recursive: true })
})

async function get(url: string): Promise<{ status: number; body: string; type: string }> {
  const reply = await server.inject({ url })
  return { status: reply.statusCode, body: reply.body, type: String(reply.headers['content-type']) }
}

function log(parameters: Record<string, string>, page = '/log/') {
  const all = { appId: APPLICATION, executorId: '0', logType: 'stderr', ...parameters }
  return get(`${page}?${new URLSearchParams(all).toString()}`)
}

test.each([
  [{}, 0, 20],
  [{ byteLength: '5' }, 15, 20],
  [{ offset: '3', byteLength: '4' }, 3, 7],
  [{ offset: '-8', byteLength: '4' }, 0, 4],
  [{ offset: '18', byteLength: '4' }, 18, 20],
  [{ offset: '99', byteLength: '4' }, 20, 20],
  [{ offset: '2', byteLength: '0' }, 2, 2],
])('/log answers the bytes asked for behind one line: %o', async (parameters, start, end) => {
  const { status, body, type } = await log(parameters)
  const file = path.join(workDir, APPLICATION, '0', 'stderr')
  expect([status, type]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(body).toBe(`==== Bytes ${start}-${end} of 20 of ${file} ====\n${TEXT.slice(start, end)}`)
})

test('a log is answered a hundred KiB at a time, and never more than one MiB', async () => {
  writeFileSync(path.join(workDir, APPLICATION, '0', 'stdout'), 'x'.repeat(2 * 1024 * 1024))
  const range = async (parameters: Record<string, string>) =>
    (await log({ logType: 'stdout', ...parameters })).body.split(' ')[2]
  expect(await range({})).toBe(`${2 * 1024 * 1024 - 102_400}-2097152`)
  expect(await range({ offset: '0', byteLength: '999999999' })).toBe('0-1048576')
})

test.each([
  [{ logType: 'out' }, 400],
  [{ logType: '../../secret' }, 400],
  [{ appId: '..' }, 400],
  [{ appId: `../work/${APPLICATION}` }, 400],
  [{ appId: `${APPLICATION}/..` }, 400],
  [{ executorId: '../0' }, 400],
  [{ executorId: '' }, 400],
  [{ executorId: '1.5' }, 400],
  [{ offset: 'x' }, 400],
  [{ byteLength: '1e9' }, 400],
  [{ executorId: '7' }, 404],
  [{ logType: 'stdout' }, 404],
])('what names no log is an error in words: %o', async (parameters, status) => {
  for (const page of ['/log/', '/logPage/']) {
    const answer = await log(parameters, page)
    expect(answer.status, answer.body).toBe(status)
    expect(answer.body).toMatch(/^Error: /)
    expect(answer.type).toBe('text/plain; charset=utf-8')
  }
})

test('parameters given twice are refused', async () => {
  const twice = `/log/?appId=${APPLICATION}&appId=x&executorId=0&logType=stderr`
  expect((await get(twice)).status).toBe(400)
})

test('links that an application put into its directory are not followed', async () => {
  const directory = path.join(workDir, APPLICATION)
  symlinkSync(path.join(root, 'secret'), path.join(directory, '0', 'stdout'))
  mkdirSync(path.join(root, 'elsewhere'))
  writeFileSync(path.join(root, 'elsewhere', 'stdout'), 'SECRET')
  symlinkSync(path.join(root, 'elsewhere'), path.join(directory, '1'))
  const [file, within] = [
    await log({ executorId: '0', logType: 'stdout' }),
    await log({ executorId: '1', logType: 'stdout' }),
  ]
  expect([file.status, file.body]).toEqual([404, expect.stringContaining('is a link')])
  expect([within.status, within.body]).toEqual([404, expect.stringContaining('leads out of')])
})

test('a pipe in place of a log neither blocks nor is read', async () => {
  spawnSync('mkfifo', [path.join(workDir, APPLICATION, '0', 'stdout')])
  const { status, body } = await log({ logType: 'stdout' })
  expect([status, body]).toEqual([404, expect.stringContaining('is not a file')])
})

test('a work directory that is reached by a link is fine', async () => {
  symlinkSync(workDir, path.join(root, 'link'))
  const linked = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  addUiRoutes(linked, {
    view: () => aView(),
    workDir: path.join(root, 'link'),
    protection: 'loopback',
  })
  const url = `/log?appId=${APPLICATION}&executorId=0&logType=stderr`
  expect((await linked.inject({ url })).statusCode).toBe(200)
  await linked.close()
})

test('/logPage shows the bytes as text, whatever they are, with links to what is before and after', async () => {
  writeFileSync(path.join(workDir, APPLICATION, '0', 'stdout'), 'a<script>alert(1)</script>b')
  const { body, type } = await log(
    { logType: 'stdout', offset: '1', byteLength: '10' },
    '/logPage/',
  )
  expect(type).toBe('text/html; charset=utf-8')
  expect(body).toContain('&lt;script&gt;al')
  expect(body).not.toContain('<script')
  expect(body).toContain('Bytes 1-11 of 27')
  expect(body).toMatch(/offset=0&amp;byteLength=1">Older/)
  expect(body).toMatch(/offset=11&amp;byteLength=10">Newer/)
})

test('the home page escapes what applications say of themselves', async () => {
  const { body } = await get('/')
  expect(body).toContain('&lt;img src=x&gt;')
  expect(body).not.toContain('<img')
  expect(body).not.toContain('href="javascript:')
  expect(body).toContain('Running Executors (1)')
  expect(body).not.toContain('Finished Executors')
})

test('/json answers with and without the slash', async () => {
  for (const url of ['/json', '/json/']) {
    const { status, body } = await get(url)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ id: 'worker-1', cores: 4, coresused: 1 })
  }
})

test('the log of a driver, with the limits of those of executors', async () => {
  mkdirSync(path.join(workDir, 'driver-1'))
  const file = path.join(workDir, 'driver-1', 'stderr')
  writeFileSync(file, TEXT)
  const of = (parameters: Record<string, string>, page = '/log/') => {
    const all = { driverId: 'driver-1', logType: 'stderr', ...parameters }
    return get(`${page}?${new URLSearchParams(all).toString()}`)
  }
  expect((await of({ offset: '3', byteLength: '4' })).body).toBe(
    `==== Bytes 3-7 of 20 of ${file} ====\n3456`,
  )
  const { body } = await of({ offset: '1', byteLength: '10' }, '/logPage/')
  expect(body).toContain('stderr of driver-1')
  expect(body).toMatch(
    /driverId=driver-1&amp;logType=stderr&amp;offset=11&amp;byteLength=10">Newer/,
  )
  writeFileSync(path.join(workDir, 'driver-1', 'stdout'), 'x'.repeat(2 * 1024 * 1024))
  const most = await of({ logType: 'stdout', offset: '0', byteLength: '999999999' })
  expect(most.body.split(' ')[2]).toBe('0-1048576')
  symlinkSync(path.join(root, 'secret'), path.join(workDir, 'driver-1', 'link'))
  for (const [parameters, status] of [
    [{ driverId: '..' }, 400],
    [{ driverId: 'driver-1/../..' }, 400],
    [{ driverId: '' }, 400],
    [{ driverId: 'driver-2' }, 404],
    [{ appId: APPLICATION, executorId: '0' }, 400],
    [{ logType: 'link' }, 400],
  ] as const) {
    expect((await of(parameters)).status, JSON.stringify(parameters)).toBe(status)
  }
})

test('the home page shows drivers where there are some, and escapes what they say of themselves', async () => {
  expect((await get('/')).body).not.toContain('Drivers')
  const driverId = parseDriverId('driver-1')
  if (driverId === undefined) throw new Error('not an id')
  const driver = {
    key: { kind: 'driver' as const, driverId, attempt: 2 },
    ...{ state: 'running' as const, exitCode: null, message: null, hint: null },
    resources: { cores: 1, memoryMb: 512, custom: { gpu: ['0'] } },
    caption: { name: '<script>', user: '', maxCores: null, command: '' },
  }
  const ended = {
    ...driver,
    ...{ state: 'exited' as const, exitCode: 1, message: 'Command exited with code 1' },
    hint: { code: 'driver-failed', text: 'it failed: <b>boom</b>' },
  }
  const busy = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  const view = () => ({ ...aView(), drivers: [driver], finishedDrivers: [ended, ended] })
  addUiRoutes(busy, { view, workDir, protection: 'loopback' })
  const { body } = await busy.inject({ url: '/' })
  expect(body).toContain('Running Drivers (1)')
  expect(body).toContain('Finished Drivers (2)')
  expect(body).toContain('&lt;script&gt;')
  expect(body).toContain(
    '<td>exited: Command exited with code 1 (it failed: &lt;b&gt;boom&lt;/b&gt;)</td>',
  )
  expect(body).toContain('/logPage/?driverId=driver-1&amp;logType=stdout')
  expect(body).toContain('<td>gpu: [0]</td>')
  const json: unknown = (await busy.inject({ url: '/json' })).json()
  const facts = { id: 'driver-1', cores: 1, memory: 512, mainclass: '<script>', run: 2 }
  const resources = { gpu: { name: 'gpu', addresses: ['0'] } }
  expect(json).toMatchObject({
    drivers: [{ ...facts, resources, state: 'RUNNING' }],
    finisheddrivers: [{ ...facts, state: 'FAILED', exitcode: 1 }, { hint: ended.hint }],
  })
  await busy.close()
})

function aView(): WorkerView {
  const applicationId = parseApplicationId(APPLICATION)
  const workerId = parseWorkerId('worker-1')
  if (applicationId === undefined || workerId === undefined) throw new Error('not an id')
  return {
    ...{ workerId, host: '127.0.0.1', launcherPort: 7078 },
    masterUrl: 'spark://127.0.0.1:7077',
    masterWebUiUrl: 'javascript:alert(1)',
    decommissioning: false,
    offered: { cores: 4, memoryMb: 4096 },
    used: { cores: 1, memoryMb: 512 },
    executors: [
      {
        key: { kind: 'executor', applicationId, executor: 0 },
        ...{ state: 'running', exitCode: null, message: null, hint: null },
        resources: { cores: 1, memoryMb: 512 },
        caption: { name: '<img src=x>', user: 'ann', maxCores: null, command: '' },
      },
    ],
    ...{ finishedExecutors: [], drivers: [], finishedDrivers: [] },
  }
}

test('a worker that nothing protects says so on its page, and any other does not', async () => {
  expect((await get('/')).body).not.toContain('Insecure')
  const insecure = fastify()
  addUiRoutes(insecure, { view: () => aView(), workDir, protection: 'insecure' })
  const { body } = await insecure.inject({ url: '/' })
  expect(body).toContain('<strong>Insecure: there is no secret')
  await insecure.close()
})
