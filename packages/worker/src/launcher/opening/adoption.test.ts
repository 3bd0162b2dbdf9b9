import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  aKey,
  bundleLauncher,
  bundleProgram,
  EventLog,
  LauncherBench,
} from '../launcher-fixture.ts'
import { isRunning } from '../linux-processes.ts'
import { LAUNCHER_PROTOCOL_VERSION } from '../protocol/messages.ts'

let program: string
let standIn: string
let bench: LauncherBench
let workers: ChildProcess[]
beforeAll(async () => {
  program = await bundleLauncher()
  standIn = await bundleProgram('worker-stand-in.ts')
})
afterAll(() => {
  rmSync(program, { recursive: true })
  rmSync(path.dirname(standIn), { recursive: true })
})
beforeEach(() => {
  bench = new LauncherBench()
  workers = []
})
afterEach(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await bench.cleanUp()
})

/** A worker in a process group of its own, which has opened the launcher. */
async function startWorker(): Promise<{ worker: ChildProcess; events: EventLog }> {
  const worker = fork(standIn, [bench.stateDir], { detached: true })
  workers.push(worker)
  const events = new EventLog()
  const opened = once(worker, 'message')
  await opened
  worker.on('message', events.onEvent)
  return { worker, events }
}

test('a worker is killed; the next adopts launcher and processes as they are', async () => {
  const { worker, events } = await startWorker()
  worker.send(bench.order('sleep 1000'))
  const { pid } = await events.next('process-started')
  const before = await bench.identity()
  worker.kill('SIGKILL')
  await once(worker, 'exit')

  const next = await bench.open()
  expect(next.identity).toEqual(before)
  expect(next.launcher).toMatchObject({ adopted: true, port: before.port })
  expect(next.launcher.held).toMatchObject([{ key: aKey(), pid, state: 'running', cores: 1 }])
  expect(bench.running().map((process) => process.pid)).toContain(pid)
  next.launcher.kill(aKey())
  expect(await next.events.next('process-exited')).toMatchObject({ exitCode: 143, killed: true })
})

test('signals to the worker’s process group reach neither launcher nor processes', async () => {
  const { worker, events } = await startWorker()
  worker.send(bench.order('sleep 1000'))
  const { pid } = await events.next('process-started')
  process.kill(-(worker.pid ?? 0), 'SIGTERM')
  await once(worker, 'exit')
  const next = await bench.open()
  expect(next.launcher.held).toMatchObject([{ pid, state: 'running' }])
})

test('what ends while no worker is there is told to the next, until it is forgotten', async () => {
  const first = await bench.open()
  const order = bench.order('until [ -e go ]; do sleep 0.01; done; exit 11')
  first.launcher.launch(order)
  const { pid } = await first.events.next('process-started')
  await first.launcher.detach()
  await bench.touch(order, 'go')
  await bench.noneLeft()

  // A launcher that is just writing the end down tells it as an event.
  const second = await bench.open()
  expect(second.launcher.adopted).toBe(true)
  const [held] = second.launcher.held
  const end = held?.state === 'exited' ? held : await second.events.next('process-exited')
  expect(end).toMatchObject({ exitCode: 11, killed: false })
  await second.launcher.detach()

  const third = await bench.open()
  expect(third.launcher.held).toMatchObject([{ pid, state: 'exited', exitCode: 11 }])
  await third.launcher.detach()
  const last = await bench.open()
  last.launcher.forget(aKey())
  await last.launcher.detach()
  expect((await bench.open()).launcher.held).toEqual([])
})

test('a running process is not forgotten', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch(bench.order('sleep 1000'))
  await events.next('process-started')
  launcher.forget(aKey())
  launcher.kill(aKey())
  expect(await events.next('process-exited')).toMatchObject({ killed: true })
})

test('a detached handle hears nothing more', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch(bench.order('sleep 1000'))
  await events.next('process-started')
  await launcher.detach()
  const next = await bench.open()
  next.launcher.kill(aKey())
  await next.events.next('process-exited')
  expect(events.all.map(({ type }) => type)).toEqual(['process-started'])
})

test('of two workers the newer has the launcher, and the older is told', async () => {
  const first = await bench.open()
  first.launcher.launch(bench.order('sleep 1000'))
  await first.events.next('process-started')
  const second = await bench.open()
  expect(await first.events.next('launcher-taken')).toEqual({
    type: 'launcher-taken',
    pid: process.pid,
  })
  first.launcher.kill(aKey())
  second.launcher.launch(bench.order('exit 0', { executor: 1 }))
  expect(await second.events.next('process-exited')).toMatchObject({ key: aKey(1) })
  expect(second.launcher.held).toMatchObject([{ state: 'running' }])
  expect(first.events.all.map(({ type }) => type)).not.toContain('launcher-lost')
})

test('who does not know the token is refused, and the worker is not disturbed', async () => {
  const { launcher, events, identity } = await bench.open()
  const hello = { type: 'hello', version: 2, token: '00'.repeat(16), pid: 1 }
  const limits = { orphanLimitMs: 1, killGraceMs: 1 }
  const said = await converse(identity.socketPath, `${JSON.stringify({ ...hello, ...limits })}\n`)
  expect(JSON.parse(said)).toEqual({
    type: 'refused',
    reason: 'the token is not the one with which this launcher was started',
  })
  launcher.launch(bench.order('exit 0'))
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
})

test('another version is refused, with both versions in the answer', async () => {
  const { identity } = await bench.open()
  const spec: unknown = JSON.parse(
    readFileSync(path.join(bench.stateDir, 'launcher/spec.json'), 'utf8'),
  )
  const { token } = spec as { token: string }
  const limits = { orphanLimitMs: 1, killGraceMs: 1 }
  const hello = { type: 'hello', version: 99, token, pid: 1, ...limits }
  expect(await converse(identity.socketPath, `${JSON.stringify(hello)}\n`)).toContain(
    `this launcher speaks version ${LAUNCHER_PROTOCOL_VERSION} of its protocol, not 99`,
  )
})

test.each([
  ['no JSON', 'hello\n'],
  ['no object', '[1]\n'],
  ['an order before the hello', '{"type":"shutdown"}\n'],
  ['an unknown type', '{"type":"dance"}\n'],
  ['an endless line', 'x'.repeat(17 * 1024 * 1024)],
])('%s closes that connection only', async (_, text) => {
  const { launcher, events, identity } = await bench.open()
  expect(await converse(identity.socketPath, text)).toBe('')
  launcher.launch(bench.order('exit 0'))
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 0 })
})

test('a launcher that cannot be adopted is killed with all it holds, and a new one started', async () => {
  const first = await bench.open()
  first.launcher.launch(bench.order('sleep 1000'))
  await first.events.next('process-started')
  await first.launcher.detach()
  rmSync(first.identity.socketPath)

  const second = await bench.open()
  expect(second.launcher.adopted).toBe(false)
  expect(isRunning(first.identity)).toBe(false)
  expect(second.launcher.held).toMatchObject([{ key: aKey(), state: 'lost', exitCode: null }])
  await bench.noneLeft()
})

test('who listens on the socket in the launcher’s place is not spoken to', async () => {
  const first = await bench.open()
  await first.launcher.detach()
  rmSync(first.identity.socketPath)
  let visits = 0
  const impostor = net.createServer(() => visits++).listen(first.identity.socketPath)
  await once(impostor, 'listening')
  try {
    expect((await bench.open()).launcher.adopted).toBe(false)
    expect(visits).toBe(0)
  } finally {
    impostor.close()
  }
})

test('a state directory may have any name', async () => {
  bench.stateDir = path.join(bench.root, 'two  spaces, ünïcode')
  const first = await bench.open()
  await first.launcher.detach()
  expect((await bench.open()).launcher.adopted).toBe(true)
})

test('spec and socket are for us alone', async () => {
  const { identity } = await bench.open()
  const directory = path.join(bench.stateDir, 'launcher')
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(statSync(path.join(directory, 'spec.json')).mode & 0o777).toBe(0o600)
  expect(path.dirname(identity.socketPath)).toBe(directory)
})

test('a state directory too deep for a socket gets one elsewhere, and is adopted all the same', async () => {
  bench.stateDir = path.join(bench.root, 'deep/'.repeat(30))
  const first = await bench.open()
  const { socketPath } = first.identity
  expect(Buffer.byteLength(socketPath)).toBeLessThan(108)
  expect(statSync(path.dirname(socketPath)).mode & 0o777).toBe(0o700)
  await first.launcher.detach()
  const second = await bench.open()
  expect(second.launcher.adopted).toBe(true)
  await second.launcher.shutdown()
  expect(existsSync(path.dirname(socketPath))).toBe(false)
})

/** Sends a text to the socket; resolves with what is said until the launcher hangs up. */
async function converse(socketPath: string, text: string): Promise<string> {
  const socket = net.connect(socketPath)
  let said = ''
  socket.on('data', (chunk) => (said += chunk.toString()))
  socket.on('error', () => {})
  socket.write(text)
  await new Promise((resolve) => socket.once('close', resolve))
  return said
}

test('the secret is nowhere but in the memory of the launcher', async () => {
  const auth = defaultAuthSettings('correct horse battery')
  const { launcher, events, identity } = await bench.open({ auth })
  launcher.launch(bench.order('sleep 1000'))
  const { pid } = await events.next('process-started')
  const files = readdirSync(bench.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  expect(files.map((file) => path.basename(file))).toContain('spec.json')
  const ofProcess = [identity.pid, pid].flatMap((one) => [
    `/proc/${one}/cmdline`,
    `/proc/${one}/environ`,
  ])
  for (const file of [...files, ...ofProcess]) {
    expect(readFileSync(file).includes(auth.secret), file).toBe(false)
  }
  launcher.kill(aKey())
  await events.next('process-exited')
})
