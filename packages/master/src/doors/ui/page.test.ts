// Drivers on the page of the cluster.
import { expect, test } from 'vitest'
import type { DriverView } from '../../core/drivers/views.ts'
import { aDriver } from './a-driver.test-support.ts'
import { clusterPage } from './page.ts'

const NOW = aDriver().submittedAt + 3000

function pageWith(active: readonly DriverView[], completed: readonly DriverView[] = []): string {
  const empty = { cores: 0, memoryMb: 0 }
  const view = { workers: [], offered: empty, used: empty, active: [], completed: [] }
  return clusterPage(
    { ...view, activeDrivers: active, completedDrivers: completed },
    { masterUrl: 'spark://m:7077', restUrl: 'http://m:6066', status: 'ALIVE', now: NOW },
    'loopback',
  )
}

/** The cells of the rows of a table, as text. */
function rowsOf(page: string, title: string): string[][] {
  const [, rest = ''] = page.split(`<h2>${title} (`)
  const [body = ''] = rest.split('</table>')
  const rows = body.split('<tr>').slice(2)
  return rows.map((row) =>
    row
      .split('</td>')
      .slice(0, -1)
      .map((cell) => cell.replaceAll(/<[^>]+>/g, '')),
  )
}

test('a cluster that has seen no driver says nothing of drivers', () => {
  expect(pageWith([])).not.toContain('drivers')
})

test('the page says where drivers are submitted', () => {
  expect(pageWith([])).toContain('REST: http://m:6066 (cluster mode)')
})

test('running drivers have Spark’s columns, the newest first', () => {
  const waits = { code: 'no-workers', text: 'there is no worker' } as const
  const page = pageWith([
    aDriver({ id: 'driver-1', addresses: { gpu: ['0', '2'] } }),
    aDriver({ id: 'driver-2', state: 'submitted', workerId: null, runs: 0, wait: waits }),
  ])
  const [newest, oldest] = rowsOf(page, 'Running drivers')
  expect(newest?.filter((_, column) => column !== 1)).toEqual([
    ...['driver-2', 'None', 'SUBMITTED (there is no worker)', '1', '512', ''],
    ...['org.apache.spark.examples.SparkPi', '3 s'],
  ])
  expect(oldest?.filter((_, column) => column !== 1)).toEqual([
    ...['driver-1', 'worker-1', 'RUNNING', '1', '512', 'gpu: [0, 2]'],
    ...['org.apache.spark.examples.SparkPi', '3 s'],
  ])
  expect(page).toContain('<a href="/driver/?id=driver-1">driver-1</a>')
  expect(page).toContain('<a href="http://10.0.0.7:8081">worker-1</a>')
})

test.each([
  ['FINISHED', { state: 'finished', exitCode: 0 }],
  ['FAILED (exit code 3)', { state: 'failed', exitCode: 3 }],
  [
    'FAILED (Command exited with code 3)',
    { state: 'failed', exitCode: 3, message: 'Command exited with code 3' },
  ],
  ['FAILED (exit code 3; it says why)', { state: 'failed', exitCode: 3, message: 'it says why' }],
  ['ERROR (its jar is not there)', { state: 'error', message: 'its jar is not there' }],
  ['KILLED', { state: 'killed' }],
  ['RELAUNCHING as driver-9', { state: 'relaunched', exitCode: 1, relaunchedAs: 'driver-9' }],
] as const)('an ended driver is %s', (expected, changes) => {
  const page = pageWith([], [aDriver({ endedAt: NOW, ...changes })])
  expect(rowsOf(page, 'Ended drivers')[0]?.[3]).toBe(expected)
})

test('a supervised driver that was started again says which run it is', () => {
  const wait = { code: 'restart-delay', text: 'it is started again in 3 s' } as const
  const page = pageWith([aDriver({ runs: 2 }), aDriver({ runs: 2, state: 'restarting', wait })])
  expect(rowsOf(page, 'Running drivers').map((cells) => cells[3])).toEqual([
    'RUNNING (run 2; it is started again in 3 s)',
    'RUNNING (run 2)',
  ])
})
