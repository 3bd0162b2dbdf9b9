import { readFileSync, rmSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  aDriverKey,
  aKey,
  bundleLauncher,
  END_LIMIT_MS,
  LauncherBench,
} from '../launcher-fixture.ts'
import { isRunning } from '../linux-processes.ts'
import { awaitEnd } from '../opening/await-end.ts'

// Says in a file that its traps stand, so that no signal comes too early.
const READY = 'echo > ready'
const IGNORES_TERM = "trap '' TERM"

let program: string
let bench: LauncherBench
beforeAll(async () => {
  program = await bundleLauncher()
})
afterAll(() => rmSync(program, { recursive: true }))
beforeEach(() => {
  bench = new LauncherBench()
})
afterEach(() => bench.cleanUp())

test('a kill is a SIGTERM to the whole group, told as ordered', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch(bench.order('sleep 1000 & sleep 1001'))
  await events.next('process-started')
  launcher.kill(aKey())
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 143, killed: true })
  await bench.noneLeft()
})

test('a process may end itself in its grace, with a code of its own', async () => {
  const { launcher, events } = await bench.open()
  const order = bench.order(`trap 'exit 9' TERM; ${READY}; while :; do sleep 0.01; done`)
  launcher.launch(order)
  await bench.fileOf(order, 'ready')
  launcher.kill(aKey())
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 9, killed: true })
})

test('what ignores SIGTERM is killed after the grace, and its children too, in whatever group', async () => {
  const { launcher, events } = await bench.open({ killGraceMs: 100 })
  // `set -m` puts the child into a group of its own, as PySpark's daemon does with itself.
  const child = `set -m; sh -c "${IGNORES_TERM}; ${READY}; while :; do sleep 1; done" & set +m`
  const order = bench.order(`${IGNORES_TERM}; ${child}; while :; do sleep 1; done`)
  launcher.launch(order)
  await bench.fileOf(order, 'ready')
  launcher.kill(aKey())
  launcher.kill(aKey())
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 137, killed: true })
  await bench.noneLeft()
})

test('what a process leaves behind at its end is ended', async () => {
  const { launcher, events } = await bench.open({ killGraceMs: 100 })
  const order = bench.order(
    `sh -c "${IGNORES_TERM}; ${READY}; sleep 1000" & until [ -e ready ]; do :; done; exit 5`,
  )
  launcher.launch(order)
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 5, killed: false })
  await bench.noneLeft()
})

test('a stopped process is killed all the same', async () => {
  const { launcher, events } = await bench.open({ killGraceMs: 100 })
  launcher.launch(bench.order('kill -STOP $$'))
  const { pid } = await events.next('process-started')
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') T ')) await setImmediate()
  launcher.kill(aKey())
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 137, killed: true })
})

test('a kill that comes with the launch prevents or ends the process', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch(bench.order('sleep 1000'))
  launcher.kill(aKey())
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 143, killed: true })
  await bench.noneLeft()
})

test('a kill of an ended process tells its end again; of an unknown one, nothing', async () => {
  const { launcher, events } = await bench.open()
  launcher.kill(aKey(7))
  launcher.launch(bench.order('exit 5'))
  await events.next('process-exited')
  events.all.length = 0
  launcher.kill(aKey())
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 5, killed: false })
  expect(events.all).toHaveLength(1)
})

test('a shutdown ends everything, tells the ends, and leaves nothing to remember', async () => {
  // Long enough for the other one to end of its SIGTERM, on a busy machine too.
  const { launcher, events, identity } = await bench.open({ killGraceMs: 1000 })
  const stubborn = bench.order(`${IGNORES_TERM}; ${READY}; while :; do sleep 1; done`)
  launcher.launch(stubborn)
  launcher.launch(bench.order('sleep 1000', { executor: 1 }))
  await bench.fileOf(stubborn, 'ready')
  await events.next('process-started', 1)
  await launcher.shutdown()
  expect(isRunning(identity)).toBe(false)
  expect(await events.next('process-exited', 0)).toMatchObject({ exitCode: 137, killed: true })
  expect(await events.next('process-exited', 1)).toMatchObject({ exitCode: 143, killed: true })
  expect(events.all.map(({ type }) => type)).not.toContain('launcher-lost')
  const next = await bench.open()
  expect(next.launcher).toMatchObject({ adopted: false, held: [] })
})

test('a launcher that is ending starts nothing', async () => {
  const { launcher, events, identity } = await bench.open({ killGraceMs: 20_000 })
  const order = bench.order(
    `trap 'echo > told' TERM; ${READY}; until [ -e go ]; do sleep 0.01; done`,
  )
  launcher.launch(order)
  await bench.fileOf(order, 'ready')
  process.kill(identity.pid, 'SIGTERM')
  await bench.fileOf(order, 'told')
  launcher.launch(bench.order('sleep 1000', { executor: 1 }))
  expect(await events.next('process-not-taken')).toMatchObject({
    key: aKey(1),
    message: 'the launcher is ending',
  })
  await bench.touch(order, 'go')
  await events.next('process-exited')
})

test('SIGTERM to the launcher ends everything; SIGHUP and SIGINT do not touch it', async () => {
  const { launcher, events, identity } = await bench.open()
  launcher.launch(bench.order('sleep 1000'))
  await events.next('process-started')
  process.kill(identity.pid, 'SIGHUP')
  process.kill(identity.pid, 'SIGINT')
  launcher.launch(bench.order('exit 0', { executor: 1 }))
  await events.next('process-exited', 1)
  process.kill(identity.pid, 'SIGTERM')
  expect(await events.next('process-exited', 0)).toMatchObject({ exitCode: 143, killed: true })
  expect(await awaitEnd([identity], END_LIMIT_MS)).toEqual([])
  await events.next('launcher-lost')
})

test('a driver has a grace of its own', async () => {
  const { launcher, events } = await bench.open({ killGraceMs: 3_600_000, driverGraceMs: 100 })
  const order = bench.order(`${IGNORES_TERM}; ${READY}; while :; do sleep 1; done`, {
    key: aDriverKey(),
  })
  launcher.launch(order)
  await bench.fileOf(order, 'ready')
  launcher.kill(aDriverKey(2))
  launcher.kill(aDriverKey())
  expect(await events.next('process-exited')).toMatchObject({
    ...{ key: aDriverKey(), exitCode: 137, killed: true, message: null },
  })
  await bench.noneLeft()
})
