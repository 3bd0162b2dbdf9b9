// A supervised driver through the worst: killed itself, then with its whole node.
import { expect } from 'vitest'
import { driverOf, driverPrints, markedDrivers } from './cluster-mode.ts'
import { killAll, markedProcesses } from './processes.ts'
import type { TestCluster } from './test-cluster.ts'
import { waitUntil } from './wait-until.ts'

/** So long that only the death of its launcher can lose a worker meanwhile. */
export const PATIENT = { 'hearth.worker.returnTimeout': '10min' }

/**
 * Kills a supervised SparkPi that works until it is told to end, on a cluster of two workers: it runs again on its
 * worker under its id. Then kills its worker, launcher and driver: it runs on the other worker under a new id,
 * which this resolves with, when that works.
 */
export async function killDriverThenNode(cluster: TestCluster, id: string): Promise<string> {
  const first = await driverOf(cluster, id, ({ state }) => state === 'running')
  // It is reported when it was forked; a moment later it is a JVM, by which it is found here.
  const driver = await waitUntil('the JVM of the driver', () => markedDrivers(cluster.mark)[0])
  const worker = driver.worker ?? 0
  await driverPrints(cluster, id, worker, /^round 1 inside/m)
  killAll(markedDrivers(cluster.mark))
  const second = await driverOf(cluster, id, ({ runs, state }) => runs === 2 && state === 'running')
  expect(second.workerId).toBe(first.workerId)
  // Its second run has begun anew.
  await driverPrints(cluster, id, worker, /^round 1 inside[\s\S]*^round 1 inside/m)

  killAll(markedProcesses(cluster.mark).filter((one) => one.worker === worker))
  const { relaunchedAs } = await driverOf(cluster, id, ({ state }) => state === 'relaunched')
  const next = relaunchedAs ?? ''
  expect(next).not.toBe(id)
  const third = await driverOf(cluster, next, ({ state }) => state === 'running')
  expect(third.relaunchOf).toBe(id)
  expect(third.workerId).not.toBe(first.workerId)
  await driverPrints(cluster, next, 1 - worker, /^round 1 inside/m)
  return next
}
