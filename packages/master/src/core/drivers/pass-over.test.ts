import { expect, it } from 'vitest'
import { runCommands } from '../scenarios/scenario-runner.ts'
import type { Driver } from './driver.ts'
import { MAX_PASSED_OVER } from './pass-over.ts'

/** A pool in which nobody takes the one driver: who was asked, in order, and at which second. */
function asked(
  count: number,
  seconds: number,
  setting = 'set spreadOutDrivers=true',
): { asks: string[]; driver: Driver } {
  const workers = Array.from({ length: count }, (_, at) => nameOf(at + 1))
  const patience = 'set workerTimeoutMs=1000000'
  const registrations = workers.map((worker) => `0 register ${worker}`)
  const lines = [setting, patience, ...registrations, '0 driver r']
  const asks: string[] = []
  let driver = driverAfter(lines)
  for (let second = 0; second <= seconds; second += 1) {
    if (second > 0) lines.push(`${second} tick`)
    driver = driverAfter(lines)
    while (driver.state === 'launching') {
      asks.push(`${driver.workerId} ${second}`)
      if (asks.length > 100) throw new Error(`asked without end: ${asks.slice(-3).join(', ')}`)
      lines.push(`${second} driver-report ${driver.workerId} driver0#${driver.attempt} lost`)
      driver = driverAfter(lines)
    }
  }
  return { asks, driver }
}

function nameOf(number: number): string {
  return `w${String(number).padStart(2, '0')}`
}

function driverAfter(lines: readonly string[]): Driver {
  const [driver] = runCommands(lines).cluster.drivers.values()
  if (driver === undefined) throw new Error('the driver is over')
  return driver
}

it('the only worker is asked after 1, 2, 4, 8 s, and then every 15 s', () => {
  const { asks } = asked(1, 61)
  expect(asks).toEqual(['w01 0', 'w01 1', 'w01 3', 'w01 7', 'w01 15', 'w01 30', 'w01 45', 'w01 60'])
})

it('all are asked at once, and each after its own time', () => {
  const round = (second: number) => [1, 2, 3].map((number) => `${nameOf(number)} ${second}`)
  expect(asked(3, 4).asks).toEqual([0, 1, 3].flatMap(round))
  expect(asked(3, 4, 'set spreadOutDrivers=false').asks).toEqual([0, 1, 3].flatMap(round))
})

it('of more than are remembered each has its turn, one after the other', () => {
  const { asks, driver } = asked(20, 80)
  const atOnce = Array.from({ length: MAX_PASSED_OVER }, (_, at) => `${nameOf(at + 1)} 0`)
  expect(asks).toEqual([...atOnce, 'w17 0', 'w18 15', 'w19 30', 'w20 45', 'w01 60', 'w02 75'])
  expect(driver.backoffs.size).toBe(MAX_PASSED_OVER)
})

it('what was noted of workers is forgotten when one takes the driver, and when the driver ends', () => {
  const lines = ['0 register w1', '0 driver r', '0 driver-report w1 driver0#1 lost', '1 tick']
  expect(driverAfter(lines).backoffs.size).toBe(1)
  expect(driverAfter([...lines, '1 driver-report w1 driver0#2 running']).backoffs.size).toBe(0)
  const { cluster } = runCommands([...lines.slice(0, 3), '0 kill-driver driver0'])
  expect(cluster.completedDrivers.map(({ backoffs }) => backoffs.size)).toEqual([0])
})
