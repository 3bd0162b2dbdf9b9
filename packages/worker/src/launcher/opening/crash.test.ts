import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { launcherPaths } from '../launcher-directory.ts'
import { aKey, bundleLauncher, END_LIMIT_MS, LauncherBench } from '../launcher-fixture.ts'
import { identifyProcess, isRunning, readBootId } from '../linux-processes.ts'
import { ProcessTable } from '../process-table.ts'
import { awaitEnd } from './await-end.ts'
import { findSetpriv } from './find-setpriv.ts'

let program: string
let bench: LauncherBench
beforeAll(async () => {
  program = await bundleLauncher()
})
afterAll(() => rmSync(program, { recursive: true }))
beforeEach(() => {
  bench = new LauncherBench()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await bench.cleanUp()
})

test('a killed launcher takes its processes along, even stopped ones, and the worker is told', async () => {
  const { launcher, events, identity } = await bench.open()
  launcher.launch(bench.order('sleep 1000 & sleep 1001'))
  launcher.launch(bench.order('kill -STOP $$', { executor: 1 }))
  launcher.launch(bench.order('exit 4', { executor: 2 }))
  await events.next('process-started', 0)
  await events.next('process-started', 1)
  await events.next('process-exited', 2)
  process.kill(identity.pid, 'SIGKILL')
  const lost = await events.next('launcher-lost')
  // By now and not some time later: whoever is told may start replacements.
  expect(bench.running()).toEqual([])
  expect(lost.processes).toMatchObject([
    { key: aKey(0), state: 'lost', exitCode: null, killed: false },
    { key: aKey(1), state: 'lost', exitCode: null },
    { key: aKey(2), state: 'exited', exitCode: 4 },
  ])
})

test('a killed launcher needs nobody to take its processes along', async () => {
  const { launcher, events, identity } = await bench.open()
  launcher.launch(bench.order('exec sleep 1000'))
  launcher.launch(bench.order('kill -STOP $$', { executor: 1 }))
  const pids = [await events.next('process-started', 0), await events.next('process-started', 1)]
  const children = pids
    .map(({ pid }) => identifyProcess(pid))
    .filter((child) => child !== undefined)
  expect(children).toHaveLength(2)
  await launcher.detach()
  process.kill(identity.pid, 'SIGKILL')
  expect(await awaitEnd(children, END_LIMIT_MS)).toEqual([])
})

test('nor does a process outlive a launcher that dies before it could be tied to it', async () => {
  const late = path.join(bench.root, 'setpriv')
  const whenTold = `until [ -e ${bench.root}/go ]; do sleep 0.01; done`
  writeFileSync(late, `#!/bin/sh\n${whenTold}\nexec ${findSetpriv()} "$@"\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${bench.root}:${process.env['PATH']}`)
  const { launcher, events, identity } = await bench.open()
  launcher.launch({ ...bench.order(''), argv: ['/bin/sleep', '1000'] })
  const { pid } = await events.next('process-started')
  const child = identifyProcess(pid)
  if (child === undefined) throw new Error('the process has gone already')
  await launcher.detach()
  process.kill(identity.pid, 'SIGKILL')
  await awaitEnd([identity], END_LIMIT_MS)
  writeFileSync(path.join(bench.root, 'go'), '')
  expect(await awaitEnd([child], END_LIMIT_MS)).toEqual([])
})

test('the next launcher repeats what was lost until it is forgotten', async () => {
  const first = await bench.open()
  first.launcher.launch(bench.order('sleep 1000'))
  await first.events.next('process-started')
  process.kill(first.identity.pid, 'SIGKILL')
  await first.events.next('launcher-lost')
  const second = await bench.open()
  expect(second.launcher.adopted).toBe(false)
  expect(second.launcher.held).toMatchObject([{ key: aKey(), state: 'lost' }])
  second.launcher.launch(bench.order('exit 1', { executor: 1 }))
  await second.events.next('process-exited')
  process.kill(second.identity.pid, 'SIGKILL')
  await second.events.next('launcher-lost')
  const third = await bench.open()
  expect(third.launcher.held).toMatchObject([{ key: aKey() }, { key: aKey(1), exitCode: 1 }])
  third.launcher.forget(aKey())
  await third.launcher.detach()
  expect((await bench.open()).launcher.held).toMatchObject([{ key: aKey(1) }])
})

test('an order that died with its launcher before it was recorded is lost, not forgotten', async () => {
  const { launcher, events, identity } = await bench.open()
  process.kill(identity.pid, 'SIGSTOP')
  launcher.launch(bench.order('sleep 1000'))
  process.kill(identity.pid, 'SIGKILL')
  const lost = await events.next('launcher-lost')
  expect(lost.processes).toMatchObject([{ key: aKey(), state: 'lost', pid: null }])
  launcher.launch(bench.order('sleep 1000', { executor: 1 }))
  expect(await events.next('process-not-taken')).toMatchObject({ key: aKey(1) })
})

test('launcher and worker die; the next worker ends what outlived them and knows all ends', async () => {
  const first = await bench.open()
  first.launcher.launch(bench.order('exit 6', { executor: 1 }))
  await first.events.next('process-exited', 1)
  const order = bench.order('set -m; sh -c "echo > ready; sleep 1000" & wait')
  first.launcher.launch(order)
  await bench.fileOf(order, 'ready')
  await first.events.next('process-started', 0)
  // Without its worker there is nobody to clear up, and the grandchild has no tie to the launcher.
  await first.launcher.detach()
  process.kill(first.identity.pid, 'SIGKILL')
  await awaitEnd([first.identity], END_LIMIT_MS)
  expect(bench.running().length).toBeGreaterThan(0)

  const second = await bench.open()
  expect(bench.running()).toEqual([])
  expect(second.launcher.held).toMatchObject([
    { key: aKey(1), state: 'exited', exitCode: 6 },
    { key: aKey(0), state: 'lost', exitCode: null },
  ])
})

test('a recorded process is ended only in the same life of the machine, and only if it is the same', async () => {
  const first = await bench.open()
  first.launcher.launch(bench.order('exit 0'))
  await first.events.next('process-exited')
  await first.launcher.shutdown()
  const strangers = [0, 1, 2].map(() => spawn('sleep', ['1000'], { stdio: 'ignore' }))
  const table = new ProcessTable(launcherPaths(bench.stateDir).processes)
  const [same, rebooted, reused] = strangers.map((child) => identifyProcess(child.pid ?? 0))
  if (same === undefined || rebooted === undefined || reused === undefined) throw new Error('gone')
  const order = bench.order('')
  const held = {
    ...{ cores: 1, memoryMb: 1, payload: order.payload, workDir: '/w', scratchDirs: [] },
    ...{ state: 'running' as const, exitCode: null, killed: false, message: null },
  }
  const about = { launcherId: 'another launcher', boot: readBootId() }
  const ofOne = { ...about, sequence: 1, startTicks: same.startTicks }
  const ofTwo = { ...about, sequence: 2, startTicks: rebooted.startTicks, boot: 'another boot' }
  const ofThree = { ...about, sequence: 3, startTicks: reused.startTicks - 1 }
  await table.save({ ...ofOne, held: { ...held, key: aKey(1), pid: same.pid } })
  await table.save({ ...ofTwo, held: { ...held, key: aKey(2), pid: rebooted.pid } })
  await table.save({ ...ofThree, held: { ...held, key: aKey(3), pid: reused.pid } })
  try {
    const { launcher } = await bench.open()
    expect([same, rebooted, reused].map(isRunning)).toEqual([false, true, true])
    expect(launcher.held.map(({ state }) => state)).toEqual(['lost', 'lost', 'lost'])
  } finally {
    for (const stranger of strangers) stranger.kill('SIGKILL')
    await awaitEnd([same, rebooted, reused], END_LIMIT_MS)
  }
})

test('a damaged record does not keep the launcher from starting', async () => {
  const first = await bench.open()
  await first.launcher.shutdown()
  writeFileSync(path.join(launcherPaths(bench.stateDir).processes, '5.json'), '{"held":')
  expect((await bench.open()).launcher.held).toEqual([])
})

test('without a worker for the orphan limit the launcher ends everything, and the codes stay', async () => {
  const { launcher, events, identity } = await bench.open({ orphanLimitMs: 200 })
  launcher.launch(bench.order('sleep 1000'))
  await events.next('process-started')
  await launcher.detach()
  expect(await awaitEnd([identity], END_LIMIT_MS)).toEqual([])
  expect(bench.running()).toEqual([])
  const { launcher: next } = await bench.open()
  expect(next).toMatchObject({
    adopted: false,
    held: [{ state: 'exited', exitCode: 143, killed: true }],
  })
  expect(next.held[0]?.message).toBe('no worker came back before the orphan limit')
})

const SOON = { idleLimitMs: 1000 }

/** A launcher that ends soon without a worker; on a busy machine it may have done so before the first one came. */
async function openInTime(): ReturnType<LauncherBench['open']> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await bench.open(SOON)
    } catch (error) {
      if (attempt === 10) throw error
    }
  }
}

test('without a worker and without a process the launcher ends soon', async () => {
  const { launcher, identity } = await openInTime()
  await launcher.detach()
  expect(await awaitEnd([identity], END_LIMIT_MS)).toEqual([])
})

test('a worker that came back in time starts the orphan limit anew', async () => {
  const { launcher, events, identity } = await bench.open({ orphanLimitMs: 60_000 })
  launcher.launch(bench.order('sleep 1000'))
  await events.next('process-started')
  await launcher.detach()
  // The returning worker brings a limit of its own.
  const second = await bench.open({ orphanLimitMs: 100 })
  expect(second.launcher.adopted).toBe(true)
  expect(isRunning(identity)).toBe(true)
  await second.launcher.detach()
  expect(await awaitEnd([identity], END_LIMIT_MS)).toEqual([])
})

test('a launcher that is killed while it shuts down leaves nothing behind either', async () => {
  const { launcher, events, identity } = await bench.open()
  const script = `trap '' TERM; sh -c "trap '' TERM; echo > ready; while :; do sleep 1; done" & wait`
  const order = bench.order(`${script}; while :; do sleep 1; done`)
  launcher.launch(order)
  await bench.fileOf(order, 'ready')
  await events.next('process-started')
  process.kill(identity.pid, 'SIGSTOP')
  const shutdown = launcher.shutdown()
  process.kill(identity.pid, 'SIGKILL')
  await shutdown
  expect(bench.running()).toEqual([])
  expect(events.all.map(({ type }) => type)).toEqual(['process-started'])
})

test('an old launcher that nobody knows does not take the files of a newer one along', async () => {
  const old = await openInTime()
  // As after two workers that were killed while they opened: the first launcher is left unknown.
  rmSync(launcherPaths(bench.stateDir).identity)
  await old.launcher.detach()
  const newer = await bench.open()
  expect(newer.identity.id).not.toBe(old.identity.id)
  expect(await awaitEnd([old.identity], END_LIMIT_MS)).toEqual([])
  await newer.launcher.detach()
  expect((await bench.open()).launcher.adopted).toBe(true)
})
