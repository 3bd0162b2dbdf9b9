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

it('what is reserved on one worker does not keep it from another', () => {
  const answer = why(
    1,
    NO_SHARE,
    '0 register w1 cores=2 memory=2048',
    '0 driver r1 memory=512 executor=1:1024',
    '0 driver-report w1 driver0#1 running',
    '0 register w2 memory=512',
    '0 driver r2 memory=512 executor=1:1024',
    '0 driver-report w2 driver1#1 lost',
    '1.5 heartbeat w1',
  )
  expect(answer.counts).toEqual({ reserved: 1, fits: 1 })
  expect(answer.code).toBe('may-start-now')
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

it('workers did not take it: who, what the last said, and when the first is asked again', () => {
  const refused = [
    '0 register w1 cores=1',
    '0 register w2 cores=1',
    '0 register w3 cores=1',
    '0 driver r1',
    '0 driver-report w1 driver0#1 running',
    '1 driver r2',
    '1 driver-report w2 driver1#1 lost message=no-lease',
    '1 driver-report w3 driver1#2 lost message=no-launcher',
  ]
  const answer = why(1, ...refused, '1.5 heartbeat w1')
  expect(answer.code).toBe('not-taken')
  expect(answer.counts).toEqual({ cores: 1, 'passed-over': 2 })
  expect(answer.summary).toMatch(
    /but such as did not take it .*\(w2, w3; the last said: no-launcher\)$/,
  )
  expect(answer.change?.text).toMatch(/log of w2/)
  expect(answer.notBeforeMs).toBe(500)
  // One that is full by now is full, whatever it did.
  const full = why(1, ...refused, '1.5 driver r3', '1.5 driver-report w2 driver2#1 running')
  expect(full.counts).toEqual({ cores: 2, 'passed-over': 1 })
  expect(full.summary).toMatch(/\(w3; the last said: no-launcher\)$/)
  const twice = [
    ...refused,
    '2 tick',
    '2 driver-report w2 driver1#3 lost',
    '2.2 driver-report w3 driver1#4 lost',
  ]
  expect(why(1, ...twice)).toMatchObject({ code: 'not-taken', notBeforeMs: 1_800 })
  expect(why(1, ...twice).summary).toMatch(/\(w2, w3\)$/)
  // The time of the first has come, and no pass yet.
  expect(why(1, ...twice, '4.1 heartbeat w1').code).toBe('may-start-now')
  expect(why(1, ...refused, '1.5 driver-report w1 driver0#1 exited').code).toBeNull()
})

it('more workers than are remembered did not take it', () => {
  const workers = Array.from({ length: 17 }, (_, at) => `w${at + 10}`)
  const answer = why(
    0,
    ...workers.map((worker) => `0 register ${worker}`),
    '0 driver r1',
    ...workers.map((worker, at) => `0 driver-report ${worker} driver0#${at + 1} lost`),
  )
  expect(answer).toMatchObject({ code: 'not-taken', notBeforeMs: 15_000 })
  expect(answer.summary).toMatch(/many workers in a row did not take it/)
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
