// A whole worker with a real launcher and real processes; only Java, Spark and the master are scripts.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { bundleLauncher } from '../launcher/launcher-fixture.ts'
import { launcherPaths, readIdentity } from '../launcher/launcher-directory.ts'
import { Machine, QUIET_HOST, ScriptedMaster } from './worker-fixture.ts'
import { eventually } from '../../../../test/support/eventually.ts'

let program: string
let machine: Machine
let master: ScriptedMaster
beforeAll(async () => {
  program = await bundleLauncher()
})
afterAll(() => rmSync(program, { recursive: true }))
beforeEach(async () => {
  machine = new Machine()
  master = await ScriptedMaster.listen(machine.log)
})
afterEach(async () => {
  await machine.cleanUp()
  await master.stop()
})

const FOREVER = 'exec sleep 600'

test('a worker registers, runs an executor, reports it, and shows its logs', async () => {
  const worker = await machine.start([master.address])
  const registration = await master.next('register-worker')
  expect(registration).toMatchObject({
    ...{ workerId: worker.workerId, host: '127.0.0.1', port: worker.launcherPort },
    ...{ webUiUrl: worker.webUiUrl, cores: 4, memoryMb: 4096, held: [] },
  })
  master.launch(0, machine.payload('echo hello; exit 3'))
  expect(await master.next('executor-state')).toMatchObject({ executor: 0, state: 'running' })
  expect(await master.next('executor-state')).toMatchObject({
    ...{ executor: 0, state: 'exited', exitCode: 3, message: 'Command exited with code 3' },
  })

  const get = async (url: string) => (await fetch(`${worker.webUiUrl}${url}`)).text()
  expect(JSON.parse(await get('/json/'))).toMatchObject({
    ...{ id: worker.workerId, cores: 4, coresused: 0, memoryused: 0, executors: [] },
    finishedexecutors: [{ id: 0, memory: 512, appid: 'app-1' }],
  })
  expect(await get('/log/?appId=app-1&executorId=0&logType=stdout')).toMatch(/ ====\nhello\n$/)
  expect(await get('/log/?appId=app-1&executorId=0&logType=stderr')).toContain(
    `"--worker-url" "spark://Worker@127.0.0.1:${worker.launcherPort}" "--cores" "1"`,
  )
  expect(await get('/readyz')).toContain('ready')
  expect(await get('/metrics')).toContain('hearth_worker_cores_free 4')
})

test('an executor that is killed is reported so; one that cannot start fails with the reason', async () => {
  await machine.start([master.address])
  await master.next('register-worker')
  master.launch(0, machine.payload(FOREVER))
  await master.next('executor-state', ({ state }) => state === 'running')
  master.order('kill-executor', 0)
  expect(await master.next('executor-state')).toMatchObject({
    ...{ executor: 0, state: 'killed', exitCode: 143 },
  })
  const payload = machine.payload('')
  payload.command.environment['JAVA_HOME'] = '/nowhere'
  master.launch(1, payload)
  const failed = await master.next('executor-state')
  expect(failed).toMatchObject({ executor: 1, state: 'failed', exitCode: null })
  expect(failed.message).toContain('/nowhere/bin/java')
  const records = path.join(machine.stateDir, 'applications')
  rmSync(records, { recursive: true })
  writeFileSync(records, 'in the way')
  master.launch(2, machine.payload(FOREVER))
  const refused = await master.next('executor-state')
  expect(refused).toMatchObject({ executor: 2, state: 'failed' })
  expect(refused.message).toContain(records)
})

test('the scratch directories of an application go with it', async () => {
  await machine.start([master.address])
  await master.next('register-worker')
  master.launch(0, machine.payload('touch "$SPARK_EXECUTOR_DIRS/block"; exec sleep 600'))
  await master.next('executor-state', ({ state }) => state === 'running')
  const scratch = () =>
    readdirSync(machine.scratchRoot, { recursive: true }).filter((name) =>
      String(name).includes('executor-'),
    )
  await eventually(() => scratch().map((name) => path.basename(String(name)))).toContain('block')
  master.send({ type: 'application-finished', epoch: 1, applicationId: 'app-1' })
  master.order('kill-executor', 0)
  await eventually(scratch).toEqual([])
})

test('a restarted worker adopts its executors under the same id', async () => {
  const detach = { keys: { 'hearth.worker.onStop': 'detach' } }
  const first = await machine.start([master.address], detach)
  await master.next('register-worker')
  master.launch(0, machine.payload(FOREVER))
  await master.next('executor-state', ({ state }) => state === 'running')
  // It is reported when it was forked; a moment later it has the name by which it is found here.
  await eventually(() => machine.executors()).toHaveLength(1)
  const [pid] = machine.executors()
  await first.stop()
  expect(master.received.map(({ type }) => type)).not.toContain('worker-stopping')
  expect(machine.executors()).toEqual([pid])

  // Another id than a start of this second would make.
  const state = path.join(machine.stateDir, 'worker.json')
  const kept = 'worker-20200101000000-here-1'
  writeFileSync(state, readFileSync(state, 'utf8').replace(first.workerId, kept))
  const second = await machine.start([master.address])
  expect(second.workerId).toBe(kept)
  expect(second.launcherPort).toBe(first.launcherPort)
  expect((await master.next('register-worker')).held).toEqual([
    { applicationId: 'app-1', executor: 0, cores: 1, memoryMb: 512, state: 'running' },
  ])
  expect(machine.executors()).toEqual([pid])

  await second.stop()
  const third = await machine.start([master.address])
  expect(third.workerId).not.toBe(kept)
})

test('custom resources are found, registered, handed to executors and held over a restart', async () => {
  const script = path.join(machine.root, 'gpus.sh')
  writeFileSync(script, '#!/bin/sh\necho \'{"name":"gpu","addresses":["0","1"]}\'\n', {
    mode: 0o755,
  })
  const keys = {
    'hearth.worker.onStop': 'detach',
    'spark.worker.resource.gpu.amount': '2',
    'spark.worker.resource.gpu.discoveryScript': script,
  }
  const first = await machine.start([master.address], { keys })
  expect(await master.next('register-worker')).toMatchObject({ custom: { gpu: ['0', '1'] } })
  master.launch(0, machine.payload(`cp resource-executor-0.json copy; ${FOREVER}`), {
    custom: { gpu: ['1'] },
  })
  await master.next('executor-state', ({ state }) => state === 'running')
  const directory = path.join(machine.workDir, 'app-1', '0')
  await eventually(() => existsSync(path.join(directory, 'copy'))).toBe(true)
  expect(readFileSync(path.join(directory, 'resource-executor-0.json'), 'utf8')).toBe(
    '[{"id":{"componentName":"spark.executor","resourceName":"gpu"},"addresses":["1"]}]',
  )
  expect(readFileSync(path.join(directory, 'stderr'), 'utf8')).toContain(
    `"--resourcesFile" "${path.join(directory, 'resource-executor-0.json')}"`,
  )
  const json: unknown = await (await fetch(`${first.webUiUrl}/json/`)).json()
  expect(json).toMatchObject({
    resources: { gpu: { name: 'gpu', addresses: ['0', '1'] } },
    resourcesused: { gpu: { name: 'gpu', addresses: ['1'] } },
    executors: [{ id: 0, resources: { gpu: { name: 'gpu', addresses: ['1'] } } }],
  })
  await first.stop()

  const second = await machine.start([master.address], { keys })
  expect(await master.next('register-worker')).toMatchObject({
    workerId: first.workerId,
    custom: { gpu: ['0', '1'] },
    held: [{ executor: 0, custom: { gpu: ['1'] }, state: 'running' }],
  })
  const page = await (await fetch(second.webUiUrl)).text()
  expect(page).toContain('gpu: Free: [0] / Used: [1]')
  expect(page).toContain('<td>gpu: [1]</td>')
})

test('a worker that does not find its custom resources does not start', async () => {
  const keys = { 'spark.worker.resource.gpu.amount': '2' }
  await expect(machine.start([master.address], { keys })).rejects.toThrow(
    'spark.worker.resource.gpu.amount is 2, but nothing says which',
  )
  expect(await readIdentity(launcherPaths(machine.stateDir))).toBeUndefined()
})

test('W-09 the worker’s id follows the pattern', async () => {
  const keys = { 'spark.worker.idPattern': 'node-%2$s-%3$06d' }
  const { workerId, launcherPort } = await machine.start([master.address], { keys })
  expect(workerId).toBe(`node-127.0.0.1-${String(launcherPort).padStart(6, '0')}`)
})

test('a decommissioned worker says so, keeps its executors, refuses others, and is so after a restart', async () => {
  const keys = {
    'hearth.worker.onStop': 'detach',
    'spark.decommission.enabled': 'true',
    'spark.worker.decommission.signal': 'WINCH',
  }
  const first = await machine.start([master.address], { keys })
  expect((await master.next('register-worker')).decommissioning).toBe(false)
  master.launch(0, machine.payload(FOREVER))
  await master.next('executor-state', ({ state }) => state === 'running')
  process.kill(process.pid, 'SIGWINCH')
  expect(await master.next('worker-decommissioning')).toMatchObject({ workerId: first.workerId })
  master.launch(1, machine.payload(FOREVER))
  expect(await master.next('executor-state')).toMatchObject({
    ...{ executor: 1, state: 'failed' },
    message: `worker ${first.workerId} is decommissioned and takes no new executors`,
  })
  await eventually(() => machine.executors()).toHaveLength(1)
  expect(await (await fetch(first.webUiUrl)).text()).toContain('<b>State:</b> DECOMMISSIONED')
  await first.stop()

  await machine.start([master.address], { keys })
  expect(await master.next('register-worker')).toMatchObject({
    ...{ workerId: first.workerId, decommissioning: true },
    held: [{ executor: 0, state: 'running' }],
  })
})

test('a worker is decommissioned by order of its master; the next one with an id of its own is not', async () => {
  const first = await machine.start([master.address])
  await master.next('register-worker')
  master.send({ type: 'decommission', epoch: master.epoch })
  await master.next('worker-decommissioning')
  await first.stop()
  await machine.start([master.address])
  expect((await master.next('register-worker')).decommissioning).toBe(false)
})

const UNREACHABLE = `echo 'Exception in thread "main" java.lang.reflect.UndeclaredThrowableException
Caused by: java.io.IOException: Failed to connect to /10.0.0.5:40001
Caused by: java.net.ConnectException: Connection refused' >&2`
const MISMATCH =
  'echo "Python in worker has different version: 3.11 than that in driver: 3.12, PySpark" >&2'

test('what an ended executor wrote says why, to the master and to whoever looks here', async () => {
  const worker = await machine.start([master.address])
  await master.next('register-worker')
  master.launch(0, machine.payload(`${UNREACHABLE}; exit 1`))
  const { hint, state } = await master.next('executor-state', (one) => one.state !== 'running')
  expect([state, hint?.code]).toEqual(['exited', 'driver-unreachable'])
  expect(hint?.text).toContain('its driver at 10.0.0.5:40001 (connection refused)')
  const page = await (await fetch(worker.webUiUrl)).text()
  expect(page).toContain('Command exited with code 1 (it could not connect to its driver')
  const json: unknown = await (await fetch(`${worker.webUiUrl}/json/`)).json()
  expect(json).toMatchObject({ finishedexecutors: [{ id: 0, hint: { code: hint?.code } }] })

  // It lived until it was ended with its application.
  master.launch(1, machine.payload(`${MISMATCH}; touch said; ${FOREVER}`))
  const said = path.join(machine.workDir, 'app-1', '1', 'said')
  await eventually(() => existsSync(said)).toBe(true)
  master.order('kill-executor', 1)
  const killed = await master.next('executor-state', (one) => one.state === 'killed')
  expect(killed.hint?.code).toBe('python-version-mismatch')

  master.launch(2, machine.payload(`${UNREACHABLE}; exit 0`))
  const clean = await master.next(
    'executor-state',
    (one) => one.executor === 2 && one.state === 'exited',
  )
  expect(clean).not.toHaveProperty('hint')
})

test('an executor that ended while no worker was there is explained by the next one', async () => {
  const keys = { 'hearth.worker.onStop': 'detach' }
  const first = await machine.start([master.address], { keys })
  await master.next('register-worker')
  const script = `while ! test -e go; do sleep 0.05; done; ${UNREACHABLE}; exit 1`
  master.launch(0, machine.payload(script))
  await master.next('executor-state', ({ state }) => state === 'running')
  await eventually(() => machine.executors().length).toBeGreaterThan(0)
  await first.stop()
  writeFileSync(path.join(machine.workDir, 'app-1', '0', 'go'), '')
  await eventually(() => machine.executors()).toEqual([])
  await machine.start([master.address], { keys })
  const { hint } = await master.next('executor-state', ({ state }) => state === 'exited')
  expect(hint?.code).toBe('driver-unreachable')
})

test('executors that the master does not keep are ended', async () => {
  const first = await machine.start([master.address], {
    keys: { 'hearth.worker.onStop': 'detach' },
  })
  await master.next('register-worker')
  master.launch(0, machine.payload(FOREVER))
  await master.next('executor-state', ({ state }) => state === 'running')
  await first.stop()
  master.keeps = 'none'
  await machine.start([master.address])
  expect(await master.next('executor-state', ({ state }) => state === 'killed')).toMatchObject({
    message: 'not known to the master',
  })
  expect(machine.executors()).toEqual([])
})

test('the launcher dies: executors are lost, the next one’s port is registered over the same link', async () => {
  const worker = await machine.start([master.address])
  const before = await master.next('register-worker')
  master.launch(0, machine.payload(FOREVER))
  await master.next('executor-state', ({ state }) => state === 'running')
  const { connection } = master
  await machine.killLauncher()
  expect(await master.next('executor-state')).toMatchObject({ executor: 0, state: 'lost' })
  const after = await master.next('register-worker')
  expect(after.workerId).toBe(worker.workerId)
  expect(after.port).not.toBe(before.port)
  expect(master.connection).toBe(connection)
  expect(machine.executors()).toEqual([])
  master.launch(1, machine.payload('exit 0'))
  await master.next('executor-state', ({ state }) => state === 'exited')
})

test('a stop ends executors, tells the master, and leaves nothing behind', async () => {
  const worker = await machine.start([master.address])
  await master.next('register-worker')
  master.launch(0, machine.payload(FOREVER))
  await master.next('executor-state', ({ state }) => state === 'running')
  await worker.stop()
  await worker.stop()
  expect(await worker.exited).toBe(0)
  expect(await master.next('executor-state')).toMatchObject({
    ...{ executor: 0, state: 'killed', message: 'Worker shutting down' },
  })
  await master.next('worker-stopping')
  expect(machine.executors()).toEqual([])
  expect(readdirSync(machine.scratchRoot)).toEqual([])
  expect(existsSync(path.join(machine.stateDir, 'lock'))).toBe(false)
  await expect(fetch(worker.webUiUrl)).rejects.toThrow('fetch failed')
})

test('a master that is not there yet is found when it comes, and found again when it returns', async () => {
  await master.stop()
  master = await ScriptedMaster.listen(machine.log, { host: QUIET_HOST })
  const { address } = master
  await master.stop()
  const worker = await machine.start([address])
  const ready = await fetch(`${worker.webUiUrl}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([
    503,
    expect.stringContaining('not registered'),
  ])
  for (let life = 0; life < 2; life++) {
    master = await ScriptedMaster.listen(machine.log, address)
    expect((await master.next('register-worker')).workerId).toBe(worker.workerId)
    if (life === 0) await master.stop()
  }
})

test('the highest epoch outlives the worker', async () => {
  master.epoch = 5
  const first = await machine.start([master.address])
  await master.next('heartbeat')
  await first.stop()
  expect(
    JSON.parse(readFileSync(path.join(machine.stateDir, 'worker.json'), 'utf8')),
  ).toMatchObject({
    fence: { clusterId: 'c1', epoch: 5 },
  })
  master.epoch = 4
  master.received.length = 0
  await machine.start([master.address])
  await eventually(() => machine.captured.records.map(({ msg }) => msg).join('\n')).toContain(
    'its epoch 4 is over',
  )
  expect(master.received.map(({ type }) => type)).not.toContain('heartbeat')
})

test('an IPv6 address stands in brackets wherever a peer reads it', async () => {
  const worker = await machine.start([master.address], { host: '::1' })
  const { host, webUiUrl, workerId } = await master.next('register-worker')
  expect(host).toBe('[::1]')
  expect(webUiUrl).toMatch(/^http:\/\/\[::1\]:\d+$/)
  expect(workerId).toMatch(/^worker-\d{14}-\[::1\]-\d+$/)
  expect((await fetch(`${worker.webUiUrl}/healthz`)).status).toBe(200)
})

test('a machine without Spark or Java starts no worker, and says what is missing', async () => {
  const start = (environment: Record<string, string>) =>
    machine.start([master.address], { environment: { PATH: '/nowhere', ...environment } })
  await expect(start({})).rejects.toThrow(/SPARK_HOME/)
  const spark = { SPARK_HOME: path.join(machine.root, 'spark') }
  await expect(start(spark)).rejects.toThrow(/JAVA_HOME/)
  await expect(start({ ...spark, JAVA_HOME: '/nowhere' })).rejects.toThrow('/nowhere/bin/java')
  expect(existsSync(machine.workDir)).toBe(false)
})

test('two workers cannot share a state directory, nor a web port', async () => {
  const worker = await machine.start([master.address])
  await expect(machine.start([master.address])).rejects.toThrow(/another worker/)
  const webUiPort = Number(new URL(worker.webUiUrl).port)
  const keys = { 'hearth.worker.stateDir': path.join(machine.root, 'state-2') }
  await expect(machine.start([master.address], { webUiPort, keys })).rejects.toThrow(/EADDRINUSE/)
  expect(readdirSync(keys['hearth.worker.stateDir'])).not.toContain('lock')
  expect(await readIdentity(launcherPaths(keys['hearth.worker.stateDir']))).toBeUndefined()
})
