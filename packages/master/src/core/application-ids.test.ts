import { expect, it } from 'vitest'
import { takeApplicationId } from './application-ids.ts'
import { createCluster, type Application, type Cluster } from './cluster.ts'
import { idPatternProblem } from './id-patterns.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'

const NOW = { mono: 0, wall: Date.UTC(2026, 10, 20, 21, 23, 35) }

function clusterWith(settings: Partial<Settings>): Cluster {
  return createCluster({ ...DEFAULT_SETTINGS, ...settings }, 0)
}

function take(cluster: Cluster, name = 'n'): string {
  const taken = takeApplicationId(cluster, name, NOW)
  return 'id' in taken ? taken.id : taken.problem
}

it('M-03 the pattern is applied and the counter moves on', () => {
  const cluster = clusterWith({ applicationIdPattern: 'my-%2$d.%s' })
  expect([take(cluster), take(cluster)]).toEqual(['my-0.20261120212335', 'my-1.20261120212335'])
})

it('M-03 white space, strange conversions and a missing counter are refused at the start', () => {
  expect(idPatternProblem('my app-%s-%04d')).toMatch(/white space/)
  expect(idPatternProblem('app-%x-%04d')).toMatch(/%x/)
  expect(idPatternProblem('app-%s')).toMatch(/counter/)
  expect(idPatternProblem('app-%s-%04d')).toBeUndefined()
  expect(() => clusterWith({ applicationIdPattern: 'a b' })).toThrow(/appIdPattern/)
})

it('M-04 modulo 1000: 2001 ids go round 0 to 999', () => {
  const cluster = clusterWith({ applicationIdPattern: '%2$d', applicationModulo: 1000 })
  const numbers = Array.from({ length: 2001 }, () => Number(take(cluster)))
  expect(numbers).toEqual(Array.from({ length: 2001 }, (_, index) => index % 1000))
})

it('M-05 the name as the id', () => {
  const cluster = clusterWith({ isNameApplicationId: true })
  expect(take(cluster, ' spark - 45756 ')).toBe('spark-45756')
  expect(take(cluster, 'a/b')).toMatch(/cannot be its id/)
})

it('an id that is in use is passed over, and a name that is in use refused', () => {
  const cluster = clusterWith({ applicationIdPattern: '%2$d', applicationModulo: 1000 })
  const inUse = (id: string) => cluster.applications.set(id as Application['id'], {} as Application)
  inUse('0')
  expect(take(cluster)).toBe('1')
  const named = clusterWith({ isNameApplicationId: true })
  named.applications.set('pi' as Application['id'], {} as Application)
  expect(take(named, 'Pi')).toMatch(/runs already/)
})
