import { expect, it } from 'vitest'
import { runCommands } from '../scenarios/scenario-runner.ts'
import { viewCompletedDrivers, viewDriver } from './views.ts'

const END = (number: number) => [
  `${number} driver r${number}`,
  `${number} driver-report w1 driver${number}#1 exited exit=0`,
]
const ends = (count: number) => Array.from({ length: count }, (_, number) => END(number)).flat()

it('keeps the last that have ended, and drops a tenth when there are too many', () => {
  const kept = (count: number) => {
    const lines = ['set retainedDrivers=20', '0 register w1 cores=9', ...ends(count)]
    return runCommands(lines).cluster.completedDrivers.map(({ id }) => Number(id.slice(-4)))
  }
  expect(kept(20)).toHaveLength(20)
  expect(kept(21)).toEqual(Array.from({ length: 19 }, (_, index) => index + 2))
})

it('what a driver ran is dropped with its end, and what people ask about stays', () => {
  const { cluster } = runCommands([
    '0 register w1 cores=9',
    '1 driver r1 name=pi',
    '2 driver-report w1 driver0#1 exited exit=3 message=bang hint=did-not-start',
  ])
  const [driver] = cluster.completedDrivers
  expect(driver?.description.payload).toEqual({ kind: 'test' })
  expect(viewDriver(cluster, driver?.id ?? '')).toMatchObject({
    ...{ name: 'pi', state: 'failed', exitCode: 3, message: 'bang', runs: 1, workerId: 'w1' },
    ...{ workerHostPort: 'w1:7000', wait: null, hint: { code: 'did-not-start' } },
  })
})

it('cleared, nothing that has ended is remembered, and what runs goes on', () => {
  const lines = ['0 register w1 cores=9', ...ends(3), '5 driver r9', '6 clear']
  const { cluster } = runCommands(lines)
  expect(viewCompletedDrivers(cluster)).toEqual([])
  expect(cluster.drivers.size).toBe(1)
})

it('a driver of which nothing is known is not found', () => {
  const { cluster } = runCommands(['0 driver r1'])
  expect(viewDriver(cluster, 'driver-x')).toBeUndefined()
  expect(viewDriver(cluster, '../x')).toBeUndefined()
})

it('a run that its returning worker holds is known to run', () => {
  const { cluster } = runCommands([
    '0 register w1 cores=9',
    '1 driver r1',
    '2 worker-closed w1',
    '3 register w1 cores=9 peer=w1b runs=driver0#1',
  ])
  expect([...cluster.drivers.values()].map(({ state }) => state)).toEqual(['running'])
})
