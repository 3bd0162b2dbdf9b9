// In which order the news of a real launcher reaches the core, while ends of executors are looked at.
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { LaunchEffect } from '../core/effects.ts'
import type { ProcessHint, WorkerEvent } from '../core/events.ts'
import { LauncherBench, aKey, aPayload, bundleLauncher } from '../launcher/launcher-fixture.ts'
import { launcherPaths } from '../launcher/launcher-directory.ts'
import { isRunning, signalProcess } from '../launcher/linux-processes.ts'
import { deferred } from './deferred.ts'
import type { Diagnose } from './diagnose.ts'
import { LauncherKeeper } from './launcher-keeper.ts'
import { eventually } from '../../../../test/support/eventually.ts'

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

const LAUNCH: LaunchEffect = {
  ...{ type: 'launch', key: aKey(), payload: aPayload() },
  resources: { cores: 1, memoryMb: 512 },
  leased: false,
}
const HINT: ProcessHint = { code: 'x', text: 'y' }

function keep(diagnose: Diagnose) {
  const events: WorkerEvent[] = []
  const keeper = new LauncherKeeper({
    ...{ stateDir: bench.stateDir, host: '127.0.0.1', port: 0, auth: null, diagnose },
    ...{
      orphanLimitMs: 60_000,
      killGraceMs: 5000,
      driverGraceMs: 5000,
      log: pino({ level: 'silent' }),
    },
    push: (event) => void events.push(event),
  })
  return { keeper, events, types: () => events.map(({ type }) => type) }
}

function hasEndedOnDisk(): boolean {
  const directory = path.join(bench.stateDir, 'launcher/processes')
  return readdirSync(directory).some(
    (name) =>
      name.endsWith('.json') &&
      readFileSync(path.join(directory, name), 'utf8').includes('"state":"exited"'),
  )
}

test('what a launcher says before it is announced comes after that', async () => {
  const { keeper, types } = keep(() => Promise.resolve(null))
  const launcher = await keeper.open()
  await bench.identity()
  keeper.launch(LAUNCH, () => bench.order('exit 3'))
  await eventually(hasEndedOnDisk).toBe(true)
  expect(types()).toEqual([])
  await keeper.announce(launcher)
  await eventually(types).toEqual(['launcher.opened', 'process.started', 'process.exited'])
  keeper.close('end')
  await eventually(types).toContain('launcher.closed')
})

test('the end of a launcher comes after the ends of its processes, however long those are looked at', async () => {
  const asked = deferred<void>()
  const found = deferred<ProcessHint | null>()
  const { keeper, events, types } = keep(() => {
    asked.resolve()
    return found.promise
  })
  await keeper.announce(await keeper.open())
  const identity = await bench.identity()
  keeper.launch(LAUNCH, () => bench.order('exec sleep 600'))
  await eventually(types).toContain('process.started')
  keeper.close('end')
  await asked.promise
  await eventually(() => isRunning(identity)).toBe(false)
  expect(types()).toEqual(['launcher.opened', 'process.started'])
  found.resolve(HINT)
  await eventually(types).toHaveLength(4)
  expect(events.slice(2)).toEqual([
    {
      type: 'process.exited',
      key: aKey(),
      exitCode: 143,
      killed: true,
      ...{ message: 'the worker stops', hint: HINT },
    },
    { type: 'launcher.closed' },
  ])
})

test('a clean exit is not looked at', async () => {
  const { keeper, events, types } = keep(() => Promise.reject(new Error('looked at')))
  await keeper.announce(await keeper.open())
  await bench.identity()
  keeper.launch(LAUNCH, () => bench.order('exit 0'))
  await eventually(types).toContain('process.exited')
  expect(events.at(-1)).toMatchObject({ exitCode: 0, hint: null })
  keeper.close('end')
  await eventually(types).toContain('launcher.closed')
})

test('when no launcher can be opened, it is said whether the one before lives', async () => {
  const { keeper, events, types } = keep(() => Promise.resolve(null))
  await keeper.announce(await keeper.open())
  const identity = await bench.identity()
  // Nobody can take this lock.
  mkdirSync(launcherPaths(bench.stateDir).lock)
  keeper.reopen()
  await eventually(types).toContain('launcher.open-failed')
  expect(events.at(-1)).toMatchObject({ isFormerDead: false })
  signalProcess(identity, 'SIGKILL')
  await eventually(() => isRunning(identity)).toBe(false)
  keeper.reopen()
  await eventually(() => events.at(-1)).toMatchObject({
    ...{ type: 'launcher.open-failed', isFormerDead: true },
  })
})
