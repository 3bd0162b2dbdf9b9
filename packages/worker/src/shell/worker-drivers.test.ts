// Drivers on a whole worker, with a real launcher and real processes; only Java, Spark and the master are
// scripts.
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { bundleLauncher } from '../launcher/launcher-fixture.ts'
import { Machine, ScriptedMaster } from './worker-fixture.ts'
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

function fileOf(name: string): string {
  return path.join(machine.workDir, 'driver-1', name)
}

async function isRunning(attempt = 1): Promise<void> {
  await master.next(
    'driver-state',
    (report) => report.attempt === attempt && report.state === 'running',
  )
}

test('a key for fetches that says nonsense stops the start before anything is claimed', async () => {
  for (const key of ['hearth.fetch.deny', 'hearth.fetch.caFile']) {
    const start = machine.start([master.address], { keys: { [key]: '/no/such' } })
    await expect(start).rejects.toThrow(`${key}: `)
    expect(existsSync(machine.workDir)).toBe(false)
  }
})

test('a driver is fetched, runs, is reported with its exit code, and leaves its logs', async () => {
  const worker = await machine.start([master.address])
  expect(await master.next('register-worker')).toMatchObject({
    ...{ version: 3, heldDrivers: [], driverGraceMs: 2000 },
  })
  const run = 'echo "jar: $(cat app.jar)"; echo "$SPARK_DRIVER_LOG_URL_STDOUT"; exit 3'
  master.launchDriver(1, machine.driver(run))
  const report = { driverId: 'driver-1', attempt: 1 }
  expect(await master.next('driver-state')).toMatchObject({ ...report, state: 'running' })
  expect(await master.next('driver-state')).toMatchObject({
    ...{ ...report, state: 'exited', exitCode: 3, message: 'Command exited with code 3' },
  })

  const log = `/logPage/?driverId=driver-1&logType=stdout`
  expect(readFileSync(fileOf('stdout'), 'utf8')).toBe(`jar: a jar\n${worker.webUiUrl}${log}\n`)
  const stderr = readFileSync(fileOf('stderr'), 'utf8')
  expect(stderr).toMatch(/^Launch Command: "\/.*" "-cp" .* "-Xmx512M" "Main" /)
  expect(stderr).toContain(
    `"spark://Worker@127.0.0.1:${worker.launcherPort}" "${fileOf('app.jar')}" "org.example.Main" "x"`,
  )
  const get = async (url: string) => (await fetch(`${worker.webUiUrl}${url}`)).text()
  expect(await get('/log/?driverId=driver-1&logType=stdout')).toContain('jar: a jar')
  expect(await get(log)).toContain('stdout of driver-1')
  const page = await get('/')
  expect(page).toContain('Finished Drivers (1)')
  expect(page).toContain('org.example.Main')
  expect(JSON.parse(await get('/json/'))).toMatchObject({
    ...{ coresused: 0, memoryused: 0 },
    finisheddrivers: [
      { id: 'driver-1', state: 'FAILED', mainclass: 'org.example.Main', exitcode: 3, memory: 512 },
    ],
  })
})

test('a later run finds the directory of the one before it, and its output follows on', async () => {
  await machine.start([master.address])
  await master.next('register-worker')
  master.launchDriver(1, machine.driver('echo first; touch left; exit 1'))
  await master.next('driver-state', ({ state }) => state === 'exited')
  writeFileSync(machine.jar, 'another jar')
  master.launchDriver(2, machine.driver('echo second; ls left; cat app.jar'))
  expect(await master.next('driver-state', ({ state }) => state === 'exited')).toMatchObject({
    ...{ attempt: 2, exitCode: 0 },
  })
  // What is there is not fetched again.
  expect(readFileSync(fileOf('stdout'), 'utf8')).toBe('first\nsecond\nleft\na jar')
  expect(readFileSync(fileOf('stderr'), 'utf8').match(/^Launch Command: /gm)).toHaveLength(2)
})

test('W-16 a driver ends killed, finished, failed or in error, as its end was', async () => {
  await machine.start([master.address])
  await master.next('register-worker')
  const endOf = (attempt: number) =>
    master.next(
      'driver-state',
      (report) => report.attempt === attempt && report.state !== 'running',
    )
  master.launchDriver(1, machine.driver('exit 0'))
  expect(await endOf(1)).toMatchObject({ state: 'exited', exitCode: 0 })
  master.launchDriver(2, machine.driver('exit 7'))
  expect(await endOf(2)).toMatchObject({ state: 'exited', exitCode: 7 })
  master.launchDriver(3, machine.driver(FOREVER))
  await isRunning(3)
  master.killDriver(3)
  expect(await endOf(3)).toMatchObject({
    ...{ state: 'killed', exitCode: 143, message: 'ended by order of the master' },
  })
  master.launchDriver(4, machine.driver('exit 0', 'hdfs://nn/app.jar'), { driverId: 'driver-2' })
  const unfetched = await endOf(4)
  expect(unfetched).toMatchObject({ driverId: 'driver-2', state: 'failed', exitCode: null })
  expect(unfetched.message).toContain('its scheme hdfs: is not fetched from')
  const broken = machine.driver('')
  broken.command.environment['JAVA_HOME'] = '/nowhere'
  master.launchDriver(5, broken)
  const unstarted = await endOf(5)
  expect(unstarted).toMatchObject({ state: 'failed', exitCode: null })
  expect(unstarted.message).toContain('/nowhere/bin/java')
})

test('W-16 a driver that does not end when it is told to is killed after the grace', async () => {
  await machine.start([master.address], {
    keys: { 'spark.worker.driverTerminateTimeout': '100ms', 'hearth.worker.killGrace': '1h' },
  })
  await master.next('register-worker')
  master.launchDriver(1, machine.driver('trap "" TERM; touch deaf; while :; do sleep 600; done'))
  await isRunning()
  await eventually(() => existsSync(fileOf('deaf'))).toBe(true)
  master.killDriver(1)
  expect(await master.next('driver-state')).toMatchObject({ state: 'killed', exitCode: 137 })
  expect(machine.executors()).toEqual([])
})

test('a driver is a process like an executor: its session, its mark, its death with the launcher', async () => {
  await machine.start([master.address])
  await master.next('register-worker')
  master.launchDriver(1, machine.driver(FOREVER))
  await isRunning()
  await eventually(() => machine.executors()).toHaveLength(1)
  const [pid = 0] = machine.executors()
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  expect([group, session]).toEqual([String(pid), String(pid)])
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('HEARTH_LAUNCHER=')
  await machine.killLauncher()
  expect(await master.next('driver-state', ({ state }) => state !== 'running')).toMatchObject({
    ...{ driverId: 'driver-1', attempt: 1, state: 'lost', exitCode: null },
  })
  await eventually(() => machine.executors()).toEqual([])
})

test('a restarted worker adopts its drivers, and ends those that the master does not keep', async () => {
  const detach = { keys: { 'hearth.worker.onStop': 'detach' } }
  const first = await machine.start([master.address], detach)
  await master.next('register-worker')
  master.launchDriver(2, machine.driver(FOREVER), { supervised: true })
  await isRunning(2)
  await eventually(() => machine.executors()).toHaveLength(1)
  const [pid] = machine.executors()
  await first.stop()
  const second = await machine.start([master.address], detach)
  const held = { driverId: 'driver-1', attempt: 2, cores: 1, memoryMb: 512, state: 'running' }
  expect((await master.next('register-worker')).heldDrivers).toEqual([held])
  expect(machine.executors()).toEqual([pid])
  const page = await (await fetch(second.webUiUrl)).text()
  expect(page).toContain('Running Drivers (1)')
  const metrics = await (await fetch(`${second.webUiUrl}/metrics`)).text()
  expect(metrics).toContain('hearth_worker_drivers 1')
  expect(page).toContain('org.example.Main')
  await second.stop()

  master.keeps = 'none'
  await machine.start([master.address])
  expect(await master.next('driver-state', ({ state }) => state !== 'running')).toMatchObject({
    ...{ attempt: 2, state: 'killed', message: 'not known to the master' },
  })
  expect(machine.executors()).toEqual([])
})

test('a worker that stops says that its drivers are lost: nobody wished them killed', async () => {
  const worker = await machine.start([master.address])
  await master.next('register-worker')
  master.launchDriver(1, machine.driver(FOREVER))
  await isRunning()
  await worker.stop()
  expect(await master.next('driver-state')).toMatchObject({
    ...{ state: 'lost', exitCode: 143, message: 'Worker shutting down' },
  })
  await master.next('worker-stopping')
})

test('the secret reaches a driver in its environment, and no command line', async () => {
  const secured = await ScriptedMaster.listen(machine.log, { secret: 'hunter2' })
  await machine.start([secured.address], { auth: defaultAuthSettings('hunter2') })
  await secured.next('register-worker')
  const payload = machine.driver('echo "$_SPARK_AUTH_SECRET"')
  payload.command.javaOptions.push('-Dspark.authenticate.secret=hunter2', '-Dmy.token=hunter3')
  secured.launchDriver(1, payload)
  await secured.next('driver-state', ({ state }) => state === 'exited')
  expect(readFileSync(fileOf('stdout'), 'utf8')).toMatch(/^hunter2\n/)
  const stderr = readFileSync(fileOf('stderr'), 'utf8')
  expect(stderr).toContain('-Dmy.token=*********(redacted)')
  expect(stderr).not.toContain('hunter')
  await secured.stop()
})

test('old directories of drivers are cleaned up, those of running ones never', async () => {
  const keys = { 'spark.worker.cleanup.interval': '1s', 'spark.worker.cleanup.appDataTtl': '0' }
  await machine.start([master.address], { keys })
  await master.next('register-worker')
  master.launchDriver(1, machine.driver(FOREVER))
  await isRunning()
  master.launchDriver(1, machine.driver('exit 0'), { driverId: 'driver-2' })
  await master.next('driver-state', ({ state }) => state === 'exited')
  const ended = path.join(machine.workDir, 'driver-2')
  await eventually(() => existsSync(ended)).toBe(false)
  expect(existsSync(fileOf('app.jar'))).toBe(true)
})

test('a driver that is killed while it is fetched leaves nothing of it', async () => {
  let asked: () => void = () => undefined
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const server = http.createServer((_request, response) => response.write('a part', asked))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await machine.start([master.address])
  await master.next('register-worker')
  master.launchDriver(1, machine.driver(FOREVER, `http://127.0.0.1:${port}/app.jar`))
  await isAsked
  master.killDriver(1)
  expect(await master.next('driver-state')).toMatchObject({
    ...{ state: 'killed', exitCode: null, message: 'ended by order of the master' },
  })
  await eventually(() => readdirSync(fileOf(''))).toEqual([])
  expect(machine.executors()).toEqual([])
  server.close()
  server.closeAllConnections()
})

test('a supervised driver ends with its lease when no master renews it, an unsupervised one does not', async () => {
  // Longer than this process may be kept from answering a heartbeat.
  master.leaseMs = 7000
  master.heartbeatIntervalMs = 400
  await machine.start([master.address])
  await master.next('register-worker')
  master.launchDriver(1, machine.driver(FOREVER), { supervised: true })
  await isRunning()
  master.launchDriver(1, machine.driver(FOREVER), { driverId: 'driver-2' })
  await isRunning()
  // Heartbeats keep it alive beyond the first lease.
  for (let beat = 0; beat < 19; beat++) await master.next('heartbeat')
  expect(master.received.some((m) => m.type === 'driver-state' && m.state === 'lost')).toBe(false)
  master.acknowledges = false
  expect(await master.next('driver-state', ({ state }) => state !== 'running')).toMatchObject({
    ...{ driverId: 'driver-1', state: 'lost', exitCode: 143 },
    message: 'no master renewed its lease in time',
  })
  expect(machine.executors()).toHaveLength(1)
})
