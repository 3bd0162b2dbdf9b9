import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { eventually } from '../../../../../test/support/eventually.ts'
import { aKey, aPayload } from '../launcher-fixture.ts'
import { identifyProcess, readBootId } from '../linux-processes.ts'
import type { LauncherToWorker } from '../protocol/messages.ts'
import { adoptLauncher, type Adoption } from './adopt-launcher.ts'

const TOKEN = 'the token'
const AUTH = defaultAuthSettings('correct horse')
const WELCOME = {
  ...{ type: 'welcome', version: 1, token: TOKEN, id: 'the launcher', pid: process.pid },
  ...{ port: 7, heldCount: 0 },
}
const HELD = {
  ...{ key: aKey(), cores: 1, memoryMb: 2, payload: aPayload(), workDir: '/w', scratchDirs: [] },
  ...{ pid: 3, state: 'running', exitCode: null, killed: false, message: null },
}

let directory: string
let server: net.Server
let told: (LauncherToWorker | string)[]
let heard: string
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'hearth-adopt-'))
  told = []
  heard = ''
})
afterEach(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

/** A launcher in this process that answers the hello with these lines, and then hangs up or not. */
async function adopt(lines: readonly object[], { hangsUp = false } = {}): Promise<Adoption> {
  const socketPath = path.join(directory, 's')
  server = net.createServer((socket) => {
    socket.on('data', (chunk) => (heard += chunk.toString('utf8')))
    socket.once('data', () => {
      socket.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      if (hangsUp) socket.end()
    })
    socket.on('error', () => {})
  })
  server.listen(socketPath)
  await once(server, 'listening')
  const self = identifyProcess(process.pid) ?? { pid: 0, startTicks: 0 }
  const identity = { id: 'the launcher', boot: readBootId(), ...self, port: 7, socketPath }
  return await adoptLauncher({
    ...{ identity, token: TOKEN, orphanLimitMs: 1, killGraceMs: 1, driverGraceMs: 1 },
    auth: AUTH,
    onMessage: (message) => told.push(message),
    onClose: (reason) => told.push(reason),
  })
}

test.each([
  ['another token', [{ ...WELCOME, token: 'x' }], /does not know its token/],
  ['another process', [{ ...WELCOME, pid: 1 }], /launcher\.json names process/],
  ['another launcher', [{ ...WELCOME, id: 'x' }], /launcher\.json names process/],
  ['a refusal', [{ type: 'refused', reason: 'because of this' }], /because of this/],
  ['news before the welcome', [{ type: 'taken', pid: 1 }], /'taken' before the launcher's welcome/],
  ['nonsense', [{ type: 'dance' }], /type 'dance' is unknown/],
])('%s is no adoption', async (_, lines, reason) => {
  await expect(adopt(lines)).rejects.toThrow(reason)
  expect(told).toEqual([])
})

test('a launcher that hangs up before it has told all it holds is not adopted', async () => {
  const lines = [
    { ...WELCOME, heldCount: 2 },
    { type: 'held', process: HELD },
  ]
  await expect(adopt(lines, { hangsUp: true })).rejects.toThrow(/launcher closed the connection/)
})

test('news that comes with the welcome is told after the adoption, and the end after the news', async () => {
  const news = { type: 'exited', key: aKey(), exitCode: 1, killed: false, message: null }
  const lines = [{ ...WELCOME, heldCount: 1 }, { type: 'held', process: HELD }, news]
  const { channel, held } = await adopt(lines, { hangsUp: true })
  expect(held).toEqual([HELD])
  expect(told).toEqual([])
  await channel.closed
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual([news, 'the launcher closed the connection'])
})

test('the first word to a launcher that is adopted is what executors must prove', async () => {
  const { channel } = await adopt([WELCOME])
  channel.send({ type: 'shutdown' })
  await eventually(() => heard.trim().split('\n').length).toBe(3)
  const [hello, ...words] = heard
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(JSON.stringify(hello)).not.toContain(AUTH.secret)
  expect(words).toEqual([{ type: 'authenticate', auth: AUTH }, { type: 'shutdown' }])
})
