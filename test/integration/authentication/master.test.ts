// A master with a secret: workers with and without it, and actions over HTTP.
import { actionToken } from '@hearth/common/runtime/auth/action-token.ts'
import { defaultAuthSettings } from '@hearth/common/runtime/auth/auth-settings.ts'
import { createLog } from '@hearth/common/runtime/log.ts'
import { DialError } from '@hearth/common/runtime/rpc/dial.ts'
import { startMaster, type RunningMaster } from '@hearth/master/main.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ScriptedWorker } from '../../support/scripted-worker.ts'
import { waitUntil } from '../../support/wait-until.ts'

const SECRET = 'correct horse battery'

let master: RunningMaster

beforeEach(async () => {
  master = await startMaster({
    host: '127.0.0.1',
    port: 0,
    webUiPort: 0,
    auth: defaultAuthSettings(SECRET),
    properties: new Map(),
    log: createLog({ name: 'master', level: 'silent' }),
  })
})

afterEach(() => master.stop())

async function aliveWorkers(): Promise<number> {
  const response = await fetch(`${master.webUiUrl}/json/`)
  return ((await response.json()) as { aliveworkers: number }).aliveworkers
}

test('a worker with the secret registers', async () => {
  const worker = await ScriptedWorker.connect(master.address, 'worker-1', undefined, SECRET)
  expect(await worker.registered()).toMatchObject({ type: 'registered', epoch: 1 })
  expect(await aliveWorkers()).toBe(1)
  worker.close()
})

test('one with another secret does not come so far as to speak', async () => {
  const connecting = ScriptedWorker.connect(master.address, 'worker-1', undefined, 'another secret')
  await expect(connecting).rejects.toThrow(DialError)
  expect(await aliveWorkers()).toBe(0)
})

test('one without is told what to set, and is not registered', async () => {
  const worker = await ScriptedWorker.connect(master.address, 'worker-1')
  worker.register()
  const { reason } = await worker.next('registration-refused')
  expect(reason).toMatch(/authentication is required.*HEARTH_SECRET/)
  await waitUntil('the close', () => worker.closeReason)
  expect(worker.messages).toHaveLength(1)
  expect(await aliveWorkers()).toBe(0)
})

test('an action needs the token of the secret, a read does not', async () => {
  const kill = (headers: Record<string, string>) =>
    fetch(`${master.webUiUrl}/api/v1/applications/app-20260101000000-0000/kill`, {
      method: 'POST',
      headers: { 'x-hearth-request': '1', ...headers },
    })
  const refused = await kill({})
  expect(refused.status).toBe(401)
  expect(await refused.text()).toContain('HEARTH_SECRET')
  expect((await kill({ authorization: `Bearer ${actionToken('another')}` })).status).toBe(401)
  // Let through, it finds no such application.
  expect((await kill({ authorization: `Bearer ${actionToken(SECRET)}` })).status).toBe(404)
  expect((await fetch(`${master.webUiUrl}/json/`)).status).toBe(200)
})

test('what protects it is shown', async () => {
  const health = await fetch(`${master.webUiUrl}/healthz`)
  expect(await health.json()).toEqual({ status: 'ok', protection: 'secret' })
  expect(await (await fetch(`${master.webUiUrl}/metrics`)).text()).toContain('hearth_insecure 0')
  expect(await (await fetch(master.webUiUrl)).text()).not.toContain('Insecure')
})
