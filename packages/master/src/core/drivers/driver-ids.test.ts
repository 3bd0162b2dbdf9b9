import { expect, it } from 'vitest'
import { createCluster, type Cluster } from '../cluster.ts'
import { idPatternProblem } from '../id-patterns.ts'
import { DEFAULT_SETTINGS } from '../settings.ts'
import type { Driver } from './driver.ts'
import { takeDriverId } from './driver-ids.ts'

const NOW = { mono: 0, wall: Date.UTC(2026, 10, 20, 21, 23, 35) }

function clusterWith(driverIdPattern: string): Cluster {
  return createCluster({ ...DEFAULT_SETTINGS, driverIdPattern }, 0)
}

it('M-02 the pattern is applied and the counter moves on', () => {
  const cluster = clusterWith('my-%2$d.%s')
  expect([takeDriverId(cluster, NOW), takeDriverId(cluster, NOW)]).toEqual([
    'my-0.20261120212335',
    'my-1.20261120212335',
  ])
  const standard = clusterWith(DEFAULT_SETTINGS.driverIdPattern)
  expect(takeDriverId(standard, NOW)).toBe('driver-20261120212335-0000')
})

it('M-02 white space and a missing counter are refused at the start', () => {
  expect(idPatternProblem('my driver-%s-%04d')).toMatch(/white space/)
  expect(idPatternProblem('driver-%s')).toMatch(/counter/)
  expect(() => clusterWith('a b')).toThrow(/driverIdPattern/)
})

it('an id that is in use is passed over', () => {
  const cluster = clusterWith('%2$d')
  cluster.drivers.set('0' as Driver['id'], {} as Driver)
  expect(takeDriverId(cluster, NOW)).toBe('1')
})
