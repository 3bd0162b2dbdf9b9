import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { launcherPaths } from '../launcher-directory.ts'
import { bundleLauncher, LauncherBench } from '../launcher-fixture.ts'
import { identifyProcess, readBootId } from '../linux-processes.ts'
import { findSetpriv } from './find-setpriv.ts'
import { LAUNCHER_PROGRAM_VARIABLE } from './launcher-program.ts'

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

test('without setpriv the start is refused with what to install', async () => {
  vi.stubEnv('PATH', '/nonexistent')
  await expect(bench.open()).rejects.toThrow(
    /setpriv was not found on the PATH: .* install the package util-linux/,
  )
  expect(() => findSetpriv('')).toThrow(/setpriv was not found/)
})

test('of the worker’s environment the launcher gets next to nothing', async () => {
  vi.stubEnv('A_SECRET', 'hunter2')
  vi.stubEnv('NODE_OPTIONS', '--no-warnings')
  const { identity } = await bench.open()
  const environment = readFileSync(`/proc/${identity.pid}/environ`, 'utf8')
  expect(environment).toContain(`PATH=${process.env['PATH']}`)
  expect(environment).not.toMatch(/A_SECRET|NODE_OPTIONS/)
})

test('a port that is taken is named in the error', async () => {
  const other = net.createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as net.AddressInfo
  try {
    await expect(bench.open({ port })).rejects.toThrow(
      new RegExp(`did not start: .*EADDRINUSE.*:${port}`),
    )
  } finally {
    other.close()
  }
})

test('a program that is no launcher is an error, not a wait', async () => {
  const file = path.join(bench.root, 'broken.mjs')
  writeFileSync(file, 'process.exit(3)\n')
  vi.stubEnv(LAUNCHER_PROGRAM_VARIABLE, file)
  await expect(bench.open()).rejects.toThrow(/did not start: the launcher ended without a word/)
})

test('a launcher directory that is open to others is refused', async () => {
  const { directory } = launcherPaths(bench.stateDir)
  mkdirSync(directory, { recursive: true })
  chmodSync(directory, 0o755)
  await expect(bench.open()).rejects.toThrow(/is open to other users \(its mode must be 0700\)/)
})

test('a second worker that opens the same launcher at the same time is refused', async () => {
  const outcomes = await Promise.allSettled([bench.open(), bench.open()])
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(String(refused[0]?.reason)).toMatch(/another worker \(pid \d+\) is opening the launcher/)
})

test('a lock whose owner has died is taken over', async () => {
  const { directory, lock } = launcherPaths(bench.stateDir)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const self = identifyProcess(process.pid)
  const owner = { boot: readBootId(), pid: process.pid, startTicks: (self?.startTicks ?? 0) - 1 }
  writeFileSync(lock, JSON.stringify(owner))
  expect((await bench.open()).launcher.adopted).toBe(false)
})
