// Submitters and operators that die as soon as they have asked, and such as ask twice. Nobody hears the answer: what
// came whole is done all the same.
import type { LaunchDriver } from '@hearth/common/protocol/cluster/messages.ts'
import { decodeSparkMessage } from '@hearth/common/protocol/spark-rpc/messages/spark-message.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MasterRig } from '../support/master-rig.ts'
import { recordedMessage } from '../support/recorded-messages.ts'
import { askRest, RawClient, submissionOf } from '../support/rest-client.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from '../support/wait-until.ts'

const RELEASE = '4.3.0'

let rig: MasterRig
let restUrl: string
let sequence: number
beforeEach(async () => {
  rig = await MasterRig.start()
  restUrl = rig.master.restUrl ?? ''
  sequence = 1_000
})
afterEach(() => rig.stop())

/** Writes a whole request and is gone. */
async function postAndDie(url: string, body = ''): Promise<void> {
  const { pathname, origin } = new URL(url)
  const client = await RawClient.connect(origin)
  await client.write(
    `POST ${pathname} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-hearth-request: 1\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  client.socket.destroySoon()
}

/** Asks over RPC and is gone. */
async function askAndDie(type: 'RequestSubmitDriver' | 'RequestKillDriver', driverId = '') {
  const peer = await rig.driver({ release: RELEASE })
  const message = recordedMessage(RELEASE, 'cluster-rpc', type)
  const answer = peer.ask(
    'Master',
    message.type === 'RequestKillDriver' ? { ...message, driverId } : message,
  )
  peer.socket.destroySoon()
  await expect(answer).rejects.toThrow(/clos/)
}

async function create(): Promise<string> {
  const { fields } = await askRest(restUrl, 'POST', 'create', { body: submissionOf() })
  expect(fields['success']).toBe(true)
  return String(fields['submissionId'])
}

function orderFor(driverId: string): Promise<LaunchDriver> {
  return waitUntil(
    `the order to run ${driverId}`,
    () =>
      rig.worker.messages.find(
        (one): one is LaunchDriver => one.type === 'launch-driver' && one.driverId === driverId,
      ),
    { timeoutMs: ANSWER_TIMEOUT_MS },
  )
}

function report({ driverId, attempt }: LaunchDriver, state: 'running' | 'killed'): void {
  sequence += 1
  const exitCode = state === 'killed' ? 143 : null
  rig.worker.send({
    ...{ type: 'driver-state', sequence, driverId, attempt, state, exitCode, message: null },
  })
}

/** The id of a driver that runs. */
async function running(): Promise<string> {
  const driverId = await create()
  report(await orderFor(driverId), 'running')
  return driverId
}

const killsOf = (id: string) =>
  rig.worker.messages.filter((one) => one.type === 'kill-driver' && one.driverId === id).length

describe('a driver is run whose submitter died before the answer', () => {
  test.each([
    ['over RPC', () => askAndDie('RequestSubmitDriver')],
    [
      'over REST',
      () => postAndDie(`${restUrl}/v1/submissions/create`, JSON.stringify(submissionOf())),
    ],
  ])('%s', async (_way, submit) => {
    await submit()
    const { driverId } = await rig.worker.next('launch-driver')
    // Nobody was told its id; the list of drivers has it.
    const response = await fetch(`${rig.master.webUiUrl}/api/v1/drivers`)
    expect(await response.json()).toMatchObject({ active: [{ id: driverId }], completed: [] })
  })
})

describe('a driver ends whose end was ordered by one who died before the answer', () => {
  test.each([
    ['over RPC', (id: string) => askAndDie('RequestKillDriver', id)],
    ['over REST', (id: string) => postAndDie(`${restUrl}/v1/submissions/kill/${id}`)],
    ['with all others', () => postAndDie(`${restUrl}/v1/submissions/killall`)],
    [
      'over the web UI',
      (id: string) => postAndDie(`${rig.master.webUiUrl}/api/v1/drivers/${id}/kill`),
    ],
  ])('%s', async (_way, kill) => {
    const driverId = await running()
    await kill(driverId)
    expect(await rig.worker.next('kill-driver')).toMatchObject({ driverId, attempt: 1 })
  })
})

test('an application ends whose end was ordered by one who died before the answer', async () => {
  const driver = await rig.driver()
  const id = await driver.registered({ maxCores: 1 })
  await postAndDie(`${rig.master.webUiUrl}/api/v1/applications/${id}/kill`)
  await driver.next('ApplicationRemoved')
  driver.close()
  await rig.expectUnharmed()
})

test('what is over is forgotten though nobody waits for the answer, and forgetting it twice is nothing', async () => {
  const driverId = await running()
  await askRest(restUrl, 'POST', `kill/${driverId}`)
  report(await orderFor(driverId), 'killed')
  const state = async () => (await askRest(restUrl, 'GET', `status/${driverId}`)).fields
  await waitUntil('its end', async () => (await state())['driverState'] === 'KILLED' || undefined)
  await postAndDie(`${restUrl}/v1/submissions/clear`)
  await waitUntil(
    'it to be forgotten',
    async () => (await state())['success'] === false || undefined,
  )
  expect((await askRest(restUrl, 'POST', 'clear')).fields['success']).toBe(true)
  await rig.expectUnharmed()
})

test('the same submission posted twice is two drivers', async () => {
  const ids = await Promise.all([create(), create()])
  expect(new Set(ids).size).toBe(2)
})

test('the same kill posted twice is one end; that of a driver that is over is refused', async () => {
  const driverId = await running()
  const overRest = () => askRest(restUrl, 'POST', `kill/${driverId}`)
  const inWebUi = () =>
    fetch(`${rig.master.webUiUrl}/api/v1/drivers/${driverId}/kill`, {
      method: 'POST',
      headers: { 'x-hearth-request': '1' },
    })
  expect((await overRest()).fields['success']).toBe(true)
  expect((await overRest()).fields['success']).toBe(true)
  expect((await inWebUi()).status).toBe(202)
  expect((await askRest(restUrl, 'POST', 'killall')).fields['success']).toBe(true)
  report(await orderFor(driverId), 'killed')
  await waitUntil('its end', async () => (await inWebUi()).status === 404 || undefined)
  expect((await overRest()).fields['success']).toBe(false)
  const message = recordedMessage(RELEASE, 'cluster-rpc', 'RequestKillDriver')
  const peer = await rig.driver({ release: RELEASE })
  const answer = decodeSparkMessage(await peer.ask('Master', { ...message, driverId }))
  expect(answer).toMatchObject({ type: 'KillDriverResponse', success: false })
  expect(killsOf(driverId)).toBe(1)
})
