// Drivers that go silent in the ways in which drivers do.
import { afterEach, expect, test } from 'vitest'
import { MasterRig } from '../support/master-rig.ts'
import { waitUntil } from '../support/wait-until.ts'

let rig: MasterRig

afterEach(() => rig.stop())

test('a driver that never answers is given up after its time-out', async () => {
  rig = await MasterRig.start({
    'hearth.application.askInterval': '1s',
    'hearth.application.timeout': '10s',
  })
  const driver = await rig.driver({ answersQuestions: false })
  const id = await driver.registered({ maxCores: 1 })
  const ended = await waitUntil(
    'the end of the silent application',
    async () => (await rig.json()).completedapps.find((one) => one.id === id),
    { timeoutMs: 50_000 },
  )
  expect(ended.state).toBe('FINISHED')
})

test('a closed connection whose address answers nobody’s call is dialled until it refuses', async () => {
  rig = await MasterRig.start({ 'hearth.application.returnTimeout': '10min' })
  const driver = await rig.driver()
  const id = await driver.registered({ maxCores: 1 })
  // The connection goes, its port goes with it: the driver is dead.
  driver.close()
  await waitUntil('the end of the application', async () =>
    (await rig.json()).completedapps.find((one) => one.id === id),
  )
  await rig.expectUnharmed()
})

test('a driver that stops reading costs a bounded queue, and hears the newest states afterwards', async () => {
  rig = await MasterRig.start({
    'spark.deploy.maxExecutorRetries': '-1',
    'hearth.rpc.backedUpBytes': '64k',
  })
  const churns = 8_000
  let launched = 0
  let onLast: () => void = () => undefined
  const lastLaunched = new Promise<void>((resolve) => {
    onLast = resolve
  })
  const worker = await rig.connectWorker('worker-2', (message, self) => {
    if (message.type !== 'launch-executor') return
    launched += 1
    self.report(message.applicationId, message.executor, 'running')
    if (launched < churns) self.report(message.applicationId, message.executor, 'killed', 143)
    else onLast()
  })
  await worker.registered({ cores: 64 })
  const driver = await rig.driver()
  const id = await driver.registered({ maxCores: 60 })
  driver.socket.pause()
  await lastLaunched
  driver.socket.resume()
  await driver.next(
    'ExecutorUpdated',
    ({ state, id: n }) => state === 'RUNNING' && n >= churns - 1,
    30_000,
  )
  // Each that came and went is three messages for a driver that reads. The kernel takes the first few
  // thousand; of the others only the newest state was kept.
  expect(driver.messages.length).toBeLessThan(2.5 * churns)
  const { activeapps } = await rig.json()
  expect(activeapps.map((one) => one.id)).toContain(id)
})
