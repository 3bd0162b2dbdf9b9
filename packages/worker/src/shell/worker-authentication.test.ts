// A whole worker and masters that have its secret, another or none.
import type { HostPort } from '@hearth/common/domain/addresses.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { waitUntil } from '../../../../test/support/wait-until.ts'
import { bundleLauncher } from '../launcher/launcher-fixture.ts'
import { Machine, QUIET_HOST, ScriptedMaster } from './worker-fixture.ts'

const SECRET = 'correct horse battery'
const auth = defaultAuthSettings(SECRET)

let machine: Machine
let masters: ScriptedMaster[]
let launcher: string

beforeAll(async () => {
  launcher = await bundleLauncher()
})

afterAll(() => rmSync(launcher, { recursive: true }))

beforeEach(() => {
  machine = new Machine()
  masters = []
})

afterEach(async () => {
  await machine.cleanUp()
  for (const master of masters) await master.stop()
})

async function listen(secret?: string, address: Partial<HostPort> = {}): Promise<ScriptedMaster> {
  const where = secret === undefined ? address : { ...address, secret }
  const master = await ScriptedMaster.listen(machine.log, where)
  masters.push(master)
  return master
}

const saidOfMaster = () =>
  machine.captured.records.map(({ msg }) => msg).filter((text) => text.startsWith('master 127.'))

async function waitForWord(wanted: RegExp): Promise<void> {
  await waitUntil(
    `the log to say ${String(wanted)}`,
    () => saidOfMaster().some((text) => wanted.test(text)) || undefined,
  )
}

test('a worker that proves the secret registers and obeys', async () => {
  const master = await listen(SECRET)
  await machine.start([master.address], { auth })
  await master.next('register-worker')
  const script = `test "$_SPARK_AUTH_SECRET" = '${SECRET}' && test -z "$HEARTH_SECRET" && exit 3`
  master.launch(0, machine.payload(script))
  const report = await master.next('executor-state', ({ state }) => state === 'exited')
  expect(report.exitCode).toBe(3)
  expect(JSON.stringify(machine.captured.records)).not.toContain(SECRET)
})

test('a master with another secret gets no registration, and the worker says why and tries again', async () => {
  const wrong = await listen('another secret', { host: QUIET_HOST })
  await machine.start([wrong.address], { auth })
  await waitForWord(/refused: the worker's secret is not the master's.*; trying again/)
  await wrong.stop()
  expect(wrong.received).toEqual([])
  // The operator mends the master; the worker is there without being started again.
  const right = await listen(SECRET, wrong.address)
  await right.next('register-worker')
  expect(saidOfMaster().filter((text) => text.includes('is not the master'))).toHaveLength(1)
})

test('a master without a secret gets none, and both say what to do', async () => {
  const master = await listen()
  await machine.start([master.address], { auth })
  await waitForWord(/the worker asks for proof of a secret and the master has none/)
  expect(master.received).toEqual([])
})

test('a worker without the secret says what its master wants', async () => {
  const master = await listen(SECRET)
  await machine.start([master.address])
  await waitForWord(/refused this worker: authentication is required.*spark\.authenticate\.secret/)
  expect(master.received).toEqual([])
})
