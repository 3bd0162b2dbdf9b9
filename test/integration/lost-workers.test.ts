// Workers that die between the order to run a driver and the first report that it runs.
import type { LaunchDriver } from '@hearth/common/protocol/cluster/messages.ts'
import { afterEach, expect, test } from 'vitest'
import { MasterRig } from '../support/master-rig.ts'
import { askRest, submissionOf } from '../support/rest-client.ts'
import type { ScriptedWorker } from '../support/scripted-worker.ts'
import { ANSWER_TIMEOUT_MS, waitUntil } from '../support/wait-until.ts'

let rig: MasterRig
afterEach(() => rig.stop())

/** A driver that only the workers of 8 cores of these tests can run. */
async function submit(properties: Readonly<Record<string, string>> = {}): Promise<string> {
  const { fields } = await askRest(rig.master.restUrl ?? '', 'POST', 'create', {
    body: submissionOf({
      sparkProperties: { 'spark.app.name': 'pi', 'spark.driver.cores': '8', ...properties },
    }),
  })
  return String(fields['submissionId'])
}

function order(worker: ScriptedWorker, attempt = 1): Promise<LaunchDriver> {
  return waitUntil(
    `the order for run ${attempt}`,
    () =>
      worker.messages.find(
        (one): one is LaunchDriver => one.type === 'launch-driver' && one.attempt === attempt,
      ),
    { timeoutMs: ANSWER_TIMEOUT_MS },
  )
}

async function stateOf(id: string): Promise<string> {
  return String(
    (await askRest(rig.master.restUrl ?? '', 'GET', `status/${id}`)).fields['driverState'],
  )
}

test('a run is ordered again when the worker comes back without it, and not when it has it', async () => {
  rig = await MasterRig.start({ 'hearth.drivers.maxShare': '1' })
  const offer = { cores: 8 }
  const first = await rig.connectWorker('worker-2')
  await first.registered(offer)
  const driverId = await submit()
  expect(await order(first)).toMatchObject({ driverId })
  first.close()

  const second = await rig.connectWorker('worker-2')
  expect((await second.registered(offer)).keepDrivers).toEqual([])
  expect(await order(second, 2)).toMatchObject({ driverId })
  second.close()

  const run = { driverId, attempt: 2 }
  const third = await rig.connectWorker('worker-2')
  const held = [{ ...run, cores: 8, memoryMb: 1024, state: 'launching' } as const]
  expect((await third.registered({ ...offer, heldDrivers: held })).keepDrivers).toEqual([run])
  const report = { sequence: 1, ...run, state: 'running', exitCode: null, message: null } as const
  third.send({ type: 'driver-state', ...report })
  await third.next('report-ack')
  expect(third.messages.map(({ type }) => type)).not.toContain('launch-driver')
  expect(await stateOf(driverId)).toBe('RUNNING')
})

test('a supervised driver is run elsewhere whose worker and launcher died before it was reported', async () => {
  rig = await MasterRig.start({ 'hearth.drivers.maxShare': '1' })
  // Nobody listens at port 1, so the master's dial is refused: the launcher is dead.
  const lost = await rig.connectWorker('worker-2')
  await lost.registered({ cores: 16, port: 1 })
  const supervised = await submit({ 'spark.driver.supervise': 'true' })
  const alone = await submit()
  await waitUntil('both orders', () => {
    const orders = lost.messages.filter(({ type }) => type === 'launch-driver')
    return orders.length === 2 || undefined
  })
  lost.close()
  await waitUntil(
    'the loss',
    async () => (await stateOf(supervised)) === 'RELAUNCHING' || undefined,
  )
  expect(await stateOf(alone)).toBe('ERROR')

  const other = await rig.connectWorker('worker-3')
  await other.registered({ cores: 8 })
  const { driverId } = await order(other)
  expect([supervised, alone]).not.toContain(driverId)
})
