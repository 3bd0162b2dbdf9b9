// What workers, or those who claim to be, can do wrong to a master.
import type { HeldExecutor } from '@hearth/common/protocol/cluster/messages.ts'
import { formatMasterUrl } from '@hearth/common/domain/addresses.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HollowSparkWorker } from '../../bench/hollow/spark-worker.ts'
import { MasterRig } from '../support/master-rig.ts'
import { waitUntil } from '../support/wait-until.ts'

let rig: MasterRig

beforeEach(async () => {
  rig = await MasterRig.start()
})

afterEach(() => rig.stop())

test('a worker that claims 2^31 cores is refused', async () => {
  const worker = await rig.connectWorker('greedy')
  worker.register({ cores: 2 ** 31 })
  const { reason } = await worker.next('registration-refused')
  expect(reason).toMatch(/cores/)
  await waitUntil('the connection to be closed', () => worker.closeReason)
  expect((await rig.json()).workers.map((one) => one.id)).toEqual(['worker-1'])
  await rig.expectUnharmed()
})

test('a worker without cores is refused', async () => {
  const worker = await rig.connectWorker('empty')
  worker.register({ cores: 0 })
  expect((await worker.next('registration-refused')).reason).toMatch(/no cores/)
  await rig.expectUnharmed()
})

test('another worker’s id is refused, and the worker keeps its executors', async () => {
  const worker = await rig.connectWorker('worker-1')
  worker.register()
  expect((await worker.next('registration-refused')).reason).toMatch(/in use/)
  await rig.expectUnharmed()
})

test.each(['../../etc', 'a b', '<b>', 'x\ny'])('the worker id %j is refused', async (id) => {
  const worker = await rig.connectWorker(id)
  worker.register()
  expect((await worker.next('registration-refused')).reason).toMatch(/cannot be a worker's id/)
  await rig.expectUnharmed()
})

test('a worker of another protocol version is told so', async () => {
  const worker = await rig.connectWorker('old')
  worker.register({ version: 99 })
  expect((await worker.next('registration-refused')).reason).toMatch(/version 99.*same release/)
  await rig.expectUnharmed()
})

test('state changes of unknown executors are acknowledged and counted nowhere', async () => {
  const worker = await rig.connectWorker('worker-2')
  await worker.registered()
  worker.report('app-20260101000000-9999', 0, 'exited', 1)
  worker.report(rig.bystanderId, 0, 'exited', 1)
  worker.report(rig.bystanderId, 77, 'running')
  await waitUntil('three acknowledgements', () => {
    const acks = worker.messages.filter((message) => message.type === 'report-ack')
    return acks.length === 3 ? true : undefined
  })
  // A running executor that nobody counts must end.
  expect(await worker.next('kill-executor')).toMatchObject({ executor: 77 })
  await rig.expectUnharmed()
})

test('a worker daemon of Spark is told which workers this master takes', async () => {
  const registration = HollowSparkWorker.register(rig.master.address, {
    id: 'worker-20260101000000-1',
    address: { host: '127.2.0.1', port: 7 },
    cores: 4,
    memoryMb: 4096,
  })
  const url = formatMasterUrl(rig.master.address)
  await expect(registration).rejects.toThrow(`start one with: hearth worker ${url}`)
  await rig.expectUnharmed()
})

test('M-01 executors that a worker holds and the master does not know are ended', async () => {
  const worker = await rig.connectWorker('worker-2')
  const size = { cores: 1, memoryMb: 512 }
  const stranger = { applicationId: 'app-20260101000000-9999', executor: 0, state: 'running' }
  const notItsOwn = { applicationId: rig.bystanderId, executor: 0, state: 'running' }
  const held = [stranger, notItsOwn].map((one) => ({ ...size, ...one }) as const)
  // What is not kept is ended by the worker: not-kept.txt. What it reports all the same is ordered to end.
  const { keep } = await worker.registered({ held: held as HeldExecutor[] })
  expect(keep).toEqual([])
  for (const { applicationId, executor } of held) worker.report(applicationId, executor, 'running')
  const kills = await waitUntil('two orders to kill', () => {
    const found = worker.messages.filter((message) => message.type === 'kill-executor')
    return found.length === 2 ? found : undefined
  })
  expect(kills).toMatchObject(
    held.map(({ applicationId, executor }) => ({ applicationId, executor })),
  )
  await rig.expectUnharmed()
})

test.each([
  ['a number', 7],
  ['an unknown type', { type: 'launch-executor' }],
  ['a string for a number', { type: 'executor-state', sequence: '1' }],
  ['a prototype', JSON.parse('{"__proto__":{"type":"heartbeat"}}')],
])('%s instead of a message closes the connection with the reason', async (_what, message) => {
  const worker = await rig.connectWorker('odd')
  worker.sendAny(message)
  expect((await worker.next('registration-refused')).reason).toMatch(/not a message/)
  await waitUntil('the connection to be closed', () => worker.closeReason)
  await rig.expectUnharmed()
})

test('messages before the registration are answered with the wish for one', async () => {
  const worker = await rig.connectWorker('early')
  worker.send({ type: 'heartbeat', workerId: 'early' })
  await worker.next('reregister')
  await rig.expectUnharmed()
})
