import { expect, it } from 'vitest'
import { runCommands } from '../scenarios/scenario-runner.ts'
import { explainDriver } from './explain-driver.ts'
import type { DriverExplanation } from './explanation.ts'

/** Explains the driver with this number after the commands. */
function why(number: number, ...lines: string[]): DriverExplanation {
  const { cluster, lastMs } = runCommands(lines)
  const ids = [...cluster.drivers.keys(), ...cluster.completedDrivers.map(({ id }) => id)]
  const id = ids.find((one) => one.endsWith(`-000${number}`)) ?? ''
  const explanation = explainDriver(cluster, id, { mono: lastMs, wall: lastMs })
  if (explanation === undefined) throw new Error(`no driver ${number}`)
  return explanation
}

const NO_SHARE = 'set driverMaxShare=0'

it('no worker, and none that is large enough', () => {
  const nobody = why(0, '0 driver r1 cores=2')
  expect(nobody.code).toBe('no-workers')
  expect(nobody.summary).toMatch(/^driver-.* waits: no worker is registered$/)
  expect(nobody.change?.text).toMatch(/start a worker with at least 2 cores, 1024 MiB/)
  const small = why(0, '0 register w1 cores=4 memory=2000', '0 driver r1 memory=3000')
  expect(small.summary).toMatch(/no worker is large enough for its 1 core, 3000 MiB/)
  expect(small.change?.text).toMatch(/w1, would need 1000 MiB more.*spark.driver.memory=2000m/)
})

it('its resources are taken', () => {
  const answer = why(0, '0 register w1 cores=4', '0 application d1', '1 driver r1')
  expect(answer.code).toBe('too-little-free')
  expect(answer.counts).toEqual({ cores: 1 })
  expect(answer.change?.text).toBe('w1 would take it when 1 cores more are free there')
})

it('its room is needed for executors, and what would help', () => {
  const answer = why(
    1,
    NO_SHARE,
    '0 register w1 cores=2',
    '0 driver r1 executor=1:1024',
    '0 driver r2 executor=1:1024',
  )
  expect(answer.code).toBe('executor-reserve')
  expect(answer.counts).toEqual({ reserved: 1 })
  expect(answer.workers).toMatchObject([{ workerId: 'w1', verdict: 'reserved', tooSmall: null }])
  expect(answer.summary).toMatch(/beside it no worker could hold its first executor/)
  expect(answer.change?.text).toMatch(/1 core, 1024 MiB.*hearth.drivers.maxShare/)
  expect(answer.place).toEqual({ position: 1, waiting: 1, ahead: [] })
})

it('as many run as may', () => {
  const answer = why(1, 'set maxDrivers=1', '0 register w1 cores=9', '0 driver r1', '0 driver r2')
  expect(answer.code).toBe('driver-limit')
  expect(answer.change?.text).toMatch(/raise spark.deploy.maxDrivers above 1/)
})

it('its former run may still live: for how long', () => {
  const answer = why(
    1,
    '4 register w1 cores=9',
    '5 driver r1 supervise=true',
    '6 driver-report w1 driver0#1 running',
    '10 worker-closed w1',
    '70 tick',
  )
  expect(answer.code).toBe('former-run')
  // Lease, grace and margin from the registration on.
  expect(answer.notBeforeMs).toBe(79_000 - 70_000)
})

it('the store did not take its record: what it said, and when it is asked again', () => {
  const answer = why(
    1,
    '0 register w1 cores=9',
    '0 driver r1 supervise=true',
    '0 driver-report w1 driver0#1 running',
    'store fails',
    '5 stopping w1',
    '6 tick',
  )
  expect(answer.code).toBe('store-failed')
  expect(answer.summary).toMatch(/record could not be stored; .*the store says: disk full$/)
  expect(answer.change?.kind).toBe('mend')
  expect(answer.notBeforeMs).toBe(2_000)
})

it('says of one that failed when it runs again, and of others that they do not wait', () => {
  const failing = [
    '0 register w1 cores=9',
    '1 driver r1 supervise=true',
    '2 driver-report w1 driver0#1 exited exit=1 message=bang',
  ]
  const restarting = why(0, ...failing)
  expect(restarting.code).toBe('restart-delay')
  expect(restarting.summary).toMatch(/its last run failed \(bang\).*again on w1/)
  expect(restarting.notBeforeMs).toBe(1_000)
  const runs = why(0, ...failing, '3 tick', '3 driver-report w1 driver0#2 running')
  expect(runs).toMatchObject({ code: null, place: null, change: null })
  expect(runs.summary).toMatch(/does not wait: it is running on w1/)
  const over = why(0, '0 driver r1', '0 kill-driver driver0')
  expect(over.summary).toMatch(/it is over \(killed: killed before it ran\)/)
})

it('the place in the order', () => {
  const answer = why(2, '0 driver r1', '0 driver r2', '0 driver r3')
  expect(answer.place).toEqual({
    position: 3,
    waiting: 3,
    ahead: [expect.stringMatching(/-0000$/), expect.stringMatching(/-0001$/)],
  })
})
