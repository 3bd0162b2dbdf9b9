import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { aKey, bundleLauncher, LauncherBench } from './launcher-fixture.ts'

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

test('a process runs in its directory, with its environment, and its exit code is told', async () => {
  const { launcher, events } = await bench.open()
  const order = bench.order('echo out; echo "$HEARTH_TEST_MARK" >&2; pwd; exit 7')
  launcher.launch(order)
  const started = await events.next('process-started')
  expect(started.pid).toBeGreaterThan(1)
  expect(await events.next('process-exited')).toEqual({
    type: 'process-exited',
    key: aKey(),
    exitCode: 7,
    killed: false,
  })
  expect(readFileSync(path.join(order.workDir, 'stdout'), 'utf8')).toBe(`out\n${order.workDir}\n`)
  expect(readFileSync(path.join(order.workDir, 'stderr'), 'utf8')).toBe(
    `${order.header}${bench.mark}\n`,
  )
})

test('death by signal N is told as 128 + N', async () => {
  const { launcher, events } = await bench.open()
  launcher.launch(bench.order('kill -SEGV $$'))
  expect(await events.next('process-exited')).toMatchObject({ exitCode: 139, killed: false })
})
