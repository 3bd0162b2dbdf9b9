// What a worker has ordered is done though it dies right after, and an order that comes twice is done once.
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { aKey, bundleLauncher, LauncherBench } from '../launcher-fixture.ts'

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

test('a process runs whose worker went right after the order, and the next worker is told', async () => {
  const { launcher } = await bench.open()
  const order = bench.order('echo run; echo > ready; until [ -e go ]; do sleep 0.01; done; exit 7')
  launcher.launch(order)
  await launcher.detach()
  await bench.fileOf(order, 'ready')
  const next = await bench.open()
  expect(next.launcher.held).toMatchObject([{ key: aKey(), state: 'running' }])
  // The order comes again, from a worker that does not know that it came: nothing is started.
  next.launcher.launch(order)
  await bench.touch(order, 'go')
  expect(await next.events.next('process-exited')).toMatchObject({ exitCode: 7, killed: false })
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toBe('run\n')
})

test('an order to end is carried out to its last step without the worker', async () => {
  const { launcher } = await bench.open({ killGraceMs: 100 })
  const deaf = bench.order("trap '' TERM; echo > ready; while :; do sleep 600; done")
  launcher.launch(deaf)
  await bench.fileOf(deaf, 'ready')
  launcher.kill(aKey())
  await launcher.detach()
  await bench.noneLeft()
  // One that is just writing the end down tells it as an event.
  const next = await bench.open()
  const [held] = next.launcher.held
  const end = held?.state === 'exited' ? held : await next.events.next('process-exited')
  expect(end).toMatchObject({ exitCode: 137, killed: true })
})

test('what is forgotten stays so, however often that is said', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch(bench.order('exit 0'))
  launcher.launch(bench.order('exit 1', { executor: 1 }))
  await events.next('process-exited', 0)
  await events.next('process-exited', 1)
  launcher.forget(aKey())
  launcher.forget(aKey())
  await launcher.detach()
  expect((await bench.open()).launcher.held).toMatchObject([{ key: aKey(1), exitCode: 1 }])
})

test('a launcher that was told to end does so without the worker, when its processes have ended', async () => {
  const { launcher } = await bench.open({ killGraceMs: 100 })
  const deaf = bench.order("trap '' TERM; echo > ready; while :; do sleep 600; done")
  launcher.launch(deaf)
  await bench.fileOf(deaf, 'ready')
  const ended = launcher.shutdown()
  await launcher.detach()
  await bench.noneLeft()
  await ended
  const next = await bench.open()
  expect(next.launcher).toMatchObject({ adopted: false, held: [] })
})
